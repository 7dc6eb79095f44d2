"""The hub's decisions: events in, effects out. No thread, no connection, and the clock is an argument.

This page tells the story of a message: what came, who has to know it, what follows from it.
"""

from collections.abc import Iterable

from hub.contract import times, topics
from hub.contract.config.schema import Config
from hub.contract.errors import Refused
from hub.contract.presence import HubHeartbeat
from hub.contract.topics import HUB_HEARTBEAT, Leaf
from hub.core.alarms import Alarms
from hub.core.automation import Automation
from hub.core.capacity import Capacity, Measured
from hub.core.commands import Commands
from hub.core.devices import Devices
from hub.core.effects import Effects, Publish
from hub.core.intake import Intake
from hub.core.interlocks import Interlocks
from hub.core.presence import Presence
from hub.link.link import Incoming
from hub.procedures.effects import Moment
from hub.state.lock import Lock
from hub.state.record import Record
from hub.state.restored import Memory, Restored

HEARTBEAT = 1.0
"""Seconds between signs of life."""
_TAKEN_TOO = ("/result", "/event", "/heartbeat")
"""Messages that come by `take` as well, which buries them when they are wrong."""


class Core:
    """One hub, from the taking of its lock to the losing of it."""

    def __init__(self, config: Config, config_hash: str, lock: Lock, kept: Restored, now: Moment) -> None:
        self.effects = Effects()
        self._boot, self._token, self._beat, self._next_beat = lock.boot, lock.token, 0, now.mono
        self._devices = Devices(config, self.effects)
        for description in kept.descriptions.values():
            self._devices.remember(description)
        served: dict[str, list[str]] = {name: [] for name in config.agents}
        for key, agent in self._devices.agents.items():
            served.setdefault(agent, []).append(key)
        self._presence = Presence(served, config_hash, self.effects, now)
        standing = kept.memory.alarms
        self._interlocks = Interlocks(config, self._devices, self._presence, standing, lock.token, now)
        self._commands = Commands(self._devices, self._presence, self._interlocks, lock.token, self.effects)
        self._alarms = Alarms(
            config,
            self._devices,
            self._presence,
            self._interlocks,
            self._commands,
            standing,
            lock.token,
            self.effects,
            now,
        )
        self._capacity = Capacity(self._alarms, self.effects)
        self._intake = Intake(
            self._devices,
            self._presence,
            self._interlocks,
            self._commands,
            self._alarms,
            kept.states,
            self.effects,
        )
        self._automation = Automation(config, self._devices.descriptions, kept.memory, self._commands, self.effects)
        self._commands.restore(kept, now)
        self._automation.restore(now)
        self._settle(now)

    @property
    def memory(self) -> Memory:
        """The runs, schedules and alarms as they are now, and the commands in hand."""
        return self._automation.memory._replace(commands=self._commands.in_hand, ended=self._commands.ended_before)

    def take(self, messages: Iterable[Incoming], now: Moment) -> None:
        """What agents have numbered, in the order in which it came: readings, results, heartbeats, backlog."""
        self._intake.take(messages, now)
        self._settle(now)

    def on_message(self, message: Incoming, now: Moment) -> None:
        """What is better known at once than in its order: results, heartbeats, who is there, what devices there are."""
        try:
            self._hear(message, now)
        except Refused as refusal:
            if not message.topic.endswith(_TAKEN_TOO):
                self.effects.lane.dead(message.topic, refusal.code, str(refusal), message.payload)
        self._settle(now)

    def on_request(self, entry: str, deadline: int, record: Record, now: Moment) -> None:
        """What panel or command line asks; `deadline` in ms since 1970, `entry` is the request's name in Redis."""
        self.effects.journal.decided(entry)
        if deadline < now.ms:
            self._commands.expire(record, now)
        elif record["kind"] == "set":
            self._commands.ask(record, now)
        elif record["kind"] == "alarm":
            self._alarms.on_request(record, now)
        else:
            self._automation.on_request(record, now)
        self._settle(now)

    def on_unsent(self, command_id: str, now: Moment) -> None:
        """A command could not be published."""
        self._commands.on_unsent(command_id, now)
        self._settle(now)

    def on_up(self, now: Moment) -> None:
        """The link to the broker is there."""
        self._presence.on_up(now)
        self._alarms.on_up(now)

    def on_measured(self, found: Measured, now: Moment) -> None:
        """Redis takes writes, and is so full."""
        self._capacity.on_measured(found, now)

    def on_refused(self, why: str, now: Moment) -> None:
        """Redis has taken nothing for some seconds. This needs no lock: whoever says so is right."""
        self._capacity.on_refused(why, now)

    def on_clock_set(self, now: Moment) -> None:
        """The machine knows the time: schedules may begin."""
        self._automation.on_clock_set(now)
        self._alarms.on_clock_set()
        self._settle(now)

    def on_due(self, name: str, due: int, now: Moment) -> None:
        """The schedule `name` is due, at `due` ms since 1970."""
        self._automation.on_due(name, due, now)
        self._settle(now)

    def on_time(self, now: Moment) -> None:
        """Time has passed: who is silent, what waited too long, whose wait is over. To be called when `next_due` is."""
        self._presence.on_time(now)
        self._interlocks.on_time(now)
        self._commands.on_time(now)
        self._automation.on_time(now)
        self._alarms.on_time(now)
        self._settle(now)
        if now.mono >= self._next_beat:
            self._beat += 1
            self._next_beat = now.mono + HEARTBEAT
            beat = HubHeartbeat(self._boot, self._beat, times.instant(now.wall), self._token)
            self.effects.publishes.append(Publish(HUB_HEARTBEAT, beat.encode(), qos=0))

    def next_due(self) -> float:
        """When `on_time` is needed next, on the monotonic clock."""
        return min(self._next_beat, self._presence.next_due(), self._commands.next_due(), self._automation.next_due())

    def _hear(self, message: Incoming, now: Moment) -> None:
        topic = topics.parse(message.topic)
        match topic.leaf:
            case Leaf.RESULT:
                self._commands.on_result(topic.key, message.payload, now)
            case Leaf.EVENT:
                self._devices.on_event(topic.key, message.payload, now)
            case Leaf.HEARTBEAT:
                self._presence.on_heartbeat(topic.device, message.payload, now)
                self._automation.on_heard(self._presence.served(topic.device), now)
            case Leaf.AVAILABILITY if topic.stand == "agent":
                self._presence.on_agent_availability(topic.device, message.payload, now)
            case Leaf.AVAILABILITY:
                self._presence.on_device_availability(topic.key, message.payload, now)
            case Leaf.INFO:
                self._devices.on_info(topic, message.payload)

    def _settle(self, now: Moment) -> None:
        """Let outcomes and losses have their consequences, which may have outcomes in turn."""
        while self._presence.lost or self._interlocks.wanted or self._commands.ended:
            while self._presence.lost:
                self._commands.on_lost(self._presence.lost.pop(), now)
            while self._interlocks.wanted:
                self._commands.ask(self._interlocks.wanted.pop(0), now)
            while self._commands.ended:
                self._automation.on_ended(self._commands.ended.pop(0), now)
