"""The agent: its loop, which owns numbers and answers, and the threads it is made of.

paho's thread and the workers only put events into the loop's queue; the loop decides, publishes, and hands jobs to the
workers. Commands, readings and results thus meet in one place, in one order.
"""

import logging
import time
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue

from agents.admission import Admission
from agents.derivation import Derivations
from agents.guard import Guard
from agents.interlocks.keeper import Keeper
from agents.listener import Listener
from agents.messages import (
    Arrived,
    Event,
    Finished,
    Happened,
    Health,
    Identified,
    LinkUp,
    Obtained,
    Pong,
    Stop,
)
from agents.publisher import Publisher
from agents.transit import Transit
from agents.watchdog import Watchdog
from agents.worker import Worker
from hub.contract.description import Description
from hub.link.link import Link

log = logging.getLogger(__name__)

BEAT = 1.0
"""Seconds from heartbeat to heartbeat."""
SAFE_WITHIN = 11.0
"""Seconds that the workers have at the end to bring the outputs to their safe values. A slow instrument must be read to
its end before it can be told anything, and is read once more behind that. `clayhub up` waits 12 in all, systemd 15."""


class Agent:
    """One agent with its devices. `run` serves until `stop` is called, from any thread or a signal handler."""

    def __init__(
        self,
        events: SimpleQueue[Event],
        link: Link,
        publisher: Publisher,
        workers: Mapping[str, Worker],
        devices: Mapping[str, Description],
        derivations: Derivations,
        interlocks: Keeper,
        notify: Callable[[str], None],
    ) -> None:
        """`workers` and `devices` by the devices' keys; `notify` tells systemd how we are."""
        self._events, self._link, self._publisher = events, link, publisher
        self._workers, self._notify = set(workers.values()), notify
        self._derivations, self._interlocks = derivations, interlocks
        self._watchdog, self._guard, self._transit = Watchdog(workers, devices), Guard(publisher.boot), Transit()
        self._admission = Admission(self._guard, self._transit, publisher, workers, devices, interlocks, self._watchdog)
        self._listener = Listener(self._admission, self._guard, self._transit, publisher, self._workers, notify)
        self._next_beat = time.monotonic()

    def stop(self) -> None:
        """End the run: outputs safe, last words said."""
        self._events.put(Stop())

    def run(self) -> None:
        """Serve until stopped. A mistake of ours ends the run too, with safe outputs; then it is raised.

        Raises DriverHangs when outputs can no longer be reached.
        """
        for worker in self._workers:
            worker.start()
        self._link.start()
        try:
            while self._turn():
                pass
        finally:
            self._leave()

    def _turn(self) -> bool:
        """One event, or the heartbeat when it is due. False when asked to stop."""
        try:
            event = self._events.get(timeout=max(0.0, self._next_beat - time.monotonic()))
        except Empty:
            self._beat()
            return True
        if isinstance(event, Stop):
            return False
        self._on(event)
        if time.monotonic() >= self._next_beat:
            self._beat()
        return True

    def _on(self, event: Event) -> None:
        match event:
            case Obtained():
                self._obtained(event, time.monotonic())
            case Finished():
                self._admission.finished(event)
            case Happened():
                self._publisher.happened(event)
            case Identified():
                self._publisher.identified(event)
            case Health():
                self._derivations.health(event)
                self._interlocks.health(event, time.monotonic())
                self._publisher.health(event)
            case Pong():
                for health in self._watchdog.answered(event):
                    self._on(health)
            case LinkUp():
                self._transit.doubt()
                self._beat()  # first, so that whoever sees us there is not held for late
                self._publisher.announce()
                self._interlocks.announce(time.monotonic())
                self._publisher.outbox.reconnected()
            case Arrived(incoming, at):
                self._listener.heard(incoming, at)

    def _obtained(self, event: Obtained, now: float) -> None:
        reading = self._derivations.complete(event, now)
        self._interlocks.obtained(reading, now)
        self._publisher.reading(reading)
        self._interlocks.tell(now)

    def _beat(self) -> None:
        now = time.monotonic()
        self._interlocks.tick(now)
        if now >= self._next_beat:
            self._next_beat += BEAT * ((now - self._next_beat) // BEAT + 1)
            for event in self._watchdog.beat():
                self._on(event)
        beat = self._publisher.beat()
        if beat is not None:
            self._guard.sent(beat, now)
            self._transit.sent(beat, now)
        if self._listener.hub_lives(now) and self._link.connected:
            self._publisher.backlog()
        self._notify("WATCHDOG=1")

    def _leave(self) -> None:
        for worker in self._workers:
            worker.submit(Stop())
        end = time.monotonic() + SAFE_WITHIN
        for worker in self._workers:
            given_up = worker in self._watchdog.given_up
            worker.join(0.0 if given_up else max(0.0, end - time.monotonic()))
            if worker.is_alive():
                log.error("%s took too long: its outputs may still be on. Look at its devices.", worker.name)
        while not self._events.empty():
            event = self._events.get()
            if isinstance(event, Obtained | Finished):
                self._on(event)
        self._publisher.leave()
        self._link.stop()
        self._publisher.outbox.close()
