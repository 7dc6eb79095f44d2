"""Interlocks at a real broker: whoever commands, whatever fails, the heater is off while it is not known to be cool."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.contract.command import Command
from tests.agents.bench import SHELF
from tests.servers import MosquittoServer, wait_until
from tests.wire.agents import Ear, agent

DEVICES = """\
heat: {driver: bench, address: one, period: 10s}
probe: {driver: bench, address: two, period: 10s}
"""
LOCKS = "{hot: {title: Too hot, when: probe.temp > 40, outputs: [heat.heater], latched: LATCHED}}"
STATE = "clayhub/s/interlocks/state"
REASON = "hot (Too hot): probe.temp > 40; probe.temp is 41.5."


def locks(*, latched: bool = False) -> str:
    """The interlock in one line."""
    return LOCKS.replace("LATCHED", json.dumps(latched))


def stands(ear: Ear, state: str) -> None:
    """Wait until the latest word of the interlock is this."""
    wait_until(lambda: ear.all(STATE) and ear.all(STATE)[-1]["hot"] == state, f"the interlock {state}")


def heater() -> bool:
    """Whether the hardware heats."""
    return SHELF["one"].values["heater"] is True


@pytest.fixture
def ear(broker: MosquittoServer, tmp_path: Path) -> Iterator[Ear]:
    """An ear at the broker where the agent serves heater and thermometer, which is cool and known."""
    SHELF.clear()
    with Ear(broker.port) as found, agent(broker, tmp_path, DEVICES, locks()):
        stands(found, "normal")
        yield found
        for hardware in SHELF.values():
            hardware.gate.set()


def shows(ear: Ear, temperature: float | None) -> None:
    """The thermometer shows this, and is read: when it is commanded, it is read back."""
    SHELF["two"].values["temp"] = temperature
    assert ear.ask("power", "1", f"p{len(ear.heard)}", "s/probe")["status"] == "done"


def trip(ear: Ear) -> None:
    """It gets too hot."""
    shows(ear, 41.5)
    stands(ear, "tripped")


def set_heater(ear: Ear) -> Any:  # noqa: ANN401
    """Switch it on, under an id that was not used yet; returns the result."""
    return ear.ask("heater", "true", f"h{len(ear.heard)}")


def reset(ear: Ear) -> Any:  # noqa: ANN401
    """Press the button; returns the result."""
    return ear.ask("reset", '"PRESS"', f"r{len(ear.heard)}", "s/interlocks")


def test_a_reading_trips_it_and_the_output_goes_off_and_stays_off(ear: Ear) -> None:
    assert ear.ask("heater", "true", "a1")["status"] == "done"
    trip(ear)
    wait_until(lambda: not heater(), "the heater off")
    event = ear.wait("clayhub/s/interlocks/event")
    assert event["text"] == f"{REASON.replace(':', ' has tripped:', 1)} It keeps heat.heater safe."
    shows(ear, 20.0)
    stands(ear, "normal")
    assert not heater(), "nothing is switched on by itself"
    assert ear.ask("heater", "true", "a2")["status"] == "done"


def test_while_tripped_everybody_is_refused_and_told_why(ear: Ear, broker: MosquittoServer) -> None:
    trip(ear)
    told = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(broker.port), "-t", "clayhub/s/heat/heater/set", "-m", "ON"]
    subprocess.run(told, check=True)
    result = ear.wait("clayhub/s/heat/result")
    assert (result["status"], result["code"], result["reason"]) == ("rejected", "interlock", REASON)
    assert result["value"] is None
    beat = ear.beat()
    command = Command("c1", "heater", True, beat.boot, beat.beat, token=1, counter=1)
    ear.say("clayhub/s/heat/command", command.encode())
    assert ear.result("c1")["code"] == "interlock"
    assert not heater()
    assert ear.ask("heater", "false", "a1")["status"] == "done", "the safe value can always be set"
    assert ear.ask("power", "60", "a2")["status"] == "done", "and what it does not keep"


def test_an_output_switched_on_at_the_device_is_set_back(broker: MosquittoServer, tmp_path: Path) -> None:
    SHELF.clear()
    devices = DEVICES.replace("one, period: 10s", "one, period: 100ms")
    with Ear(broker.port) as ear, agent(broker, tmp_path, devices, locks()):
        trip(ear)
        SHELF["one"].values["heater"] = True
        wait_until(lambda: not heater(), "the heater off again")


def test_a_thermometer_with_a_fault_or_a_sentinel_trips_it(ear: Ear) -> None:
    ear.ask("heater", "true", "a1")
    shows(ear, None)
    wait_until(lambda: not heater(), "the heater off")
    shows(ear, 20.0)
    stands(ear, "normal")
    assert ear.ask("heater", "true", "a2")["status"] == "done"
    SHELF["two"].silent = True
    assert ear.ask("power", "1", "p1", "s/probe")["code"] == "no_answer"
    wait_until(lambda: not heater(), "the heater off")
    assert "probe.temp is not known (no_answer)" in ear.ask("heater", "true", "a3")["reason"]


def test_a_thermometer_that_falls_silent_trips_it(broker: MosquittoServer, tmp_path: Path) -> None:
    SHELF.clear()
    devices = DEVICES.replace("two, period: 10s", "two, period: 500ms")
    with Ear(broker.port) as ear, agent(broker, tmp_path, devices, locks()):
        wait_until(lambda: set_heater(ear)["status"] == "done", "the heater on")
        SHELF["two"].gate.clear()  # its driver waits for an answer that does not come
        wait_until(lambda: not heater(), "the heater off")
        why = "probe.temp is not known (older than 1.5 s)"
        wait_until(lambda: why in set_heater(ear).get("reason", ""), "everybody is told why")
        SHELF["two"].gate.set()


def test_a_command_that_waited_behind_a_slow_bus_is_refused_if_it_has_tripped_meanwhile(ear: Ear) -> None:
    SHELF["one"].gate.clear()
    ear.say("clayhub/s/heat/power/set", '{"value": 1, "id": "a1"}')
    ear.say("clayhub/s/heat/heater/set", '{"value": true, "id": "a2"}')
    trip(ear)
    SHELF["one"].gate.set()
    assert ear.result("a1")["status"] == "done"
    assert ear.result("a2")["code"] == "interlock"
    assert ("heater", True) not in SHELF["one"].log


def test_it_waits_until_it_knows_its_inputs_after_a_start(broker: MosquittoServer, tmp_path: Path) -> None:
    SHELF.clear()
    with Ear(broker.port) as ear:
        with agent(broker, tmp_path, DEVICES, locks(latched=True)):
            stands(ear, "normal")
        SHELF["two"].silent = True
        with agent(broker, tmp_path, DEVICES, locks(latched=True)):
            assert ear.ask("heater", "true", "a1")["code"] == "interlock"
            assert ear.all(STATE)[-1]["hot"] == "waiting", "the broker's word is not that of the agent before"
            SHELF["two"].silent = False
            stands(ear, "normal")
            assert ear.ask("heater", "true", "a2")["status"] == "done"


def test_what_latches_stays_so_across_a_restart_until_it_is_reset(broker: MosquittoServer, tmp_path: Path) -> None:
    SHELF.clear()
    with Ear(broker.port) as ear:
        with agent(broker, tmp_path, DEVICES, locks(latched=True)):
            stands(ear, "normal")
            trip(ear)
            assert reset(ear)["reason"] == REASON
        SHELF["two"].values["temp"] = 20.0
        with agent(broker, tmp_path, DEVICES, locks(latched=True)):
            stands(ear, "latched")
            assert set_heater(ear)["code"] == "interlock"
            wait_until(lambda: "nobody has reset it" in set_heater(ear)["reason"], "its input is known")
            assert reset(ear)["status"] == "done"
            stands(ear, "normal")
            assert ear.ask("heater", "true", "a2")["status"] == "done"
        with agent(broker, tmp_path, DEVICES, locks(latched=True)):
            stands(ear, "normal")


@pytest.mark.parametrize("damage", ["", "[", '{"hot": true}', "\x00\xff"])
def test_a_damaged_memory_of_latches_means_latched(broker: MosquittoServer, tmp_path: Path, damage: str) -> None:
    SHELF.clear()
    (tmp_path / "interlocks.json").write_text(damage)
    with Ear(broker.port) as ear, agent(broker, tmp_path, DEVICES, locks(latched=True)):
        stands(ear, "latched")


def test_everybody_sees_what_there_is(ear: Ear) -> None:
    info = ear.wait("clayhub/s/interlocks/info")
    assert info["driver"] == "interlocks"
    assert info["channels"] == {
        "hot": {"kind": "choice", "title": "Too hot", "options": ["normal", "blocked", "tripped", "latched", "waiting"]}
    }
    ear.wait("clayhub/s/interlocks/availability", lambda said: said == "online")
    ear.wait("clayhub/agent/a1/heartbeat", lambda said: said["health"].get("s/interlocks") == "ok")
    assert ear.ask("hot", '"normal"', "a1", "s/interlocks")["code"] == "read_only"
