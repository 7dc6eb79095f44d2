"""Performs what the core decides: publishes, writes to Redis, arms schedules, and tells agents what is stored."""

import logging

import redis

from hub.confirmations import Confirmations
from hub.core.core import Core
from hub.core.effects import Publish
from hub.link import Link
from hub.procedures.effects import Moment
from hub.schedule.jobs import Jobs
from hub.state.journal import Journal
from hub.state.lane import Lane
from hub.state.lock import SECONDS, Lock
from hub.state.writer import Writer

log = logging.getLogger(__name__)

RENEWAL = 1.0
"""Seconds between renewals of the lock."""


class Performer:
    """While Redis is away readings are thrown away (their agents keep them) and the journal grows; nobody is told that
    anything is stored, and without a lock that surely holds nothing is published.
    """

    def __init__(self, core: Core, link: Link, writer: Writer, lock: Lock, jobs: Jobs, now: Moment) -> None:
        self._core, self._link, self._writer, self._lock, self._jobs = core, link, writer, lock, jobs
        self._confirmations = Confirmations()
        self._next_renewal, self._held_until = now.mono, now.mono + SECONDS
        self._redis_away = False

    def next_due(self) -> float:
        """When there is something to do next, on the monotonic clock."""
        if self._core.effects.publishes:
            return 0.0
        return min(self._next_renewal, self._confirmations.next_due())

    def renew(self, now: Moment) -> bool:
        """Hold the lock for longer when it is time to. Raises LockLostError."""
        if now.mono < self._next_renewal:
            return False
        self._next_renewal = now.mono + RENEWAL
        try:
            self._lock.renew()
        except redis.RedisError as error:
            self._lose_redis(error)
        else:
            self._held_until = now.mono + SECONDS
            if self._redis_away:
                log.warning("Redis is back.")
                self._redis_away = False
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
        for word in self._confirmations.due(now.mono):
            self._send(word)

    def _publish(self, now: Moment) -> None:
        effects = self._core.effects
        publishes, effects.publishes = effects.publishes, []
        held = now.mono < self._held_until
        for message in publishes:
            if not (held and self._send(message)) and message.command is not None:
                self._core.on_unsent(message.command, now)

    def _send(self, message: Publish) -> bool:
        return self._link.publish(message.topic, message.payload, qos=message.qos, retain=message.retain)

    def _write(self, now: Moment) -> None:
        effects = self._core.effects
        lane, effects.lane = effects.lane, Lane()
        if self._redis_away or not (lane or effects.journal):
            return
        try:
            self._confirmations.add(self._writer.write(lane, effects.journal, now.ms))
        except redis.RedisError as error:
            self._lose_redis(error)
        else:
            effects.journal = Journal()

    def _lose_redis(self, error: redis.RedisError) -> None:
        if not self._redis_away:
            log.warning("Redis cannot be written to (%s); readings wait with their agents. I keep trying.", error)
            self._redis_away = True
