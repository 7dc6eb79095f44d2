"""Row 41: what fell due while the hub was away."""

import os
import signal

import orjson

from hub.state import keys
from tests.faults.case import Case
from tests.faults.system import BASIC, CHAMBER, System
from tests.servers import frozen, wait_until

CONFIG = (
    BASIC
    + """\
schedules:
  close_valve: {every: 24h, stand: phytotron, set: chamber.valve, to: false}
  start_fan: {every: 24h, stand: phytotron, set: chamber.fan, to: true}
  supply_on: {every: 24h, stand: phytotron, set: supply.power, to: 3, missed: run}
"""
)
TWO_DAYS = 2 * 86_400_000
"""Milliseconds."""


def schedule(system: System, name: str) -> dict[str, object]:
    """How a schedule stands."""
    found: dict[str, object] = system.view.snapshot()["schedules"].get(name, {})
    return found


def test_fault_41_a_missed_off_is_done_and_a_missed_on_is_not(system: System, case: Case) -> None:
    """The hub is killed while a valve is open, and what it has noted of its schedules is set back by two days, as if it
    had been away so long. Back, it closes the valve at once (a schedule to its safe value), does not start the fan, and
    sets the supply, whose schedule says `missed: run`; each once.
    """
    wait_until(lambda: "seen" in schedule(system, "supply_on"), "schedules have begun")
    assert system.ask(CHAMBER, "valve", True)["status"] == "done"
    board, supply = len(system.posts("phytotron.chamber")), len(system.posts("phytotron.supply"))
    assert system.running is not None
    with frozen(system.running.pid):
        os.kill(system.processes()["hub"], signal.SIGKILL)
        case.killed = {"hub"}
        for name in ("close_valve", "start_fan", "supply_on"):
            record = schedule(system, name)
            record["seen"] = int(str(record["seen"])) - TWO_DAYS
            system.redis_client.hset(keys.SCHEDULES, name, orjson.dumps(record))
    outcomes = {"close_valve": "done", "start_fan": "missed", "supply_on": "done"}
    wait_until(
        lambda: {name: schedule(system, name).get("last_outcome") for name in outcomes} == outcomes, "what was missed"
    )
    assert [post.replace(" ", "") for post in system.posts("phytotron.chamber")[board:]] == [
        'POST/relay{"channel":1,"state":0}'
    ]
    assert system.posts("phytotron.supply")[supply:] == ["VOLT 3"]
    assert system.ask("phytotron/supply", "power", 0)["status"] == "done"
