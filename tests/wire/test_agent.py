"""What an agent tells: who is there, what was read, and that a dead device or broker changes nothing for the rest."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.outbox import outbox
from tests.agents.bench import SHELF, Hardware
from tests.servers import MosquittoServer, wait_until
from tests.wire.agents import Ear, agent

HEAT = "heat: {driver: bench, address: one, period: 50ms}"
STATE = "clayhub/s/heat/state"


@pytest.fixture(autouse=True)
def shelf() -> Iterator[None]:
    SHELF.clear()
    yield
    for hardware in SHELF.values():
        hardware.gate.set()


def test_who_comes_later_finds_who_is_there_and_what_there_is(broker: MosquittoServer, tmp_path: Path) -> None:
    with agent(broker, tmp_path, HEAT):
        wait_until(lambda: len(SHELF["one"].reads) > 2, "polled")
        with Ear(broker.port) as ear:
            assert ear.wait("clayhub/agent/a1/availability") == "online"
            assert ear.wait("clayhub/s/heat/availability") == "online"
            assert ear.wait("clayhub/s/heat/info")["channels"]["power"]["unit"] == "%"
            assert ear.wait(STATE)["temp"] == 21.5
            assert all(message.retain for message in ear.heard if message.topic == "clayhub/s/heat/info")


def test_readings_count_by_one_and_carry_the_names_of_config_yaml(
    broker: MosquittoServer, ear: Ear, tmp_path: Path
) -> None:
    devices = "heat: {driver: bench, address: one, period: 50ms, channels: {warmth: {source: temp}, heater: {}}}"
    with agent(broker, tmp_path, devices):
        ear.wait(STATE, count=5)
    states = ear.all(STATE)
    first = states[0]["n"]
    assert [state["n"] for state in states] == list(range(first, first + len(states)))
    assert len({state["epoch"] for state in states}) == 1
    assert states[0].keys() == {"ts", "epoch", "n", "warmth", "heater"}


def test_the_heartbeat_tells_boot_numbers_and_health(broker: MosquittoServer, ear: Ear, tmp_path: Path) -> None:
    with agent(broker, tmp_path, HEAT):
        first = ear.wait("clayhub/agent/a1/heartbeat", lambda beat: beat["health"] == {"s/heat": "ok"})
        second = ear.wait("clayhub/agent/a1/heartbeat", lambda beat: beat["newest"] > first["newest"])
    beats = [beat["beat"] for beat in ear.all("clayhub/agent/a1/heartbeat")]
    assert beats == list(range(beats[0], beats[0] + len(beats)))
    assert second["boot"] == first["boot"]
    assert second["oldest"] == 1
    assert second["config"] == "0" * 12


def test_outputs_are_safe_at_the_start_before_anything_else(broker: MosquittoServer, ear: Ear, tmp_path: Path) -> None:
    SHELF["one"] = Hardware()
    with agent(broker, tmp_path, HEAT):
        first = ear.wait(STATE)
    assert SHELF["one"].log[:2] == [("heater", False), ("power", 0)]
    assert (first["heater"], first["power"]) == (False, 0)


def test_a_stop_leaves_the_outputs_safe_and_says_so(broker: MosquittoServer, ear: Ear, tmp_path: Path) -> None:
    with agent(broker, tmp_path, HEAT):
        assert ear.ask("heater", "true", "on")["status"] == "done"
    assert SHELF["one"].log[-3:] == [("heater", True), ("heater", False), ("power", 0)]
    assert ear.wait("clayhub/agent/a1/availability", lambda said: said == "offline")
    assert ear.wait("clayhub/s/heat/availability", lambda said: said == "offline")
    assert ear.all(STATE)[-1]["heater"] is False


def test_a_device_that_hangs_does_not_slow_another_bus(broker: MosquittoServer, ear: Ear, tmp_path: Path) -> None:
    SHELF["two"] = Hardware()
    SHELF["two"].gate.clear()
    with agent(broker, tmp_path, f"{HEAT}\ndead: {{driver: bench, address: two, period: 50ms}}"):
        ear.wait(STATE, count=10)
        assert ear.ask("heater", "true", "on")["status"] == "done"
        assert ear.all("clayhub/s/dead/state") == []
        SHELF["two"].gate.set()


def test_a_dead_device_leaves_its_bus_to_the_living(broker: MosquittoServer, ear: Ear, tmp_path: Path) -> None:
    SHELF["bus/2"] = Hardware(silent=True)
    devices = "heat: {driver: bench, address: bus/1, period: 50ms}\ndead: {driver: bench, address: bus/2, period: 50ms}"
    with agent(broker, tmp_path, devices):
        assert ear.wait("clayhub/s/dead/availability") == "fault"
        seen = len(ear.all(STATE))
        ear.wait(STATE, count=seen + 10)
        assert ear.wait("clayhub/agent/a1/heartbeat", lambda beat: len(beat["health"]) == 2)["health"] == {
            "s/heat": "ok",
            "s/dead": "no_answer",
        }


def test_a_fault_and_its_end_are_told_once_and_switch_nothing_on(
    broker: MosquittoServer, ear: Ear, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with agent(broker, tmp_path, HEAT):
        ear.ask("heater", "true", "on")
        written = len(SHELF["one"].log)
        SHELF["one"].silent = True
        ear.wait("clayhub/s/heat/availability", lambda said: said == "fault")
        SHELF["one"].silent = False
        ear.until("clayhub/s/heat/availability", "online")
        assert SHELF["one"].log[written:] == [], "a reading that failed is no reason to touch the outputs"
        assert ear.wait(STATE, lambda state: state["heater"])
    told = [record.message for record in caplog.records if "s/heat" in record.message]
    assert told == ["s/heat: one does not answer: is it on?", "s/heat: works again"]


@pytest.mark.filterwarnings("ignore")
def test_a_mistake_in_a_driver_makes_its_device_safe_and_spares_the_others(
    broker: MosquittoServer, ear: Ear, tmp_path: Path
) -> None:
    devices = "heat: {driver: bench, address: bus/1, period: 50ms}\nbad: {driver: bench, address: bus/2, period: 50ms}"
    with agent(broker, tmp_path, devices):
        assert ear.ask("heater", "true", "on", "s/bad")["status"] == "done"
        SHELF["bus/2"].mistake = True
        ear.wait("clayhub/s/bad/availability", lambda said: said == "fault")
        written = len(SHELF["bus/2"].log)
        ear.wait(STATE, count=len(ear.all(STATE)) + 5)
        SHELF["bus/2"].mistake = False
        ear.until("clayhub/s/bad/availability", "online")
        assert SHELF["bus/2"].log[written:] == [("heater", False), ("power", 0)]


def test_after_the_broker_was_away_everything_is_told_again_and_commands_work(
    broker: MosquittoServer, ear: Ear, tmp_path: Path
) -> None:
    with agent(broker, tmp_path, HEAT):
        ear.wait(STATE)
        broker.kill()
        read = len(SHELF["one"].reads)
        wait_until(lambda: len(SHELF["one"].reads) > read + 5, "polled on without the broker")
        broker.start()
        with Ear(broker.port) as later:
            assert later.wait("clayhub/agent/a1/availability", lambda said: said == "online")
            assert later.wait("clayhub/s/heat/availability") == "online"
            assert later.wait("clayhub/s/heat/info")
            assert later.ask("heater", "true", "on")["status"] == "done"
    assert later.all(STATE)[0]["n"] > read


def test_what_the_hub_did_not_store_comes_again_in_order(
    broker: MosquittoServer, ear: Ear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "PATIENCE", 0.2)
    with agent(broker, tmp_path, HEAT):
        first = ear.wait(STATE)  # what was read before the link came up was not said live
        epoch, stored = first["epoch"], first["n"] + 3
        ear.wait(STATE, lambda state: state["n"] >= stored + 6)
        assert ear.all("clayhub/agent/a1/backlog") == [], "nobody is there to store it"
        ear.say("clayhub/hub/stored/a1", f'{{"epoch":"{epoch}","n":{stored}}}')

        def again() -> list[Any]:
            """What came again, to a hub that lives."""
            ear.say("clayhub/hub/heartbeat", '{"boot":"h1","beat":1,"ts":"2026-01-01T00:00:00.000Z","token":1}')
            return ear.all("clayhub/agent/a1/backlog")

        wait_until(lambda: len(again()) >= 6, "what is not stored comes again")
        kept = again()
    assert [one["payload"]["n"] for one in kept[:6]] == [stored + n for n in range(1, 7)]
    assert {one["topic"] for one in kept} == {STATE}
    assert kept[5]["payload"] in ear.all(STATE), "word for word what was said live"


def test_a_predecessors_late_will_is_corrected(broker: MosquittoServer, ear: Ear, tmp_path: Path) -> None:
    with agent(broker, tmp_path, HEAT):
        topic = "clayhub/agent/a1/availability"
        ear.wait(topic, lambda said: said == "online")
        ear.say(topic, "offline", retain=True)
        ear.wait(topic, lambda said: said == "online", count=2)


def test_nonsense_from_the_hub_is_left_aside(broker: MosquittoServer, ear: Ear, tmp_path: Path) -> None:
    with agent(broker, tmp_path, HEAT):
        for topic in ("clayhub/hub/heartbeat", "clayhub/hub/stored/a1", "clayhub/s/heat/command"):
            for payload in (b"", b"\xff", b"[]", b"{}", b"{" * 10_000, b'{"n":1e999}', b'{"epoch":1,"n":"1"}'):
                ear.say(topic, payload)
        assert ear.ask("heater", "true", "on")["status"] == "done"


def test_fault_16_readings_dated_by_an_unsynchronised_clock_say_so(
    broker: MosquittoServer, ear: Ear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [False]
    monkeypatch.setattr("hub.contract.clock.is_set", lambda: answers[-1])
    with agent(broker, tmp_path, HEAT):
        ear.wait(STATE, lambda state: state.get("clock") == "unsynced", count=3)
        answers.append(True)
        ear.wait(STATE, lambda state: "clock" not in state, count=3)
        answers.append(False)
        ear.wait("clayhub/agent/a1/heartbeat", count=ear.beat().beat + 1)
        assert "clock" not in ear.wait(STATE, count=len(ear.all(STATE)) + 1), "a clock that was set is not forgotten"
