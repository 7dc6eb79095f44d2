"""Rows 22 to 26: processes that are doubled, killed and frozen under the running system."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis.exceptions import NoPermissionError

from hub.contract import topics
from hub.state import keys
from tests.faults.case import Case
from tests.faults.readings import BOARD, History
from tests.faults.system import CHAMBER, SUPPLY, System
from tests.servers import MosquittoServer, frozen, wait_until

ON, OFF = 'POST /relay {"channel":0,"state":1}', 'POST /relay {"channel":0,"state":0}'


@pytest.fixture
def history(system: System) -> History:
    """The chamber's readings from the beginning of the test."""
    return History(system)


@contextmanager
def without(system: System, case: Case, *names: str) -> Iterator[None]:
    """These processes are killed, and the supervisor stands still, so that they stay away inside the block."""
    assert system.running is not None
    with frozen(system.running.pid):
        for name in names:
            os.kill(system.processes()[name], signal.SIGKILL)
        case.killed |= set(names)
        yield


def told(system: System, after: int) -> list[str]:
    """What the relay board was told, from the given number on."""
    return [post.replace(": ", ":").replace(", ", ",") for post in system.posts(BOARD)[after:]]


def switch_on(system: System) -> int:
    """The hub switches the fan on, once it has heard of the agent; returns how much the board has been told."""
    wait_until(lambda: system.ask(CHAMBER, "fan", True)["status"] == "done", "the fan is on")
    return len(system.posts(BOARD))


def connected(pid: int, port: int) -> bool:
    """Whether a process has a connection to a port of this machine."""
    table = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{row[9]}]" for row in table if row[2] == f"0100007F:{port:04X}" and row[3] == "01"}
    try:
        return any(str(file.readlink()) in sockets for file in Path(f"/proc/{pid}/fd").iterdir())
    except FileNotFoundError:
        return False  # it has ended


def test_fault_22_a_second_hub_waits_unconnected(system: System, case: Case) -> None:
    """A second `clayhub hub` is started: it says that it waits and has no connection to the broker, and a command is
    done once. The first gets `kill -9`: one of the two goes on, the other waits.
    """
    broker = system.ports["11883"]
    words = system.folder / "second"
    with words.open("wb") as out:
        second = subprocess.Popen(
            [sys.executable, "-m", "hub.cli.main", "hub"], env=system.environment, stdout=out, stderr=out
        )
    try:
        wait_until(lambda: "another hub holds the lock" in words.read_text(), "the second waits")
        before = len(system.posts(BOARD))
        switch_on(system)
        assert told(system, before) == [ON]
        assert not connected(second.pid, broker)
        os.kill(system.processes()["hub"], signal.SIGKILL)
        case.killed = {"hub"}

        def at_work() -> list[bool]:
            return [connected(pid, broker) for pid in (second.pid, system.processes()["hub"])]

        wait_until(lambda: system.processes()["hub"] != second.pid and any(at_work()), "one goes on")
        wait_until(lambda: system.ask(CHAMBER, "fan", False)["status"] == "done", "commands are done again")
        assert sorted(at_work()) == [False, True]
    finally:
        second.terminate()
        assert second.wait(20) == 0


def test_fault_23_a_killed_agent_starts_again_and_safe(system: System, case: Case) -> None:
    """A fan, a valve without a lease, and the supply's 5 V are on when their agent gets `kill -9`: the first that the
    devices hear of the new agent, about a second later, is their safe values, and nothing is switched on again.
    """
    switch_on(system)
    assert system.ask(CHAMBER, "valve", True)["status"] == system.ask(SUPPLY, "power", 5)["status"] == "done"
    board, supply = len(system.posts(BOARD)), len(system.seen("phytotron.supply"))
    os.kill(system.processes()["agent-bench"], signal.SIGKILL)
    case.killed = {"agent-bench"}
    case.check()
    assert sorted(told(system, board)) == [OFF, OFF.replace('"channel":0', '"channel":1')]
    sets = [entry["request"] for entry in system.seen("phytotron.supply")[supply:] if "?" not in entry["request"]]
    assert sets == ["VOLT 0"]


def test_fault_24_a_killed_hub_leaves_nothing_on_and_no_reading_is_lost(
    system: System, case: Case, history: History
) -> None:
    """The hub gets `kill -9` while it keeps a fan on, and stays away: the board is told once to switch it off. The hub
    is back: it stays off, and all that the board has measured meanwhile stands in Redis once.
    """
    heard = switch_on(system)
    with without(system, case, "hub"):
        wait_until(lambda: told(system, heard), "the end of the lease")
        history.wait_for_more()
    case.check()
    history.check_whole()
    assert told(system, heard) == [OFF]


def test_fault_24_a_frozen_hub_leaves_nothing_on_and_no_reading_is_lost(
    system: System, case: Case, history: History
) -> None:
    """The same with `kill -STOP`, and `kill -CONT` when its lock has run out."""
    heard = switch_on(system)
    with frozen(system.processes()["hub"]):
        wait_until(lambda: told(system, heard) and not system.view.hub_alive(), "the end of lease and lock")
    case.check()
    history.check_whole()
    assert told(system, heard) == [OFF]


def test_fault_24a_what_a_client_left_on_goes_off(system: System, case: Case) -> None:
    """mosquitto_pub switches the fan on and is gone; the hub lives, and yet the board is told to switch it off when the
    lease of 2 s is over.
    """
    heard = len(system.posts(BOARD))
    system.publish(f"clayhub/{CHAMBER}/fan/set", "ON")
    wait_until(lambda: len(told(system, heard)) == 2, "the end of the lease")
    assert told(system, heard) == [ON, OFF]


def test_fault_24b_a_command_for_a_hub_that_is_away_is_never_done(system: System, case: Case) -> None:
    """The hub is killed and stays away for longer than the 5 s that a request may wait. The panel takes a command
    while the hub's lock still holds, and answers 503 afterwards. The hub is back: the first is expired, and the board
    has heard of neither.
    """
    anna, heard = system.visitor(), len(system.posts(BOARD))
    command, redis = {"key": CHAMBER, "channel": "fan", "value": True}, system.redis_client
    lock = redis.get(keys.HUB)
    assert isinstance(lock, bytes)
    with without(system, case, "hub"):
        redis.set(keys.HUB, lock)  # it holds as long as we need it to, however slow this machine is
        taken = anna.ask("/api/command", command)
        assert taken.status == 202
        redis.pexpire(keys.HUB, 1)
        late = system.view.snapshot()["time"] + 5_000
        wait_until(lambda: not system.view.hub_alive(), "the end of the lock")
        answer = anna.ask("/api/command", command)
        assert (answer.status, answer.json["code"]) == (503, "hub_down")
        wait_until(lambda: system.view.snapshot()["time"] > late, "the request's time is over")
    case.check()
    record = system.requests.wait(taken.json["id"], 20)
    assert record is not None
    assert record["status"] == "expired"
    assert told(system, heard) == []


def test_fault_24c_an_emptied_redis_is_filled_again(system: System, case: Case) -> None:
    """All keys are deleted from the running Redis (which itself refuses FLUSHALL): within 10 s readings are stored
    again, behind an entry that says that some are missing, and commands work.
    """
    with pytest.raises(NoPermissionError):
        system.redis_client.flushall()
    system.redis_client.delete(*system.redis_client.scan_iter("*"))

    def stored(agent: str) -> list[dict[str, str]]:
        return [entry for entry in system.stream(keys.READINGS) if entry["a"] == agent]

    agents = ("bench", "roof")
    wait_until(lambda: all(len(stored(agent)) > 2 for agent in agents), "readings are stored again", 10)
    for agent in agents:
        first, *others = stored(agent)
        assert first.get("gap") == "epoch"
        assert not [entry for entry in others if "gap" in entry]
    switch_on(system)
    assert system.ask(CHAMBER, "fan", False)["status"] == "done"


def test_fault_25_an_agent_killed_with_the_broker_is_missed(system: System, case: Case) -> None:
    """Broker and agent get `kill -9` together, so that nobody publishes a last will. A broker without any memory is in
    the place of the old one, and no agent yet: 3 s later panel and MQTT clients hear from the hub that the agent and
    its devices are offline.
    """

    def missed() -> bool:
        found = system.view.snapshot()
        words = [found["devices"][key]["availability"] for key in (CHAMBER, SUPPLY)]
        words.append(found["agents"]["bench"]["availability"])
        return set(words) == {"offline"}

    broker = MosquittoServer(system.folder / "var/mosquitto/mosquitto.conf", system.ports["11883"])
    with without(system, case, "mosquitto", "agent-bench"), broker:
        wait_until(missed, "the agent is missed")
        with system.ear() as ear:
            assert ear.wait(f"clayhub/{CHAMBER}/availability") == "offline"
            assert not ear.all("clayhub/agent/bench/availability")


def test_fault_26_a_killed_redis_costs_nothing(system: System, case: Case, history: History) -> None:
    """Redis gets `kill -9` and stays away while the board is read ten times: nothing is confirmed meanwhile. It is
    back: all of the board's readings stand in it once.
    """
    state, stored = f"clayhub/{CHAMBER}/state", topics.stored("bench")
    with system.ear() as operator, system.ear("agent-bench") as ear:
        ear.wait(stored)
        with without(system, case, "redis"):
            history.wait_for_more(2)
            latest = history.latest()  # made without Redis, as all that comes after it
            first = operator.wait(state, lambda said: said["ts"] >= latest)["n"]
            history.wait_for_more()
            assert [said["n"] for said in ear.all(stored) if said["n"] >= first] == []
        case.check()
    history.check_whole()
