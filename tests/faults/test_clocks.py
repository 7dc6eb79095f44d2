"""Rows 15 and 16: clocks that are wrong, and clocks that jump."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.contract import times
from hub.contract.command import Command
from hub.contract.presence import Heartbeat
from tests.faults.case import Case
from tests.faults.system import BASIC, CHAMBER, HEATER, System
from tests.servers import wait_until

HOUR = 3600.0
LEASE = 5.0
RESULT, STATE = f"clayhub/{CHAMBER}/result", f"clayhub/{CHAMBER}/state"


class Clocks:
    """The wall clocks of the two agents, which stand for two machines beside the hub's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def put(self, agent: str, ahead: float) -> None:
        """From now on the agent's clock is so many seconds ahead of the hub's."""
        draft = self.folder / f"{agent}.new"
        draft.write_text(str(ahead))
        draft.replace(self.folder / f"agent-{agent}")

    def synchronised(self, agent: str, yes: bool) -> None:
        """What the agent's machine says of its clock."""
        mark = self.folder / f"agent-{agent}.unsynchronised"
        mark.unlink(missing_ok=True) if yes else mark.touch()


@pytest.fixture(scope="module")
def clocks(tmp_path_factory: pytest.TempPathFactory) -> Clocks:
    """The clocks as they are when all starts: one an hour behind and not synchronised, one an hour ahead."""
    made = Clocks(tmp_path_factory.mktemp("clocks") / "clocks")
    made.put("bench", -HOUR)
    made.synchronised("bench", False)
    made.put("roof", HOUR)
    return made


@pytest.fixture(scope="module")
def system(clocks: Clocks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The basic system with these clocks, and with leases that outlast the pauses of a busy machine."""
    with System(tmp_path_factory.mktemp("system"), BASIC.replace("lease: 2s", f"lease: {LEASE:g}s")) as made:
        made.environment |= {
            "PYTHONPATH": str(Path(__file__).parent / "clocks"),
            "CLAYHUB_TEST_CLOCKS": str(clocks.folder),
        }
        made.start()
        yield made


@pytest.fixture(autouse=True)
def an_hour_apart(clocks: Clocks) -> None:
    """Each test begins with the clocks an hour off."""
    clocks.put("bench", -HOUR)
    clocks.put("roof", HOUR)


def age(system: System, key: str) -> float:
    """How many seconds old the device's reading is, by its own date and the hub's clock."""
    snapshot = system.view.snapshot()
    return float(snapshot["time"] / 1000 - times.seconds(snapshot["devices"][key]["state"]["ts"]))


def test_fault_15_a_clock_an_hour_off_makes_commands_neither_fresher_nor_older(system: System, case: Case) -> None:
    """One agent's clock is set an hour behind the hub's, the other's an hour ahead. Commands from the panel are done
    by both, leases last while the hub lives, one that repeats an old heartbeat is refused, and no device is taken for
    stale."""
    for key, hours in ((CHAMBER, 1), (HEATER, -1)):
        wait_until(lambda key=key, hours=hours: round(age(system, key) / HOUR) == hours, "readings of that hour")  # type: ignore[misc]
    outputs = ((CHAMBER, "fan", "bench"), (HEATER, "heat", "roof"))
    with system.ear() as ear, system.ear("hub") as hub:
        for key, channel, _ in outputs:
            assert system.ask(key, channel, True)["status"] == "done"
        ear.wait("clayhub/hub/heartbeat", count=len(ear.all("clayhub/hub/heartbeat")) + int(LEASE) + 2)
        for key, channel, agent in outputs:
            assert system.device(key)["state"][channel] is True, "renewed by the hub beyond its lease"
            latest = Heartbeat(**ear.wait(f"clayhub/agent/{agent}/heartbeat", lambda beat: beat["beat"] > 8))
            old = Command(f"old-{agent}", channel, True, latest.boot, latest.beat - 7, token=10**6, counter=1)
            hub.say(f"clayhub/{key}/command", old.encode())
            assert ear.result(f"old-{agent}", key)["code"] == "old_beat"
            assert system.ask(key, channel, False)["status"] == "done"
    wait_until(lambda: all(alarm["cleared"] for alarm in system.alarms().values()), "no alarm")


def switched(system: System) -> float:
    """When the fan was switched the last time, by the relay's own clock."""
    found = [entry for entry in system.seen("phytotron.chamber") if '"channel":0' in str(entry["request"])]
    return times.seconds(str(found[-1]["ts"]))


@pytest.mark.parametrize("jump", [HOUR, -HOUR, -1e9], ids=["ahead", "back", "to 1995"])
def test_fault_16_a_lease_lasts_as_long_as_it_should_though_the_clock_jumps(
    system: System, case: Case, clocks: Clocks, jump: float
) -> None:
    """An agent's clock jumps by an hour, and to 1995, while a lease of 5 s runs that mosquitto_pub has begun. By the
    relay's log the output is off, and not before these 5 s were over."""
    with system.ear() as ear:
        asked = time.time()
        system.publish(f"clayhub/{CHAMBER}/fan/set", "ON")
        result = ear.wait(RESULT)
        assert result["status"] == "done"
        clocks.put("bench", -HOUR + jump)
        jumped = times.seconds(result["ts"]) + jump
        ear.wait(STATE, lambda state: state["fan"] and abs(times.seconds(state["ts"]) - jumped) < 60)
        wait_until(lambda: case.posts("phytotron.chamber")[-1].endswith('"state":0}'), "the end of the lease")
    assert switched(system) - asked > LEASE


def test_fault_16_readings_of_a_clock_that_is_not_synchronised_say_so(
    system: System, case: Case, clocks: Clocks
) -> None:
    """An agent starts on a machine that says its clock is not synchronised: its readings are marked, in the panel and
    in the history, until the machine says that it is; those of the other agent never."""
    readings = system.view.readings(CHAMBER, 100_000)
    assert readings[0]["clock"] == "unsynced"
    assert "clock" not in system.device(HEATER)["state"]
    clocks.synchronised("bench", True)
    clocks.put("bench", 0)
    wait_until(
        lambda: "clock" not in system.device(CHAMBER)["state"] and abs(age(system, CHAMBER)) < 60, "a right date"
    )
