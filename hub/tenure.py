"""The hub at work, from the taking of its lock to the losing of it: one loop that decides and performs."""

import logging
import time
from collections import deque
from collections.abc import Callable

import redis

from hub.alarms.notices import Notice
from hub.contract.topics import ROOT
from hub.core.core import Core
from hub.hold import Hold
from hub.inbox import Inbox
from hub.link.link import Incoming
from hub.performer import Performer
from hub.procedures.effects import Moment
from hub.reserve import Reserve
from hub.schedule.jobs import ClockSet, Due, Jobs
from hub.settings import Settings
from hub.state.durable import Durable
from hub.state.inquiries import Inquiries, Inquiry
from hub.state.journal import Journal
from hub.state.lock import Lock, LockLostError
from hub.state.restored import Memory, restore
from hub.state.room import Room
from hub.state.writer import Writer

log = logging.getLogger(__name__)

SUBSCRIPTIONS = [
    (f"{ROOT}/{rest}", 1)
    for rest in (
        *("+/+/info", "+/+/availability", "agent/+/heartbeat"),
        *("+/+/result", "+/+/event", "+/+/state", "agent/+/backlog"),
    )
]
"""Descriptions first: the broker sends what it has kept in this order."""

AGENTS_PAUSE = 3.0
"""Seconds from the first link to the broker until schedules begin: until an agent's heartbeat is heard, commands for it
are refused."""

MOST_WAITING = 10_000
"""Urgent events kept while it is not sure that the lock is in hand."""


class Up:
    """The link to the broker is there."""


class Tenure:
    """`memory` is what the process remembers of its tenure before, for a Redis that has lost its data; `tell` gets
    notices for people who are not looking.
    """

    def __init__(
        self, settings: Settings, lock: Lock, reserve: Reserve, memory: Memory, tell: Callable[[Notice], None]
    ) -> None:
        """Read what earlier hubs left. Raises LockLostError and redis.RedisError."""
        self._lock = lock
        self._client = settings.connect()
        self._inbox = Inbox()
        self._waiting: deque[object] = deque(maxlen=MOST_WAITING)
        writer, now = Writer(self._client, lock.value), self._now()
        journal = Journal()
        kept = restore(self._client, settings.config, memory, journal)
        writer.begin(journal, now.ms)
        self._core = Core(settings.config, settings.config_hash, lock, kept, now)
        self._link = settings.link(SUBSCRIPTIONS, self._inbox.put_message, lambda: self._inbox.put(Up()))
        self._inquiries = Inquiries(settings.connect(), self._inbox.put)
        self._jobs = Jobs(self._inbox.put)
        self._hold = Hold(lock, Room(self._client), reserve, settings.var, now.mono)
        self._performer = Performer(
            self._core, self._link, writer, Durable(self._client), self._hold, self._jobs, tell, now
        )

    def wake(self) -> None:
        """Have the loop look whether it shall stop."""
        self._inbox.put(None)

    def run(self, stopping: Callable[[], bool], notify: Callable[[str], None]) -> None:
        """Work until `stopping`. Raises LockLostError."""
        self._inquiries.start()
        self._link.start()
        taken, ready = 0, False
        while not stopping():
            try:
                taken = self._turn(taken, notify)
            except LockLostError:
                raise
            except Exception:  # the top of the loop: what one message brings must not stop the others
                log.exception("a fault in the hub itself; please report it. I go on.")
            if not ready and self._link.connected:
                ready = True
                notify("READY=1")

    def end(self) -> Memory:
        """Stop the other threads and give the lock away; returns the memory for the next tenure."""
        self._jobs.stop()
        self._inquiries.stop()
        self._link.stop()
        try:
            self._lock.release()
        except redis.RedisError:
            log.info("Redis is away; the lock ends by itself.")
        self._client.close()
        return self._core.memory

    def _turn(self, taken: int, notify: Callable[[str], None]) -> int:
        """Wait for something, decide, perform. `taken` is how many numbered messages the turn before took."""
        self._waiting += self._inbox.wait(self._next_due() - time.monotonic(), taken)
        if self._hold.renew():
            notify("WATCHDOG=1")
        now, (urgent, messages) = self._now(), self._inbox.take()
        self._waiting += urgent
        if not self._hold.sure(now.mono):
            self._performer.warn(now)
            return 0
        if found := self._hold.measured():
            self._core.on_measured(found, now)
        while self._waiting:
            self._decide(self._waiting.popleft(), now)
        self._core.take(messages, now)
        if now.mono >= self._core.next_due():
            self._core.on_time(now)
        self._performer.perform(now)
        return len(messages)

    def _next_due(self) -> float:
        if not self._hold.sure(time.monotonic()):
            return self._hold.next_renewal
        return min(self._performer.next_due(), self._core.next_due())

    def _decide(self, event: object, now: Moment) -> None:
        match event:
            case Incoming():
                self._core.on_message(event, now)
            case Inquiry():
                self._core.on_request(event.entry, event.deadline, event.record, now)
            case Due():
                self._core.on_due(event.name, event.due, now)
            case ClockSet():
                self._core.on_clock_set(now)
            case Up():
                self._core.on_up(now)
                self._jobs.start(AGENTS_PAUSE)

    def _now(self) -> Moment:
        mono = time.monotonic()
        return Moment(mono, mono + self._lock.offset)
