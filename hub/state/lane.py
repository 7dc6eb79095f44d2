"""What agents have numbered, on its way into Redis: readings, results, and what had to be refused.

If it cannot be written it may be thrown away: the agents keep it until the hub says that it is stored.
"""

import orjson

from hub.contract.errors import Code
from hub.state.record import Record

Word = bytes | str | int
"""One argument of the script."""

PAYLOAD_KEPT = 1_000
"""Bytes of a refused message that are kept."""


class Lane:
    """One batch, in the order in which it came."""

    def __init__(self) -> None:
        self._words: list[Word] = []
        self.size = 0
        """How many messages."""

    def __bool__(self) -> bool:
        return bool(self._words)

    def reading(self, agent: str, epoch: str, n: int, key: str, payload: bytes) -> None:
        """A reading of the device `key`, for the history."""
        self.size += 1
        self._words += (b"r", agent, epoch, n, key, payload)

    def result(self, agent: str, epoch: str, n: int, record: Record) -> None:
        """What became of a command; audited here when it was not the hub's own."""
        self.size += 1
        self._words += (b"c", agent, epoch, n, record["id"], orjson.dumps(record))

    def beat(self, agent: str, epoch: str, oldest: int) -> None:
        """An agent's word on the oldest number that it keeps: what is missing before it is a gap."""
        self.size += 1
        self._words += (b"b", agent, epoch, oldest)

    def gap(self, agent: str, epoch: str, first: int, last: int) -> None:
        """An agent's word on numbers that it gave up between others."""
        self._words += (b"g", agent, epoch, first, last)

    def refused(self, agent: str, epoch: str, n: int, topic: str, code: Code, reason: str, payload: bytes) -> None:
        """A numbered message that cannot be taken. Its number is used up, so that it blocks nothing behind it."""
        self.size += 1
        self._words += (b"x", agent, epoch, n, topic, code, reason, payload[:PAYLOAD_KEPT])

    def dead(self, topic: str, code: Code, reason: str, payload: bytes) -> None:
        """A message that cannot be taken and has no number."""
        self.size += 1
        self._words += (b"d", topic, code, reason, payload[:PAYLOAD_KEPT])

    def words(self) -> list[Word]:
        """The batch as operations of write.lua."""
        return self._words
