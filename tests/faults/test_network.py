"""Row 30: a network that swallows, and a broker that stands still."""

from pathlib import Path

import pytest

from tests.agents.bench import SHELF
from tests.faults.case import Case
from tests.faults.system import CHAMBER, System
from tests.proxy import Proxy
from tests.servers import MosquittoServer, frozen, wait_until
from tests.wire.agents import Ear, agent

NOTICED = 19.5
"""Seconds: one and a half keepalives, and a little more; paho by itself takes two, 20 s."""


def test_fault_30_a_frozen_broker_is_noticed_and_leases_act(system: System, case: Case) -> None:
    """The running broker gets `kill -STOP` while the hub keeps a fan on: the fan's board is told to switch it off, hub
    and agents notice within 15 s and say so once; thawed, all goes on, and nothing is switched on again.
    """
    assert system.ask(CHAMBER, "fan", True)["status"] == "done"
    told = len(system.posts("phytotron.chamber"))
    with frozen(system.processes()["mosquitto"]):
        wait_until(lambda: case.said("no connection to the broker") == 3, "noticed by all three", NOTICED)
        assert [post.replace(" ", "") for post in system.posts("phytotron.chamber")[told:]] == [
            'POST/relay{"channel":0,"state":0}'
        ]
    case.check()
    assert case.said("connected to the broker again") == 3
    assert len(system.posts("phytotron.chamber")) == told + 1


def test_fault_30_a_half_open_connection_is_noticed_and_leases_act(
    broker: MosquittoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Between an agent and a real broker all bytes are swallowed while both ends stay open (keepalive 2 s): the lease's
    end is done at the device, the agent drops the connection and makes a new one, and commands work again.
    """
    device = "heat: {driver: bench, address: half-open, period: 100ms, channels: {heater: {lease: 1s}}}"
    with Ear(broker.port) as ear, Proxy(broker.port) as network:
        monkeypatch.setattr("hub.link.connection.KEEPALIVE", 2)  # of the agent, not of the ear
        with agent(network, tmp_path, device):
            assert ear.ask("heater", "true", "a1")["status"] == "done"
            network.turn("swallow")
            wait_until(lambda: SHELF["half-open"].values["heater"] is False, "the lease's end")
            wait_until(lambda: "a1: no connection to the broker" in caplog.text, "noticed by the agent")
            beat = ear.beat().beat
            network.turn("pass")
            ear.wait("clayhub/agent/a1/heartbeat", lambda said: said["beat"] > beat + 1)
            wait_until(
                lambda: ear.ask("heater", "true", f"after-{len(ear.heard)}")["status"] == "done", "commands work"
            )
