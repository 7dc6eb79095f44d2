"""An interlock across two agents, through the whole hub: a thermometer of one, a lamp of the other."""

from collections.abc import Callable, Iterator

import pytest

from hub.contract import topics
from hub.contract.channels import Number
from hub.contract.description import Description
from hub.contract.presence import Heartbeat
from hub.contract.reading import Reading
from hub.contract.topics import Leaf
from tests.servers import MosquittoServer, RedisServer, wait_until
from tests.wire.agents import Ear
from tests.wire.hubs import Lab
from tests.wire.speaker import AGENT, TS, Speaker

ROOM, ROOF = "climate/room", "roof"
ALARM = "clayhub/alarm/interlock-phytotron-too_hot"
STANDS = {
    "phytotron": {
        "agent": AGENT,
        "devices": {"lamp": {"driver": "lamp", "commands": "hub"}},
        "interlocks": {"too_hot": {"when": "climate.room.temp > 30", "outputs": ["lamp.red"]}},
    },
    "climate": {"agent": ROOF, "devices": {"room": {"driver": "thermometer", "period": "10s"}}},
}


@pytest.fixture
def lab(broker: MosquittoServer, redis_server: RedisServer) -> Iterator[Lab]:
    made = Lab(broker, redis_server, agents={AGENT: {}, ROOF: {}}, stands=STANDS)
    yield made
    made.close()


class Roof:
    """The other agent, which has a thermometer."""

    def __init__(self, ear: Ear) -> None:
        self._ear, self._n = ear, 0
        room = Description("climate", "room", "Room", "thermometer", ROOF, 10.0, "anyone", (Number("temp"),))
        ear.say(topics.device(ROOM, Leaf.INFO), room.encode(), retain=True)
        ear.say(topics.device(ROOM, Leaf.AVAILABILITY), "online", retain=True)

    def lives(self) -> None:
        """A sign of life."""
        beat = Heartbeat("b1", self._n, TS, "e2", 1, self._n, "hash", {ROOM: "ok"})
        self._ear.say(topics.agent(ROOF, Leaf.HEARTBEAT), beat.encode())

    def shows(self, temp: float) -> None:
        """A sign of life, and a reading."""
        self._n += 1
        self.lives()
        self._ear.say(topics.device(ROOM, Leaf.STATE), Reading(TS, "e2", self._n, {"temp": temp}).encode(), retain=True)


def heard(lab: Lab, name: str, lives: Callable[[], None]) -> None:
    """Have an agent live, and wait until the hub knows: what it is asked comes another way and may overtake that."""
    before = lab.view.snapshot()["agents"].get(name)

    def known() -> bool:
        lives()
        return bool(lab.view.snapshot()["agents"].get(name) != before)

    wait_until(known, f"{name} is heard")


def outcome(lab: Lab, agent: Speaker, value: float) -> str | None:
    """The code with which a command of the panel ends; None when the agent has done it."""
    heard(lab, AGENT, agent.heartbeat)
    asked = lab.ask("red", value)

    def decided() -> bool:
        record = lab.view.command(asked)
        return not agent.commands.empty() or (record is not None and record["code"] is not None)

    wait_until(decided, "it is sent or refused")
    if not agent.commands.empty():
        agent.answer(agent.commands.get())
    return lab.outcome(asked)["code"]


def test_a_reading_of_one_agent_switches_off_an_output_of_another(lab: Lab) -> None:
    agent = lab.agent()
    with Ear(lab.broker.port) as ear:
        assert outcome(lab, agent, 60) == "interlock", "the room is not known yet"
        roof = Roof(ear)
        roof.shows(20)
        wait_until(lambda: lab.view.snapshot()["devices"].get(ROOM, {}).get("state"), "the room is known")
        heard(lab, ROOF, roof.lives)
        assert outcome(lab, agent, 60) is None
        roof.shows(31)
        command = agent.commands.get(timeout=10)
        assert (command.channel, command.value) == ("red", 0)
        agent.answer(command)
        assert outcome(lab, agent, 60) == "interlock"
        assert ear.wait(ALARM)["state"] == "unacknowledged"

        def is_cool() -> bool:
            roof.shows(20)
            return bool(ear.all(ALARM)[-1]["state"] == "normal")

        wait_until(is_cool, "the alarm is over")
        heard(lab, ROOF, roof.lives)
        assert outcome(lab, agent, 60) is None
        assert agent.commands.empty(), "it switches nothing on again"
    done = [record for record in lab.view.audit(10) if record["source"] == "interlock"]
    assert [(record["who"], record["status"]) for record in done] == [("interlock too_hot", "done")]
