"""Doubtful, absent and old values at the command line: each can be recognised, and none looks good."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from hub.cli.commands.watch import table
from hub.state import keys
from tests.cli.installation import Installation
from tests.servers import RedisServer
from tests.web.laboratory import CHAMBER, VALUES, Laboratory

STATE = {"ts": "2026-11-22T11:35:02.123Z", "epoch": "e1", "n": 1, **VALUES}
NOW = 1_000_000.0


@pytest.fixture
def installation(tmp_path: Path, redis_server: RedisServer) -> Installation:
    """An installation whose Redis is ours."""
    found = Installation(tmp_path)
    found.edit(f"port: {found.ports['16379']}", f"port: {redis_server.port}")
    found.clayhub("render")
    (tmp_path / "secrets/redis.password").write_text(redis_server.password)
    return found


@pytest.fixture
def laboratory(redis_server: RedisServer) -> Laboratory:
    """One device with a reading."""
    found = Laboratory(redis_server.client())
    found.set_up()
    return found


def shown(availability: str = "online", age: float = 1.0, **state: object) -> dict[str, tuple[str, str]]:
    """The value and the doubt of each channel in the table of `clayhub watch`."""
    device = {"info": CHAMBER, "availability": availability, "received": NOW - 1000 * age, "state": {**STATE, **state}}
    found = table({"phytotron/chamber": device}, NOW)
    names, values, doubts = (map(str, found.columns[number].cells) for number in (1, 2, 5))
    return {name: (value, doubt) for name, value, doubt in zip(names, values, doubts, strict=True)}


def test_fault_32_the_table_says_why_a_value_is_doubtful() -> None:
    found = shown(temperature=None, quality={"temperature": "sentinel", "gas": "frozen"})
    assert (found["temperature"], found["gas"], found["light"]) == (("-", "sentinel"), ("24", "frozen"), ("60", ""))


@pytest.mark.parametrize(
    ("availability", "age", "word"), [("online", 6.1, "stale"), ("offline", 1, "offline"), ("fault", 1, "fault")]
)
def test_fault_31_an_old_value_says_so_also_when_it_is_doubtful(availability: str, age: float, word: str) -> None:
    found = shown(availability, age, quality={"gas": "frozen"})
    assert (found["light"], found["gas"]) == (("60", word), ("24", f"frozen, {word}"))


def test_fault_32_an_export_has_no_number_where_there_is_none_and_says_what_is_doubtful(
    installation: Installation, laboratory: Laboratory
) -> None:
    doubts = {"temperature": "sentinel", "gas": "railed"}
    for quality, temperature, clock in ((None, 21.34, {}), (doubts, None, {"clock": "unsynced"})):
        state = laboratory.read(quality=quality, temperature=temperature) | clock
        entry: Any = {"d": laboratory.KEY, "r": laboratory.now(), "j": orjson.dumps(state)}
        laboratory.redis.xadd(keys.READINGS, entry)
    missing: Any = {"a": CHAMBER["agent"], "e": "e1", "n": 9, "r": laboratory.now(), "gap": "3-9"}
    laboratory.redis.xadd(keys.READINGS, missing)
    heading, good, doubtful, gap = csv.reader(installation.clayhub("readings", laboratory.KEY).stdout.splitlines())
    column = {name: number for number, name in enumerate(heading)}
    assert (good[column["temperature"]], good[column["gas"]], good[column["quality"]]) == ("21.34", "24", "")
    assert (doubtful[column["temperature"]], doubtful[column["gas"]]) == ("", "24")
    assert doubtful[column["quality"]] == "temperature=sentinel gas=railed"
    assert (good[column["clock"]], doubtful[column["clock"]]) == ("", "unsynced")
    assert [cell for cell in gap[1:] if cell] == ["gap"]
    assert gap[column["quality"]] == "gap"


def test_a_line_for_scripts_says_whether_its_values_are_live(
    installation: Installation, laboratory: Laboratory
) -> None:
    laboratory.read(age=17)
    command = [sys.executable, "-m", "hub.cli.main", "watch", "--json"]
    with subprocess.Popen(command, env=installation.environment, stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        said = [json.loads(watch.stdout.readline())]
        laboratory.read()
        said.append(json.loads(watch.stdout.readline()))
        laboratory.availability("fault")
        laboratory.read()
        said.append(json.loads(watch.stdout.readline()))
        watch.terminate()
    assert [one["is"] for one in said] == ["stale", "online", "fault"]


def test_without_a_hub_nothing_passes_for_the_present(installation: Installation, laboratory: Laboratory) -> None:
    laboratory.read()
    shown = installation.clayhub("devices")
    assert (laboratory.KEY in shown.stdout, "online" in shown.stdout, shown.stderr) == (True, True, "")
    laboratory.hub(False)
    shown = installation.clayhub("devices")
    assert (laboratory.KEY in shown.stdout, "online" in shown.stdout) == (True, False)
    for words in (("devices",), ("alarms", "list"), ("procedures", "list"), ("schedules", "list", "--json")):
        assert "The hub does not run" in installation.clayhub(*words).stderr, words
