"""What a device has told on its topics, as the link to the broker heard it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from hub.link.link import Incoming


@dataclass(frozen=True)
class Told:
    """What the device said last on a topic, when (on the monotonic clock), and whether the broker had kept it."""

    payload: bytes
    at: float
    kept: bool


class Listener:
    """The link's thread only puts into `events`, messages, and None for a connection that came or went."""

    def __init__(self) -> None:
        self.events: SimpleQueue[Incoming | None] = SimpleQueue()
        self.told: dict[str, Told] = {}

    def listen(self) -> None:
        """Take what has come."""
        while not self.events.empty():
            self._take(self.events.get())

    def wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Listen until the condition holds; False when it does not within the time."""
        end = time.monotonic() + seconds
        self.listen()
        while not condition():
            try:
                self._take(self.events.get(timeout=max(0.0, end - time.monotonic())))
            except Empty:
                return condition()
        return True

    def _take(self, event: Incoming | None) -> None:
        if event is not None:
            self.told[event.topic] = Told(event.payload, time.monotonic(), event.retain)
