"""A driver whose call never returns: all are told, and the agent ends when only a new one can make outputs safe."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import agents.__main__
from agents import agent as loop
from agents import watchdog
from agents.watchdog import DriverHangs
from hub.contract.errors import Code
from hub.contract.places import Places
from tests.agents.bench import SHELF, Hardware
from tests.servers import MosquittoServer, wait_until
from tests.wire.agents import Ear, agent, assembled

TWO = "heat: {driver: bench, address: one, period: 50ms}\nlamp: {driver: bench, address: two, period: 50ms}"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(loop, "BEAT", 0.1)
    monkeypatch.setattr(watchdog, "PATIENCE", 20)
    SHELF.clear()
    before = set(threading.enumerate())
    yield
    for hardware in SHELF.values():
        hardware.gate.set()
    wait_until(
        lambda: before.issuperset(threading.enumerate()), "what hung has come back: the next test has a shelf too"
    )


def test_an_agent_whose_driver_hangs_says_so_and_ends_with_its_other_outputs_safe(
    broker: MosquittoServer, ear: Ear, tmp_path: Path
) -> None:
    ready = threading.Event()
    made = assembled(broker, tmp_path, TWO, lambda state: ready.set() if state == "READY=1" else None)
    ended: list[str] = []

    def run() -> None:
        with pytest.raises(DriverHangs) as raised:
            made.run()
        ended.append(str(raised.value))

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(30)
    ear.wait("clayhub/s/heat/availability", lambda said: said == "online")
    assert ear.ask("heater", "true", "a1", "s/lamp")["status"] == "done"
    SHELF["one"].gate.clear()
    ear.wait("clayhub/s/heat/availability", lambda said: said == "fault")
    assert "does not come back" in ear.wait("clayhub/s/heat/event")["text"]
    ear.wait("clayhub/agent/a1/availability", lambda said: said == "offline")
    thread.join(30)
    assert ended == [
        "The driver of s/heat does not come back from a call. The agent ends, so that it can be started anew."
    ]
    assert ("heater", False) in SHELF["two"].log[-2:]


def test_what_hangs_from_the_start_has_a_fault_and_leaves_the_others_alone(
    broker: MosquittoServer, ear: Ear, tmp_path: Path
) -> None:
    SHELF["one"] = Hardware()
    SHELF["one"].gate.clear()
    with agent(broker, tmp_path, TWO):
        ear.wait("clayhub/s/heat/availability", lambda said: said == "fault")
        ear.wait("clayhub/agent/a1/heartbeat", lambda beat: beat["health"].get("s/heat") == "internal")
        assert ear.ask("heater", "true", "a1", "s/lamp")["status"] == "done"
        refused = ear.ask("heater", "true", "a2", "s/heat")
        assert (refused["status"], refused["code"]) == ("rejected", "internal")
        SHELF["one"].gate.set()
        ear.wait("clayhub/s/heat/availability", lambda said: said == "online")
        assert ear.ask("heater", "true", "a3", "s/heat")["status"] == "done"


def test_an_agent_that_is_stopped_while_a_device_is_slow_says_that_its_outputs_may_be_on(
    broker: MosquittoServer, ear: Ear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loop, "SAFE_WITHIN", 3.0)
    with agent(broker, tmp_path, TWO):
        assert ear.ask("heater", "true", "a1", "s/heat")["status"] == "done"
        SHELF["one"].gate.clear()
    assert [line for line in caplog.messages if "may still be on" in line] == [
        "bus one took too long: its outputs may still be on. Look at its devices."
    ]


def test_the_process_of_such_an_agent_ends_with_a_sentence_and_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def hang(_name: str, _places: Places) -> None:
        raise DriverHangs(Code.INTERNAL, "The driver of s/heat does not come back from a call.")

    monkeypatch.setattr(agents.__main__, "run", hang)
    assert agents.__main__.main(["a1"]) == 1
    assert capsys.readouterr().err == "The driver of s/heat does not come back from a call.\n"
