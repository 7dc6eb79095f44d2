"""An agent's side of the conversation with the hub, at a real broker, without any device."""

import queue
import socket
import threading
from collections.abc import Callable
from typing import Any

import orjson

from hub.contract import topics
from hub.contract.channels import Choice, Number, Switch
from hub.contract.command import Command, Result, Status
from hub.contract.config.schema import Config
from hub.contract.description import Description
from hub.contract.event import DeviceEvent
from hub.contract.presence import Heartbeat, Stored
from hub.contract.reading import Reading
from hub.contract.topics import Leaf
from hub.link.link import Incoming, Link

AGENT, LAMP = "pi", "phytotron/lamp"
TS = "2026-11-22T11:35:02.123Z"


def lamp_config(mqtt_port: int, redis_port: int, **more: object) -> Config:
    """A config.yaml with one lamp on one stand."""
    lamp = {"driver": "lamp"}
    return Config.model_validate(
        {
            "version": 1,
            "mqtt": {"port": mqtt_port},
            "redis": {"port": redis_port},
            "agents": {AGENT: {}},
            "stands": {"phytotron": {"agent": AGENT, "devices": {"lamp": lamp}}},
            **more,
        }
    )


def lamp_description(agent: str = AGENT) -> Description:
    """A lamp with a dimmer, a switch, a colour, and a thermometer that can only be read."""
    channels = (
        Number("red", unit="%", low=0, high=100, writable=True, safe=0),
        Switch("power", writable=True, safe=False),
        Choice("mode", writable=True, options=("day", "night")),
        Number("temp", unit="°C"),
    )
    return Description("phytotron", "lamp", "Lamp", "lamp", agent, 1.0, "anyone", channels)


class Speaker:
    """Numbers what it says and keeps it until the hub says that it is stored."""

    def __init__(self, port: int, *, boot: str = "b1", epoch: str = "e1") -> None:
        self.boot, self.epoch, self.beat, self.n = boot, epoch, 0, 0
        self.muted = False
        """What it numbers is kept and not said, as when the broker is away."""
        self._numbering = threading.Lock()
        """Held while a number is given and not yet kept: a heartbeat of the link's thread would call it lost."""
        self.commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.kept: dict[int, tuple[str, bytes]] = {}
        self.heard: list[Incoming] = []
        self._link = Link(
            "speaker",
            host="127.0.0.1",
            port=port,
            account="agent-pi",
            password="",
            version=5,
            subscriptions=[
                (topics.device(LAMP, Leaf.COMMAND), 1),
                (topics.stored(AGENT), 1),
                (topics.HUB_HEARTBEAT, 0),
            ],
            on_message=self._hear,
            on_up=self.introduce,
            on_down=lambda _reason: None,
            will=(topics.agent(AGENT, Leaf.AVAILABILITY), b"offline"),
        )
        self._link.start()

    def introduce(self) -> None:
        """Say who is there, as an agent does at each connect."""
        self.say(topics.agent(AGENT, Leaf.AVAILABILITY), b"online", retain=True)
        self.say(topics.device(LAMP, Leaf.INFO), lamp_description().encode(), retain=True)
        self.say(topics.device(LAMP, Leaf.AVAILABILITY), b"online", retain=True)
        self.heartbeat()

    def heartbeat(self) -> None:
        """A sign of life."""
        with self._numbering:
            self.beat += 1
            oldest = min(self.kept.copy(), default=self.n + 1)
            beat = Heartbeat(self.boot, self.beat, TS, self.epoch, oldest, self.n, "hash", {LAMP: "ok"})
        self.say(topics.agent(AGENT, Leaf.HEARTBEAT), beat.encode())

    def read(self, **values: Any) -> int:  # noqa: ANN401 - what a channel may hold, and what it may not
        """A reading of the lamp; returns its number."""

        def encode(n: int) -> bytes:
            return Reading(TS, self.epoch, n, values or {"red": float(n), "temp": 21.5}).encode()

        return self.numbered(Leaf.STATE, encode, retain=True)

    def answer(self, command: Command, status: Status = Status.DONE, **more: str) -> int:
        """The result of a command; returns its number."""
        return self.result(command.id, command.channel, command.value, status, **more)

    def result(self, command_id: str, channel: str, value: Any, status: Status = Status.DONE, **more: str) -> int:  # noqa: ANN401
        """A result of anybody's command; returns its number."""

        def encode(n: int) -> bytes:
            return Result(command_id, channel, value, status, TS, self.epoch, n, **more).encode()

        return self.numbered(Leaf.RESULT, encode)

    def happened(self, text: str) -> int:
        """Something happened to the lamp by itself; returns the number."""
        return self.numbered(Leaf.EVENT, lambda n: DeviceEvent(TS, self.epoch, n, text).encode())

    def numbered(self, leaf: Leaf, encode: Callable[[int], bytes], *, retain: bool = False) -> int:
        """Anything of the lamp's that has a number, which is returned."""
        with self._numbering:
            self.n += 1
            n, topic = self.n, topics.device(LAMP, leaf)
            payload = encode(n)
            self.kept[n] = (topic, payload)
        if not self.muted:
            self.say(topic, payload, retain=retain)
        return n

    def backlog(self) -> None:
        """Offer again all that is not stored."""
        for topic, payload in list(self.kept.values()):
            wrapped = orjson.dumps({"topic": topic, "payload": orjson.Fragment(payload)})
            self.say(topics.agent(AGENT, Leaf.BACKLOG), wrapped)

    def offered_again(self) -> bool:
        """Whether all is stored, after offering again what is not, as an agent does every second."""
        self.heartbeat()
        self.backlog()
        return not self.kept

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Publish anything."""
        return self._link.publish(topic, payload, retain=retain)

    def die(self) -> None:
        """Be gone without a good-bye, as after kill -9: the broker publishes the last will."""
        connection = self._link._connection
        assert connection is not None
        self._link._stopping.set()
        connection._client.connection.shutdown(socket.SHUT_RDWR)  # not closed under the thread that reads it

    def stop(self) -> None:
        """Say good-bye."""
        self._link.stop()

    def _hear(self, message: Incoming) -> None:
        self.heard.append(message)
        if message.topic.endswith("/command"):
            self.commands.put(Command.decode(message.payload))
        elif message.topic == topics.stored(AGENT):
            stored = Stored.decode(message.payload)
            if stored.epoch == self.epoch:
                for n in [n for n in list(self.kept) if n <= stored.n]:
                    del self.kept[n]
