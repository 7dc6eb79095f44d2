"""What Redis was seen to hold: readings and commands, followed all the time by a thread of its own."""

from collections import Counter
from typing import Any

import orjson
import redis

from hub.state import keys
from tests.faults.campaign.follower import Follower
from tests.faults.campaign.ledger import Ledger
from tests.faults.campaign.plan import AGENTS
from tests.faults.campaign.truth import Stored

TAIL = 5_000
"""Entries of the stream: many more than Redis may have in memory only."""


class Streams(Follower):
    """Follows readings and commands in Redis, past the network."""

    def __init__(self, client: redis.Redis, ledger: Ledger) -> None:
        super().__init__()
        self._redis, self._ledger = client, ledger
        self.stored: list[Stored] = []
        self.pending: set[str] = set()
        """Ids of commands that stood there without an outcome until now."""
        self._lives: Counter[str] = Counter()
        self._reborn: set[str] = set()
        self._tail_lost = False
        self._cursors: dict[Any, Any] = {keys.READINGS: "0", keys.AUDIT: "0"}

    def stop(self) -> None:
        """End, with all that is there."""
        super().stop()
        self._redis.close()

    def flushed(self) -> None:
        """Redis is about to lose its data: each agent's numbers then begin anew, with a gap that says `epoch`."""
        self._reborn = set(AGENTS)

    def tail_lost(self) -> None:
        """Redis was killed with readings that it had in memory only: they do not count as stored."""
        self._tail_lost = True

    def vanished(self) -> list[str]:
        """What stood in Redis and is no longer there, though Redis has not lost its data since.

        Only the oldest may be forgotten. Raises redis.RedisError.
        """
        stored = list(self.stored)
        entries: Any = self._redis.xrange(keys.READINGS)
        kept = {entry.decode() for entry, _ in entries}
        first = _when(entries[0][0].decode()) if entries else (0, 0)
        return [
            f"{each.agent} {each.n} ({each.entry})"
            for each in stored
            if each.life == self._lives[each.agent] and _when(each.entry) >= first and each.entry not in kept
        ]

    def run(self) -> None:
        """Follow both streams."""
        while not self.ending.is_set():
            try:
                found: Any = self._redis.xread(self._cursors, count=5_000, block=500)
                if self._tail_lost:
                    self._forget_tail()
            except redis.RedisError:
                self.ending.wait(0.1)
                continue
            for name, entries in found:
                take = self._reading if name.decode() == keys.READINGS else self._record
                for entry, fields in entries:
                    take(entry.decode(), fields)
                    self._cursors[name.decode()] = entry.decode()

    def _forget_tail(self) -> None:
        entries: Any = self._redis.xrevrange(keys.READINGS, count=TAIL)
        kept = {entry.decode() for entry, _ in entries}
        first = _when(entries[-1][0].decode()) if entries else (0, 0)
        self.stored = [each for each in self.stored if each.entry in kept or _when(each.entry) < first]
        self._tail_lost = False

    def _reading(self, entry: str, fields: dict[bytes, bytes]) -> None:
        agent, epoch, n = fields[b"a"].decode(), fields[b"e"].decode(), int(fields[b"n"])
        if gap := fields.get(b"gap"):
            if gap == b"epoch" and agent in self._reborn:
                self._reborn.remove(agent)
                self._lives[agent] += 1
            self.stored.append(Stored(self._lives[agent], entry, agent, epoch, n, gap=gap.decode()))
            return
        count = orjson.loads(fields[b"j"]).get("count")
        if count is not None:
            self.stored.append(Stored(self._lives[agent], entry, agent, epoch, n, fields[b"d"].decode(), int(count)))

    def _record(self, _entry: str, fields: dict[bytes, bytes]) -> None:
        record = orjson.loads(fields[b"j"])
        if record["status"] == "pending":
            self.pending.add(record["id"])
        else:
            self.pending.discard(record["id"])
            self._ledger.result(record["id"], record["status"], recorded=True)


def _when(entry: str) -> tuple[int, int]:
    milliseconds, _, number = entry.partition("-")
    return int(milliseconds), int(number)
