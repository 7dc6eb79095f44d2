"""The examples of docs/procedures.md are what config.yaml takes."""

import re
from pathlib import Path

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from hub.contract.config.procedures import Procedure, Schedule

PAGE = Path(__file__).parents[2] / "docs" / "procedures.md"


def test_the_examples_are_right() -> None:
    blocks = [
        YAML(typ="safe", pure=True).load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.S)
    ]
    assert [list(block) for block in blocks] == [["procedures"], ["schedules"]]
    TypeAdapter(dict[str, Procedure]).validate_python(blocks[0]["procedures"])
    TypeAdapter(dict[str, Schedule]).validate_python(blocks[1]["schedules"])
