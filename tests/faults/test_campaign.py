"""`make faults` in short: a few faults, after which every goal is reached; and it finds it when one is not."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.campaign.campaign import run
from tests.faults.campaign.plan import Fault
from tests.faults.campaign.recovery import PATIENCE
from tests.faults.campaign.report import Json, report
from tests.faults.campaign.system import ROOT, System

SHORT = (
    ("kill", "agent-left", 0.0),
    ("freeze", "hub", 4.0),
    ("kill two", "hub redis", 0.0),
    ("power cut", "agent-right", 0.0),
    ("half-open", "mqtt", 4.0),
    ("silent", "bench.first", 2.0),
    ("twice", "room.third", 0.0),
    ("kill two", "mosquitto agent-right", 0.0),
)
NEXT_NUMBER = r"  if last\.epoch ~= epoch or last\.n \+ 1 ~= n then\n"
"""In hub/state/write.lua: only the next number of the agent's epoch is taken."""


def suffer(folder: Path, faults: Sequence[tuple[str, str, float]], house: Path = ROOT) -> Json:
    """A campaign of these faults; what it has shown."""
    with System(folder, house) as system:
        given = [Fault(number, *fault, pause=0.2) for number, fault in enumerate(faults, 1)]
        return report(run(system, given, seed=1, say=print), 1, [])


@pytest.mark.timeout(200)
def test_after_a_few_faults_every_goal_is_reached(tmp_path: Path) -> None:
    found = suffer(tmp_path, SHORT)
    in_time = {"not safe in time", "not recovered in time"}  # goals of a machine that has nothing else to do
    assert {name: each for name, each in found["violations"].items() if name not in in_time} == {}
    assert found["recovered_s"]["max"] < PATIENCE
    assert found["readings"]["made"] > 500, "the load was too small to prove anything"
    assert found["commands"]["outcomes"]["done"] > 100
    limits = ("lease", "max_on", "interlock")  # a dozen of them together, each of them by chance
    assert sum(found[f"safe_after_{limit}_s"]["count"] for limit in limits) > 0


@pytest.mark.timeout(200)
def test_without_the_rule_of_the_next_number_it_is_red(tmp_path: Path) -> None:
    house = tmp_path / "house"
    for room in ("agents", "deploy", "hub", "mosquitto", "web"):
        shutil.copytree(ROOT / room, house / room, ignore=shutil.ignore_patterns("__pycache__"))
    script = house / "hub/state/write.lua"
    changed, times = re.subn(NEXT_NUMBER, "  if false then\n", script.read_text())
    assert times == 1
    script.write_text(changed)
    found = suffer(tmp_path, [("answers lost", "mqtt", 4.0), ("answers lost", "redis", 4.0)], house)
    assert {"lost", "doubled", "out of order"} & set(found["violations"])
