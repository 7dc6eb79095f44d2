"""Performs what the core decides: publishes, writes to Redis, arms schedules, hands over notices of alarms, and tells
agents what is stored.
"""

from collections.abc import Callable

import redis

from hub.alarms.notices import Notice
from hub.confirmations import Confirmations
from hub.core.core import Core
from hub.core.effects import Publish
from hub.hold import Hold
from hub.inbox import FEW
from hub.link.link import Link
from hub.procedures.effects import Moment
from hub.schedule.jobs import Jobs
from hub.state.durable import Durable
from hub.state.journal import Journal
from hub.state.lane import Lane
from hub.state.live import Live
from hub.state.writer import Writer

TELLING = 0.1
"""Seconds between two tellings of what devices show, when there are more than a few readings at a time: otherwise each
batch would cost as much more as there are devices. What stands in the journal is told at once, and they with it; so is
what a commanded device shows.
"""
PAUSE = 1.0
"""Seconds between attempts to write while Redis is away."""


class Performer:
    """While Redis is away readings are thrown away, for their agents keep them, and the journal is kept."""

    def __init__(
        self,
        core: Core,
        link: Link,
        writer: Writer,
        durable: Durable,
        hold: Hold,
        jobs: Jobs,
        tell: Callable[[Notice], None],
        now: Moment,
    ) -> None:
        self._core, self._link, self._writer, self._hold, self._jobs = core, link, writer, hold, jobs
        self._tell, self._durable = tell, durable
        self._confirmations = Confirmations()
        self._next_write = self._next_telling = now.mono

    def next_due(self) -> float:
        """When there is something to do next, on the monotonic clock."""
        if self._core.effects.publishes:
            return 0.0
        telling = max(self._next_telling, self._next_write) if self._core.effects.live else self._hold.next_renewal
        confirming = max(self._confirmations.next_due(), self._next_write)
        return min(telling, self._hold.next_renewal, confirming)

    def perform(self, now: Moment) -> None:
        """Do what the core has decided. Raises LockLostError."""
        self._warn(now)
        effects = self._core.effects
        if effects.reserve:
            self._hold.keep_reserve(effects.reserve)
            effects.reserve = 0
        if effects.trim:
            effects.trim = False
            self._hold.trim()
        self._write(now)  # first: a hub that is killed in between must not leave what is done for the next one to do
        self._publish(now)
        if effects.journal:
            self._write(now)  # what could not be sent
        arms, effects.arms = effects.arms, []
        for name, due in ((arm.name, arm.due) for arm in arms):
            self._jobs.arm(name, due)
        self._notify()
        self._confirm(now)

    def warn(self, now: Moment) -> None:
        """Say what a hub may say that is not sure of its lock: that Redis takes nothing."""
        self._warn(now)
        self._publish(now)
        self._notify()

    def _warn(self, now: Moment) -> None:
        why = self._hold.outage.lasting(now.mono)
        if why is not None:
            self._core.on_refused(why, now)

    def _notify(self) -> None:
        notices, self._core.effects.notices = self._core.effects.notices, []
        for notice in notices:
            self._tell(notice)

    def _publish(self, now: Moment) -> None:
        effects = self._core.effects
        publishes, effects.publishes = effects.publishes, []
        for message in publishes:
            if not self._send(message) and message.command is not None:
                self._core.on_unsent(message.command, now)

    def _send(self, message: Publish) -> bool:
        return self._link.publish(message.topic, message.payload, qos=message.qos, retain=message.retain)

    def _confirm(self, now: Moment) -> None:
        if now.mono < max(self._confirmations.next_due(), self._next_write):
            return
        try:
            durable = self._durable.look()
        except redis.RedisError as error:
            self._failed(error, now)
            return
        for word in self._confirmations.due(durable, now.mono):
            self._send(word)

    def _write(self, now: Moment) -> None:
        effects = self._core.effects
        lane, effects.lane = Lane() if effects.readings_wait else effects.lane, Lane()
        told = lane.size <= FEW or effects.journal or effects.live.awaited or now.mono >= self._next_telling
        live = effects.live if told else Live()
        if now.mono < self._next_write or not (lane or live or effects.journal):
            return
        try:
            self._confirmations.add(self._writer.write(lane, live, effects.journal, now.ms))
        except redis.RedisError as error:
            self._failed(error, now)
            return
        self._hold.outage.worked(now.mono)
        effects.journal = Journal()
        if live:
            effects.live, self._next_telling = Live(), now.mono + TELLING

    def _failed(self, error: redis.RedisError, now: Moment) -> None:
        self._next_write = now.mono + PAUSE
        self._hold.outage.failed(error, now.mono)
