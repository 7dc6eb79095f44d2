"""Promises of docs/topics.md that no other test of the wire holds."""

from pathlib import Path

from tests.agents.bench import SHELF
from tests.servers import MosquittoServer
from tests.wire.agents import Ear, agent


def test_c14_what_is_published_while_the_agent_is_away_is_never_done(broker: MosquittoServer, tmp_path: Path) -> None:
    SHELF.clear()
    devices = "heat: {driver: bench, address: one, period: 10s}"
    with Ear(broker.port) as ear:
        with agent(broker, tmp_path, devices):
            ear.wait("clayhub/s/heat/availability", lambda said: said == "online")
        ear.wait("clayhub/agent/a1/availability", lambda said: said == "offline")
        ear.say("clayhub/s/heat/heater/set", '{"value": true, "id": "away"}')
        ear.wait("clayhub/s/heat/heater/set")
        with agent(broker, tmp_path, devices):
            assert ear.ask("power", "1", "back")["status"] == "done"
        assert ("heater", True) not in SHELF["one"].log
        assert "away" not in [result["id"] for result in ear.all("clayhub/s/heat/result")]
