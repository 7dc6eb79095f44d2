"""Where the hub's other threads put what they have for its loop."""

import queue
from collections import deque

from hub.link.link import Incoming

MOST_WAITING = 20_000
"""Readings. Beyond, new ones are not taken: their agents keep them and offer them again."""
BATCH = 200
"""Readings that are written in one round trip."""
FEW = 20
LINGER = 0.005
"""Seconds: after a batch of more than a few readings the next may pile up so long, for a batch costs as much as five
readings. What is urgent still wakes the loop at once."""

_NUMBERED = ("/state", "/backlog")
_BOTH = ("/result", "/event", "/heartbeat")


class Inbox:
    """Two ways in: what is urgent is looked at first, what agents have numbered keeps its order."""

    def __init__(self) -> None:
        self._urgent: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._numbered: deque[Incoming] = deque()
        self._asleep = False

    def put(self, event: object) -> None:
        """Hand over something urgent; None only wakes the loop."""
        self._urgent.put(event)

    def put_message(self, message: Incoming) -> None:
        """Hand over a message from the broker."""
        if message.topic.endswith(_NUMBERED):
            self._put_numbered(message)
        else:
            self._urgent.put(message)
            if message.topic.endswith(_BOTH):  # behind: its number counts only once its sender is known
                self._put_numbered(message)

    def wait(self, seconds: float, last_batch: int) -> list[object]:
        """What is urgent: at once if there is anything, or readings to be taken; else after `seconds` at the latest.

        `last_batch` is how many readings were taken last.
        """
        if len(self._numbered) >= BATCH:
            seconds = 0.0
        elif last_batch > FEW:
            seconds = LINGER
        else:
            self._asleep = True
            if self._numbered:
                seconds = 0.0
        try:
            first = [self._urgent.get(timeout=seconds) if seconds > 0 else self._urgent.get_nowait()]
        except queue.Empty:
            first = []
        self._asleep = False
        return [event for event in first if event is not None] + self._drain()

    def take(self) -> tuple[list[object], list[Incoming]]:
        """The next batch of numbered messages, after what is urgent and came before any of them: a reading counts only
        once its device is described.
        """
        numbered = [self._numbered.popleft() for _ in range(min(BATCH, len(self._numbered)))]
        return self._drain(), numbered

    def _drain(self) -> list[object]:
        found: list[object] = []
        try:
            while True:
                found.append(self._urgent.get_nowait())
        except queue.Empty:
            return [event for event in found if event is not None]

    def _put_numbered(self, message: Incoming) -> None:
        if len(self._numbered) < MOST_WAITING:
            self._numbered.append(message)
        if self._asleep:
            self._asleep = False
            self._urgent.put(None)
