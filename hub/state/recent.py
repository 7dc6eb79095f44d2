"""What was written last: a Redis that is killed while its disk is busy may have forgotten it (see `durable`).

Readings are not in it: their agents keep them until they are safe.
"""

from collections import deque

from hub.state.lane import Word
from hub.state.live import Live

KEPT_MS = 5_000
"""Redis 7.0 holds back what it was told for 2 s at most, then it waits for its disk."""


class Recent:
    """Times are milliseconds of one clock."""

    def __init__(self) -> None:
        self._journals: deque[tuple[int, list[Word]]] = deque()
        self._live = Live()

    def add(self, live: Live, journal: list[Word], now_ms: int) -> None:
        """It has been written."""
        self._live.update(live)
        if journal:
            self._journals.append((now_ms, journal))
        while self._journals and self._journals[0][0] < now_ms - KEPT_MS:
            self._journals.popleft()

    def words(self) -> list[Word]:
        """All of it as operations of write.lua, in the order in which it was written."""
        return [word for _, words in self._journals for word in words] + self._live.words()
