"""Rows 9 to 14 and 17: commands that come at the wrong time, twice, or in the wrong order."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import orjson
import pytest

from hub.contract.command import Command
from hub.contract.presence import Heartbeat
from hub.state import keys
from tests import servers
from tests.faults.case import Case
from tests.faults.system import CHAMBER, HEATER, SUPPLY, System
from tests.servers import wait_until
from tests.wire.agents import Ear

VALVE = f"clayhub/{CHAMBER}/valve/set"
COMMAND, RESULT = f"clayhub/{CHAMBER}/command", f"clayhub/{CHAMBER}/result"
BEAT = "clayhub/agent/bench/heartbeat"
SWITCHED_ON = 'POST /relay {"channel":%d,"state":1}'


def boot(system: System, agent: str) -> str | None:
    """The run of the agent that the hub follows; None while it follows none."""
    found = system.view.snapshot()["agents"][agent]
    return found["boot"] if found["availability"] == "online" else None


@contextmanager
def killed(system: System, case: Case, agent: str) -> Iterator[None]:
    """The agent is killed before the block and stays away inside it, for the supervisor stands still; after it, wait
    until there is another."""
    before = boot(system, agent)
    case.killed.add(f"agent-{agent}")
    assert system.running is not None
    with servers.frozen(system.running.pid):
        os.kill(system.processes()[f"agent-{agent}"], signal.SIGKILL)
        yield
    wait_until(lambda: boot(system, agent) not in (None, before), "the agent's next run")


@contextmanager
def frozen(system: System, name: str) -> Iterator[None]:
    """The process stands still inside the block."""
    with servers.frozen(system.processes()[name]):
        yield


def heard(system: System, agent: Ear) -> list[Command]:
    """The commands that the hub has sent to the chamber, as its agent hears them."""
    return [Command.decode(orjson.dumps(said)) for said in agent.all(COMMAND)]


@pytest.mark.parametrize("moment", ["live", "at the subscription"])
def test_fault_09_a_retained_command_is_refused_and_cleared(system: System, case: Case, moment: str) -> None:
    """mosquitto_pub -r to the running system, and right after a kill of the agent, so that the next one finds it at the
    broker. The relay's log has no POST that switches on, a later subscriber finds nothing, and there is an alarm until
    somebody acknowledges it."""
    alarm = "retained-phytotron-chamber"
    with system.ear() as ear:
        if moment == "live":
            system.publish(VALVE, "ON", "-r")
        else:
            with killed(system, case, "bench"):
                system.publish(VALVE, "ON", "-r")
        assert ear.wait(RESULT)["code"] == "retained"
        ear.wait(VALVE, lambda said: said == "")
        with system.ear("viewer") as later:
            later.wait(f"clayhub/{CHAMBER}/info")
            assert later.all(VALVE) == []
        assert len(ear.all(RESULT)) == 1
    assert SWITCHED_ON % 1 not in case.posts("phytotron.chamber")
    wait_until(lambda: alarm in system.alarms(), "the alarm")
    assert system.clayhub("alarms", "acknowledge", alarm).exit_code == 0
    assert alarm not in system.alarms()


def test_fault_09_a_retained_command_of_the_hub_is_cleared_too(system: System, case: Case) -> None:
    """mosquitto_pub -r with the hub's account on the topic of guarded commands, which only the hub may command on: the
    agent refuses it and takes it off the broker, so that it does not come again with each connection."""
    with system.ear("agent-bench") as ear:
        system.publish(COMMAND, "{}", "-r", account="hub")
        ear.wait(COMMAND, lambda said: said == "")
        with system.ear("agent-bench") as later:
            later.wait(BEAT)
            assert later.all(COMMAND) == []
    wait_until(lambda: "retained-phytotron-chamber" in system.alarms(), "the alarm")
    assert system.clayhub("alarms", "acknowledge", "retained-phytotron-chamber").exit_code == 0


def test_fault_10_what_was_said_to_a_frozen_agent_is_expired_when_it_thaws(system: System, case: Case) -> None:
    """The agent is frozen for more than 5 s, and mosquitto_pub switches a valve on meanwhile: when it thaws the command
    is answered as expired, the relay's log has no POST, and the next command works."""
    with system.ear() as ear:
        with frozen(system, "agent-bench"):
            system.publish(VALVE, "ON", "-q", "1")
            ear.wait("clayhub/hub/heartbeat", count=len(ear.all("clayhub/hub/heartbeat")) + 7)
        result = ear.wait(RESULT)
        assert (result["status"], result["code"]) == ("expired", "expired")
        assert SWITCHED_ON % 1 not in case.posts("phytotron.chamber")
        wait_until(lambda: ear.ask("fan", "true", f"f{len(ear.heard)}", CHAMBER)["status"] == "done", "the next")


def test_fault_10_what_the_hub_finds_too_late_is_expired(system: System, case: Case) -> None:
    """A request of the panel whose deadline has passed lies in Redis; a command of the hub repeats a heartbeat that is
    more than 5 s old. The first is expired, the second refused, and neither reaches the device."""
    record = {"id": "late", "kind": "set", "key": CHAMBER, "channel": "valve", "value": True, "status": "pending"}
    known = {"requested": 0, "code": None, "reason": None, "who": "operator", "source": "panel", "ended": None}
    now = system.view.snapshot()["time"]
    whole = orjson.dumps({**record, **known, "until": None})
    system.redis_client.xadd(keys.REQUESTS, {"deadline": now - 10_000, "j": whole})
    system.recorded("late", "expired")
    with system.ear() as ear, system.ear("hub") as hub:
        latest = Heartbeat(**ear.wait(BEAT, lambda beat: beat["beat"] > 8))
        assert system.ask(CHAMBER, "valve", False)["status"] == "done"
        late = Command("old", "valve", True, latest.boot, latest.beat - 7, token=10**6, counter=1)
        hub.say(COMMAND, late.encode())
        assert ear.result("old", CHAMBER)["code"] == "old_beat"
    assert [post for post in case.posts("phytotron.chamber") if '"state":1' in post] == []


def test_fault_11_a_command_for_an_agent_that_is_away_is_rejected_and_never_done(system: System, case: Case) -> None:
    """An agent is killed, and at once the panel and mosquitto_pub switch its outputs on; another is frozen until the
    hub
    misses it. The panel is told so each time, and when they are back, the relays' logs have no
    POST that switches on."""
    with killed(system, case, "bench"), system.ear() as ear:
        wait_until(lambda: boot(system, "bench") is None, "the agent is away")
        record = system.ask(CHAMBER, "valve", True)
        assert (record["status"], record["code"]) == ("rejected", "agent_offline")
        ear.say(VALVE, "ON")
    with frozen(system, "agent-roof"):
        wait_until(lambda: boot(system, "roof") is None, "the agent is missed")
        record = system.ask(HEATER, "heat", True)
        assert (record["status"], record["code"]) == ("rejected", "agent_offline")
    wait_until(lambda: boot(system, "roof") is not None, "the agent is back")
    with system.ear() as ear:
        assert ear.ask("fan", "true", "after", CHAMBER)["status"] == "done"
        assert system.ask(HEATER, "heat", False)["status"] == "done"
    assert SWITCHED_ON % 1 not in case.posts("phytotron.chamber")
    assert SWITCHED_ON % 0 not in case.posts("greenhouse.heater")


def test_fault_12_the_same_id_again_has_one_effect_and_the_same_answer(system: System, case: Case) -> None:
    """A command with an id comes three times by MQTT, and one of the hub is recorded and delivered twice more: the
    relay's log has one POST for each, and all answers are equal, to the number."""
    with system.ear() as ear, system.ear("agent-bench") as agent, system.ear("hub") as hub:
        answers = []
        for count in (1, 2, 3):
            ear.say(VALVE, '{"value": true, "id": "twice"}')
            answers.append(ear.wait(RESULT, lambda result: result["id"] == "twice", count))
        assert answers[0]["status"] == "done"
        assert answers == answers[:1] * 3
        assert system.ask(CHAMBER, "valve", False)["status"] == "done"
        command = wait_until(lambda: heard(system, agent), "the hub's command")[-1]
        for count in (2, 3):
            hub.say(COMMAND, command.encode())
            again = ear.wait(RESULT, lambda result: result["id"] == command.id, count)
            assert again == ear.result(command.id, CHAMBER)
    off = SWITCHED_ON.replace('"state":1', '"state":0') % 1
    assert case.posts("phytotron.chamber") == [SWITCHED_ON % 1, off]
    system.recorded("twice", "done")
    system.recorded(command.id, "done")


def test_fault_13_an_older_command_of_the_hub_is_refused(system: System, case: Case) -> None:
    """The hub switches on and off again; then a command with the counter of the first comes, as fresh as can be
    otherwise.
    It is refused, and the relay's log ends with OFF."""
    with system.ear() as ear, system.ear("agent-bench") as agent, system.ear("hub") as hub:
        for value in (True, False):
            assert system.ask(CHAMBER, "valve", value)["status"] == "done"
        on, off = wait_until(lambda: heard(system, agent)[1:] and heard(system, agent), "both")
        assert (on.value, off.value, on.token, on.counter < off.counter) == (True, False, off.token, True)
        before = system.posts("phytotron.chamber")
        hub.say(COMMAND, replace(on, id="reordered", beat=off.beat).encode())
        assert ear.result("reordered", CHAMBER)["code"] == "old_counter"
        hub.say(COMMAND, replace(on, id="older hub", beat=off.beat, token=on.token - 1, counter=10**6).encode())
        assert ear.result("older hub", CHAMBER)["code"] == "old_counter"
        assert system.posts("phytotron.chamber") == before
        assert system.ask(CHAMBER, "valve", False)["status"] == "done"


def test_fault_14_a_command_from_before_the_agents_restart_is_refused(system: System, case: Case) -> None:
    """A command of the hub is recorded, the agent is killed, and the recorded command is sent to its successor: it is
    refused as meant for another boot, and the relay's log has no POST that switches on since."""
    with system.ear() as ear, system.ear("agent-bench") as agent, system.ear("hub") as hub:
        assert system.ask(CHAMBER, "valve", True)["status"] == "done"
        (recorded,) = wait_until(lambda: heard(system, agent), "the hub's command")
        with killed(system, case, "bench"):
            before = len(system.posts("phytotron.chamber"))
        hub.say(COMMAND, recorded.encode())
        answer = ear.wait(RESULT, lambda result: result["id"] == recorded.id, 2)
        assert answer["code"] == "other_boot"
        later = replace(recorded, id="again", counter=recorded.counter + 1)
        hub.say(COMMAND, later.encode())
        assert ear.result("again", CHAMBER)["code"] == "other_boot"
    assert [post for post in system.posts("phytotron.chamber")[before:] if '"state":1' in post] == []


def test_fault_17_a_command_at_qos_0_is_taken_and_the_hub_sends_none_so(system: System, case: Case) -> None:
    """mosquitto_pub -q 0 sets a voltage, which is done. mosquitto_sub with the agent's account writes down the QoS of
    what
    the hub then sends: 1."""
    with system.ear() as ear:
        system.publish(f"clayhub/{SUPPLY}/power/set", "3", "-q", "0")
        assert ear.wait(f"clayhub/{SUPPLY}/result")["status"] == "done"
    listen = ("-t", f"clayhub/{SUPPLY}/command", "-q", "2", "-C", "1", "-F", "%q %r", "-d")
    argv = system.mosquitto("mosquitto_sub", *listen, account="agent-bench")
    with subprocess.Popen(["stdbuf", "-oL", *argv], stdout=subprocess.PIPE, text=True) as sub:
        assert sub.stdout is not None
        for line in sub.stdout:
            if "SUBACK" in line:
                assert system.ask(SUPPLY, "power", 0)["status"] == "done"
            if line.strip() in ("0 0", "1 0", "2 0"):
                break
        sub.terminate()
    assert line.strip() == "1 0"
