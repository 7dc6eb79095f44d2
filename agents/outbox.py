"""The outbox: everything the agent says in numbers is kept here until the hub has stored it. Pure: time is an argument.

It lives in memory and is bounded: when it is full the oldest are given up, which the hub learns from the heartbeat
(`oldest`) and records as a gap.
"""

import secrets
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

PATIENCE = 3.0
"""Seconds without a word of the hub having stored anything, after which all is sent again as backlog."""
WINDOW = 500
"""The most backlog messages on their way at once: the broker drops what a slow hub leaves queued."""
MAX_BYTES = 8 * 2**20


class Entry(NamedTuple):
    """One numbered message: the topic it was published on, and its payload."""

    topic: str
    payload: bytes


class Outbox:
    """Numbers messages by one under an epoch of its own, and says what is to be sent again."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.epoch = secrets.token_hex(4)
        self.newest = 0
        self._kept: deque[Entry] = deque()
        self._bytes = 0
        self._max_bytes = max_bytes
        self._progress = 0.0
        self._resent: int | None = None
        """The number up to which the backlog was sent again; None when none is being sent."""

    @property
    def oldest(self) -> int:
        """The oldest number kept; the next number when none is."""
        return self.newest + 1 - len(self._kept)

    def add(self, topic: str, encode: Callable[[str, int], bytes], now: float) -> bytes:
        """Number a message and keep it. `encode` makes its payload from epoch and number."""
        payload = encode(self.epoch, self.newest + 1)
        if not self._kept:
            self._progress = now
        self.newest += 1
        self._kept.append(Entry(topic, payload))
        self._bytes += len(payload)
        while self._bytes > self._max_bytes and len(self._kept) > 1:
            self._drop()
        return payload

    def stored(self, epoch: str, n: int, now: float) -> None:
        """The hub has all up to `n`: forget it."""
        if epoch != self.epoch or not self.oldest <= n <= self.newest:
            return
        while self.oldest <= n:
            self._drop()
        self._progress = now

    def reconnected(self) -> None:
        """There is a new connection: what is kept was probably lost with the old one, so wait no longer."""
        self._progress = float("-inf")

    def resend(self, now: float) -> list[Entry]:
        """What to send now as backlog, in order; to be asked while the hub lives, again and again."""
        if self._kept and now - self._progress > PATIENCE:
            self._resent, self._progress = self.oldest - 1, now
        if self._resent is None:
            return []
        first = max(self._resent + 1, self.oldest)
        last = min(self.newest, self.oldest + WINDOW - 1)
        self._resent = None if last == self.newest else last
        start = first - self.oldest
        return [self._kept[index] for index in range(start, last + 1 - self.oldest)]

    def _drop(self) -> None:
        self._bytes -= len(self._kept.popleft().payload)
