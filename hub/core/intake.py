"""What agents have numbered, message by message: checked, and put into the lane in the order in which it came.

A message that cannot be taken becomes a dead letter. If its number can be read it is used up, so that it blocks nothing
behind it; if not, the agent keeps offering it, and the next gap in its heartbeats settles it.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any

import orjson

from hub.contract import topics, wire
from hub.contract.command import Result
from hub.contract.description import Description
from hub.contract.errors import Code, Refused
from hub.contract.event import DeviceEvent
from hub.contract.presence import Gap, Heartbeat
from hub.contract.reading import STALE_PERIODS, Reading
from hub.contract.topics import Leaf, Topic
from hub.core.alarms import Alarms
from hub.core.commands import Commands, foreign, instant_ms
from hub.core.devices import Devices, happened
from hub.core.effects import Effects
from hub.core.interlocks import Interlocks
from hub.core.presence import Presence
from hub.link.link import Incoming
from hub.procedures.effects import Moment


class Intake:
    """`known` are the devices of which there is a state already."""

    def __init__(
        self,
        devices: Devices,
        presence: Presence,
        interlocks: Interlocks,
        commands: Commands,
        alarms: Alarms,
        known: Iterable[str],
        out: Effects,
    ) -> None:
        self._devices, self._presence, self._out = devices, presence, out
        self._interlocks, self._commands, self._alarms = interlocks, commands, alarms
        self._known = set(known)
        self._told: deque[tuple[str, str, int]] = deque(maxlen=1_000)
        """Results that were an alarm, by agent, epoch and number: they may come again with the backlog."""

    def take(self, messages: Iterable[Incoming], now: Moment) -> None:
        """Readings, results and heartbeats, live or from an agent's backlog."""
        for message in messages:
            try:
                if message.topic.endswith("/state"):
                    self._reading(message, now)
                else:
                    self._other(message, now)
            except Refused as refusal:
                self._refuse(message, refusal)

    def _reading(self, message: Incoming, now: Moment) -> None:
        description = self._devices.of_state(message.topic)
        reading = Reading.decode(message.payload)
        reading.check_values(description)
        if message.retain:
            self._seed(description, reading, message.payload, now)
            return
        agent, key = description.agent, description.key
        if self._presence.is_live(agent, reading.epoch):
            self._known.add(key)
            self._out.live.show(key, now.ms, message.payload)
            self._interlocks.on_reading(key, reading, now)
            self._alarms.on_reading(description, reading, now)
            self._alarms.on_interlocks(now)
        self._out.lane.reading(agent, reading.epoch, reading.n, key, message.payload)

    def _seed(self, description: Description, reading: Reading, payload: bytes, now: Moment) -> None:
        """The reading that the broker kept: shown, with its own age, when nothing is known; never history.

        An age that its agent's clock cannot tell counts as too old: it may be."""
        if description.key not in self._known:
            self._known.add(description.key)
            told, old = instant_ms(reading.ts), now.ms - round(STALE_PERIODS * description.period * 1000) - 1
            known = told <= now.ms and not reading.clock
            self._out.live.show(description.key, told if known else min(told, old), payload)

    def _other(self, message: Incoming, now: Moment) -> None:
        topic = topics.parse(message.topic)
        if topic.leaf is Leaf.HEARTBEAT:
            beat = Heartbeat.decode(message.payload)
            if self._presence.is_of(topic.device, beat.boot):
                self._out.lane.beat(topic.device, beat.epoch, beat.oldest)
        elif topic.leaf is Leaf.RESULT:
            self._out.live.awaited = True  # the reading that shows it came just before
            self._result(topic.key, Result.decode(message.payload), now.ms, now)
        elif topic.leaf is Leaf.EVENT:
            self._event(topic.key, DeviceEvent.decode(message.payload), now.ms)
        else:
            self._backlog(topic.device, message.payload, now)

    def _result(self, key: str, result: Result, when: int, now: Moment) -> None:
        agent = self._devices.agent_of(key)
        numbered = (agent, result.epoch, result.n)
        if result.code == Code.RETAINED and numbered not in self._told:
            self._told.append(numbered)
            self._alarms.on_retained(key, result.channel, now)
        self._out.lane.result(agent, result.epoch, result.n, foreign(key, result, when))

    def _event(self, key: str, event: DeviceEvent, when: int) -> None:
        agent = self._devices.agent_of(key)
        self._out.lane.result(agent, event.epoch, event.n, happened(key, event, when))

    def _backlog(self, agent: str, payload: bytes, now: Moment) -> None:
        data = wire.load(payload)
        if "gap" in data:
            gap = Gap.from_json(data)
            self._out.lane.gap(agent, gap.epoch, *gap.gap)
            return
        topic, inner = _unwrap(data)
        if self._devices.agent_of(topic.key) != agent:
            raise Refused(Code.FORBIDDEN, f"{topic.key} is not served by the agent {agent}.")
        if topic.leaf is Leaf.RESULT:
            result = Result.decode(inner)
            if self._presence.is_live(agent, result.epoch):
                self._commands.on_answered_before(topic.key, result, now)
            self._result(topic.key, result, instant_ms(result.ts), now)
        elif topic.leaf is Leaf.EVENT:
            event = DeviceEvent.decode(inner)
            self._event(topic.key, event, instant_ms(event.ts))
        elif topic.leaf is Leaf.STATE:
            description, reading = self._devices.described(topic.key), Reading.decode(inner)
            reading.check_values(description)
            self._out.lane.reading(agent, reading.epoch, reading.n, topic.key, inner)
        else:
            raise Refused(Code.BAD_MESSAGE, f"A backlog holds readings, results and events, not {topic.leaf}.")

    def _refuse(self, message: Incoming, refusal: Refused) -> None:
        lane, reason = self._out.lane, str(refusal)
        numbered = None if message.retain else self._numbered(message)
        if numbered is None:
            lane.dead(message.topic, refusal.code, reason, message.payload)
        else:
            lane.refused(*numbered, message.topic, refusal.code, reason, message.payload)

    def _numbered(self, message: Incoming) -> tuple[str, str, int] | None:
        """Agent, epoch and number of a message that says little else that is right; None when it cannot be read."""
        try:
            topic, data = topics.parse(message.topic), wire.load(message.payload)
        except Refused:
            return None
        agent: str | None = None
        if topic.leaf is Leaf.BACKLOG:
            agent, inner = topic.device, data.get("payload")
            data = inner if isinstance(inner, dict) else {}
        elif topic.leaf in (Leaf.STATE, Leaf.RESULT, Leaf.EVENT):
            agent = self._devices.agents.get(topic.key)
        epoch, n = data.get("epoch"), data.get("n")
        return (agent, epoch, n) if agent and isinstance(epoch, str) and type(n) is int else None


def _unwrap(data: dict[str, Any]) -> tuple[Topic, bytes]:
    """Topic and payload of a message that an agent kept. Raises Refused."""
    topic, inner = data.get("topic"), data.get("payload")
    if not isinstance(topic, str) or not isinstance(inner, dict):
        raise Refused(Code.BAD_MESSAGE, 'A backlog message is {"topic": ..., "payload": {...}}.')
    return topics.parse(topic), orjson.dumps(inner)
