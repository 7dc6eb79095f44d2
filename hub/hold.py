"""The hub's hold on Redis: the lock, renewed about every second, and with it how full Redis and its disk are."""

import os
import time
from pathlib import Path

import redis

from hub.core.capacity import Measured
from hub.outage import Outage
from hub.reserve import Reserve
from hub.state.lock import SECONDS, Lock
from hub.state.refusal import cannot_save
from hub.state.room import Room

RENEWAL = 1.0
"""Seconds between renewals of the lock."""


class Hold:
    """`var` is the folder with what Redis keeps; `now` is monotonic, and when the lock was taken."""

    def __init__(self, lock: Lock, room: Room, reserve: Reserve, var: Path, now: float) -> None:
        self._lock, self._room, self._reserve, self._var = lock, room, reserve, var
        self.outage = Outage()
        self.next_renewal, self._held_until = now, now + SECONDS
        self._measured: Measured | None = None

    def sure(self, now: float) -> bool:
        """Whether the lock is surely in hand. Without it nothing may be decided: another hub may be at work."""
        return now < self._held_until

    def renew(self) -> bool:
        """Hold the lock for longer when it is time to, which False says it is not. Raises LockLostError."""
        now = time.monotonic()
        if now < self.next_renewal:
            return False
        self.next_renewal = now + RENEWAL
        try:
            self._lock.renew()
            self._held_until = now + SECONDS
            self.outage.worked(now)
            self._measured = Measured(self._room.used(), *self._disk())
        except redis.RedisError as error:
            if cannot_save(error):
                self._reserve.give_up()
            self.outage.failed(error, now)
        return True

    def measured(self) -> Measured | None:
        """What was found at the latest renewal; once."""
        found, self._measured = self._measured, None
        return found

    def keep_reserve(self, size: int) -> None:
        """Keep so many bytes of the disk for commands."""
        self._reserve.keep(size)

    def trim(self) -> None:
        """Forget the oldest readings."""
        try:
            self._room.trim()
        except redis.RedisError as error:
            self.outage.failed(error, time.monotonic())

    def _disk(self) -> tuple[int, int]:
        """Bytes that are free for us, and in all."""
        try:
            found = os.statvfs(self._var)
        except FileNotFoundError:
            return 0, 0  # Redis is on another machine: nothing of ours fills a disk here
        return found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize
