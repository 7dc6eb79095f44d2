"""docs/configuration.md names every key of config.yaml, with the default that it has."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from hub.contract.config import alarms, interlocks, procedures, schema
from hub.contract.config.calibration import Calibration

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
DEVICE = "stands.<name>.devices.<name>"
SECTIONS: dict[str, tuple[type[BaseModel], ...]] = {
    "The file": (schema.Config,),
    "`web`": (schema.Web,),
    "`mqtt`": (schema.Mqtt,),
    "`redis`": (schema.Redis,),
    "`agents.<name>`": (schema.Agent,),
    "`stands.<name>`": (schema.Stand,),
    "`stands.<name>.interlocks.<name>`": (interlocks.Interlock,),
    f"`{DEVICE}`": (schema.Device,),
    f"`{DEVICE}.channels.<name>`": (schema.ChannelConfig,),
    f"`{DEVICE}.channels.<name>.calibration`": (Calibration,),
    f"`{DEVICE}.derived.<name>`": (schema.Derived,),
    "`procedures.<name>`": (procedures.Procedure, procedures.SetStep, procedures.WaitStep),
    "`schedules.<name>`": (procedures.Schedule,),
    "`alarms.<name>`": (alarms.Alarm,),
    "`notify`": (alarms.Notify,),
}
BASES: dict[str, dict[str, Any]] = {
    "The file": {"version": 1, "agents": {}, "stands": {}},
    "`web`": {},
    "`mqtt`": {},
    "`redis`": {},
    "`agents.<name>`": {},
    "`stands.<name>`": {"agent": "bench", "devices": {}},
    f"`{DEVICE}`": {"driver": "sba5"},
    f"`{DEVICE}.channels.<name>`": {},
    f"`{DEVICE}.derived.<name>`": {"formula": "1"},
    "`alarms.<name>`": {"stand": "phytotron", "channel": "chamber.int_temp", "high": 100},
    "`notify`": {},
}
"""What else must be said so that a key can be tried out."""


def rows(section: str) -> list[list[str]]:
    """The rows of the tables in a section: key, what, default, example."""
    text = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    found = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row] for row in found]


def properties(models: tuple[type[BaseModel], ...]) -> dict[str, dict[str, Any]]:
    """The keys of all these models, with what the schema says of each."""
    return {key: part for model in models for key, part in model.model_json_schema()["properties"].items()}


def test_the_page_has_these_sections_and_no_others() -> None:
    assert re.findall(r"^## (.+)$", PAGE, re.MULTILINE) == ["How it is written", *SECTIONS]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_named_once(section: str) -> None:
    assert sorted(row[0].strip("`") for row in rows(section)) == sorted(properties(SECTIONS[section]))


@pytest.mark.parametrize("section", SECTIONS)
def test_a_default_is_the_one_that_is_used(section: str) -> None:
    parts = properties(SECTIONS[section])
    for key, _, said, _ in rows(section):
        default = parts[key.strip("`")].get("default")
        if isinstance(default, str | int):
            assert said == f"`{str(default).lower() if isinstance(default, bool) else default}`", key


@pytest.mark.parametrize("section", BASES)
def test_an_example_can_stand_in_the_file(section: str) -> None:
    (model,) = SECTIONS[section]
    for key, _, _, example in rows(section):
        if example != "see below":
            model.model_validate(
                BASES[section] | {key.strip("`"): YAML(typ="safe", pure=True).load(example.strip("`"))}
            )


@pytest.mark.parametrize(
    ("section", "model"),
    [
        ("`stands.<name>.interlocks.<name>`", interlocks.Interlock),
        ("`procedures.<name>`", procedures.Procedure),
        ("`schedules.<name>`", procedures.Schedule),
        ("`alarms.<name>`", alarms.Alarm),
    ],
)
def test_a_longer_example_can_stand_in_the_file(section: str, model: type[BaseModel]) -> None:
    text = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("    ")]
    examples = YAML(typ="safe", pure=True).load("\n".join(lines))
    assert examples
    for example in examples.values():
        model.model_validate(example)
