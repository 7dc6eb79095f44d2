"""What an agent listens to on MQTT, and what it does about each message."""

import logging
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress

from agents.admission import Admission
from agents.guard import Guard
from agents.messages import HubLives
from agents.publisher import Publisher
from agents.transit import Transit
from agents.worker import Worker
from hub.contract import topics
from hub.contract.errors import Refused
from hub.contract.presence import Availability, Heartbeat, HubHeartbeat, Stored
from hub.contract.topics import HUB_HEARTBEAT, Leaf
from hub.link.link import Incoming

log = logging.getLogger(__name__)

HUB_SILENT = 3.0
"""Seconds without the hub's heartbeat after which it counts as away."""


def subscriptions(name: str, devices: Iterable[str]) -> list[tuple[str, int]]:
    """What the agent listens to, with the QoS.

    Also to its own availability, which a late last will may contradict, and to its own heartbeat, whose echo tells how
    long messages are on their way.
    """
    found = [(topics.HUB_HEARTBEAT, 0), (topics.agent(name, Leaf.HEARTBEAT), 0)]
    found += [(topics.stored(name), 1), (topics.agent(name, Leaf.AVAILABILITY), 1)]
    for key in devices:
        found += [(topics.set_of(key, "+"), 1), (topics.device(key, Leaf.COMMAND), 1)]
    return found


class Listener:
    """Used by the agent's loop only. `notify` tells systemd how the agent is."""

    def __init__(
        self,
        admission: Admission,
        guard: Guard,
        transit: Transit,
        publisher: Publisher,
        workers: Collection[Worker],
        notify: Callable[[str], None],
    ) -> None:
        self._admission, self._guard, self._transit = admission, guard, transit
        self._publisher, self._workers, self._notify = publisher, workers, notify
        self._hub_seen, self._ready = float("-inf"), False

    def heard(self, incoming: Incoming, at: float) -> None:
        """A message came at `at` (monotonic)."""
        try:
            topic = topics.parse(incoming.topic)
            match topic.leaf:
                case Leaf.SET | Leaf.COMMAND:
                    self._admission.asked(incoming, topic, at)
                case Leaf.HEARTBEAT if incoming.retain:
                    pass  # nobody's sign of life
                case Leaf.HEARTBEAT if incoming.topic == HUB_HEARTBEAT:
                    self._hub_lived(HubHeartbeat.decode(incoming.payload), at)
                case Leaf.HEARTBEAT:
                    self._echoed(incoming.payload, at)
                case Leaf.STORED if not incoming.retain:
                    stored = Stored.decode(incoming.payload)
                    self._publisher.outbox.stored(stored.epoch, stored.n, at)
                    self._publisher.backlog()
                case Leaf.AVAILABILITY if incoming.payload == Availability.OFFLINE.encode():
                    self._publisher.online()  # a predecessor's last will came late
        except Refused as refusal:
            log.warning("Left aside a message on %s: %s", incoming.topic, refusal)

    def hub_lives(self, now: float) -> bool:
        """Whether the hub's heartbeat came lately."""
        return now - self._hub_seen <= HUB_SILENT

    def _echoed(self, payload: bytes, at: float) -> None:
        with suppress(Refused):  # not ours, then, and the hub tells of it
            heartbeat = Heartbeat.decode(payload)
            if heartbeat.boot == self._guard.boot:
                self._transit.echoed(heartbeat.beat, at)
                if not self._ready and self._transit.prompt(at):
                    self._ready = True  # from now on commands are taken
                    self._notify("READY=1")

    def _hub_lived(self, heartbeat: HubHeartbeat, at: float) -> None:
        if not self._transit.prompt(at):
            return  # it may have died since
        self._hub_seen = at
        self._guard.hub_seen(heartbeat.token)
        for worker in self._workers:
            worker.submit(HubLives(heartbeat.token, at))
