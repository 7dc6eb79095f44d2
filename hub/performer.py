"""Performs what the core decides: publishes, writes to Redis, arms schedules, hands over notices of alarms, and tells
agents what is stored.
"""

import logging
import time
from collections.abc import Callable

import redis

from hub.alarms.notices import Notice
from hub.confirmations import Confirmations
from hub.core.core import Core
from hub.core.effects import Publish
from hub.inbox import FEW
from hub.link import Link
from hub.procedures.effects import Moment
from hub.schedule.jobs import Jobs
from hub.state.journal import Journal
from hub.state.lane import Lane
from hub.state.live import Live
from hub.state.lock import SECONDS, Lock
from hub.state.writer import Writer

log = logging.getLogger(__name__)

RENEWAL = 1.0
"""Seconds between renewals of the lock."""
TELLING = 0.1
"""Seconds between two tellings of what devices show, when there are more than a few readings at a time: otherwise each
batch would cost as much more as there are devices. What stands in the journal is told at once, and they with it.
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
        lock: Lock,
        jobs: Jobs,
        tell: Callable[[Notice], None],
        now: Moment,
    ) -> None:
        self._core, self._link, self._writer, self._lock, self._jobs = core, link, writer, lock, jobs
        self._tell = tell
        self._confirmations = Confirmations()
        self._next_renewal, self._held_until = now.mono, now.mono + SECONDS
        self._next_write = self._next_telling = now.mono
        self._told = False

    def holds(self, now: float) -> bool:
        """Whether the lock is surely in hand. Without it nothing may be decided: another hub may be at work."""
        return now < self._held_until

    def next_due(self) -> float:
        """When there is something to do next, on the monotonic clock."""
        if not self.holds(time.monotonic()):
            return self._next_renewal
        if self._core.effects.publishes:
            return 0.0
        telling = max(self._next_telling, self._next_write) if self._core.effects.live else self._next_renewal
        return min(telling, self._next_renewal, self._confirmations.next_due())

    def renew(self) -> bool:
        """Hold the lock for longer when it is time to, which False says it is not. Raises LockLostError."""
        now = time.monotonic()
        if now < self._next_renewal:
            return False
        self._next_renewal = now + RENEWAL
        try:
            self._lock.renew()
        except redis.RedisError as error:
            self._lose_redis(error, now)
        else:
            self._held_until = now + SECONDS
        return True

    def perform(self, now: Moment) -> None:
        """Do what the core has decided. Raises LockLostError."""
        effects = self._core.effects
        if effects.save_first:
            effects.save_first = False
            self._write(now)
        self._publish(now)
        self._write(now)
        arms, effects.arms = effects.arms, []
        for name, due in ((arm.name, arm.due) for arm in arms):
            self._jobs.arm(name, due)
        notices, effects.notices = effects.notices, []
        for notice in notices:
            self._tell(notice)
        for word in self._confirmations.due(now.mono):
            self._send(word)

    def _publish(self, now: Moment) -> None:
        effects = self._core.effects
        publishes, effects.publishes = effects.publishes, []
        for message in publishes:
            if not self._send(message) and message.command is not None:
                self._core.on_unsent(message.command, now)

    def _send(self, message: Publish) -> bool:
        return self._link.publish(message.topic, message.payload, qos=message.qos, retain=message.retain)

    def _write(self, now: Moment) -> None:
        effects = self._core.effects
        lane, effects.lane = effects.lane, Lane()
        told = lane.size <= FEW or effects.journal or now.mono >= self._next_telling
        live = effects.live if told else Live()
        if now.mono < self._next_write or not (lane or live or effects.journal):
            return
        try:
            self._confirmations.add(self._writer.write(lane, live, effects.journal, now.ms))
        except redis.RedisError as error:
            self._lose_redis(error, now.mono)
            return
        effects.journal = Journal()
        if live:
            effects.live, self._next_telling = Live(), now.mono + TELLING
        if self._told:
            log.warning("Redis can be written to again.")
            self._told = False

    def _lose_redis(self, error: redis.RedisError, now: float) -> None:
        self._next_write = now + PAUSE
        if not self._told:
            log.warning("Redis cannot be written to (%s); readings wait with their agents. I keep trying.", error)
            self._told = True
