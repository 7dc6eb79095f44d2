"""The outbox: everything the agent says in numbers is kept here until the hub has stored it.

Young messages lie in files in memory, which survive the agent. When the hub is silent they move to the disk, which
survives the machine. When there are too many, the oldest are thinned, and the hub is told of the gaps.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

from agents.outbox.backlog import Gap, portion
from agents.outbox.disk import Disk
from agents.outbox.memory import Memory
from agents.outbox.recovery import new_epoch, recover
from agents.outbox.segment import Entry, Segment
from agents.outbox.trouble import Trouble

log = logging.getLogger(__name__)

PATIENCE = 3.0
"""Seconds without a word of the hub having stored anything, after which all is sent again, and kept on disk."""
UNEVEN = 0.25
"""Seconds by which calls of `tend` may be nearer than they should: three of them make up PATIENCE all the same."""
WINDOW = 500
"""The most backlog messages on their way at once: the broker drops what a slow hub leaves queued."""
MOST_IN_MEMORY = 8 * 2**20
MOST_ON_DISK = 512 * 2**20
LONGEST = 30 * 86_400.0
"""Seconds that something is kept."""
MOST_MOVED = 8
"""Segments that move to the disk in one go."""


class Outbox:
    """Numbers messages by one under the epoch of its files, and says what is to be sent again."""

    def __init__(self, memory: Path, disk: Path, chores: Executor | None = None) -> None:
        """Go on with what is in the two folders. `chores` writes to the disk. Raises OSError."""
        found = recover(memory, disk)
        self.epoch, self.newest = found.epoch, found.newest
        self._memory = Memory(memory, found.memory)
        self._disk = Disk(disk, found.disk, chores or ThreadPoolExecutor(1, "outbox"))
        self._stored = min((segment.first for segment in self._chain()), default=self.newest + 1) - 1
        self._progress = float("-inf")
        self._resent: int | None = None
        """The number up to which the backlog was sent again; None when none is being sent."""
        self._memory_trouble = Trouble(f"{memory} cannot be written to; readings are lost if the hub misses them")
        self._disk_trouble = Trouble(f"{disk} cannot be written to; what the hub has not stored is in memory only")
        self._begin()

    @property
    def trouble(self) -> str:
        """Why something cannot be kept, in words for a person; empty when all can."""
        return self._memory_trouble.now or self._disk_trouble.now

    @property
    def oldest(self) -> int:
        """No older number is kept; the next number when none is."""
        return max(self._stored + 1, min((segment.first for segment in self._chain()[:1]), default=self.newest + 1))

    def add(self, topic: str, encode: Callable[[str, int], bytes], now: float) -> bytes:
        """Number a message and keep it. `encode` makes its payload, without line ends, from epoch and number."""
        payload = encode(self.epoch, self.newest + 1)
        if self._stored == self.newest:
            self._progress = now
        self.newest += 1
        with self._memory_trouble:
            self._memory.append(self.epoch, Entry(self.newest, topic, payload))
        return payload

    def stored(self, epoch: str, n: int, now: float) -> None:
        """The hub has all up to `n`: forget it."""
        if epoch != self.epoch or n < self.oldest:
            return
        if n > self.newest:
            self._renew()
        else:
            self._stored, self._progress = n, now
            self._forget()

    def reconnected(self) -> None:
        """There is a new connection: what is kept was probably lost with the old one, so wait no longer."""
        self._progress = float("-inf")

    def resend(self, now: float) -> list[Entry | Gap]:
        """What to send now as backlog, in order; to be asked while the hub lives, again and again."""
        if self._stored < self.newest and now - self._progress > PATIENCE:
            self._resent, self._progress = self._stored, now
        if self._resent is None:
            return []
        start = max(self._resent, self.oldest - 1)
        found, reached = portion(self._chain(), start, self._stored + WINDOW, self.newest)
        self._resent = None if reached == self.newest else reached
        return found

    def tend(self, now: float, wall: float) -> None:
        """Move to the disk what waits too long, and keep within bounds; to be called about each second.

        `now` is monotonic, `wall` the time of day in seconds since 1970, by which files age.
        """
        waits_since = self._memory.waits_since(now, self.newest, self._elsewhere)
        self._memory.keep_within(MOST_IN_MEMORY)
        self._disk.follow_clock(wall - now)
        self._settle()
        if self._disk.busy:
            return
        if now - waits_since >= PATIENCE - UNEVEN:
            self._move()
        elif self._disk.size > MOST_ON_DISK:
            self._disk.thin()
        elif self._disk.segments and self._disk.segments[0].written() < wall - LONGEST:
            self._disk.remove(self._disk.segments[0])
        elif self._disk_trouble.now:
            self._disk.probe()  # nothing waits any more, but next time it will

    def close(self) -> None:
        """Let the disk have what the hub has not stored, and the last number: perhaps the machine is about to end."""
        self._disk.wait()
        self._settle()
        if self._elsewhere < self.newest:
            self._move(len(self._memory.segments))
            self._disk.wait()
            self._settle()
        if self._elsewhere == self.newest:
            with self._disk_trouble:
                self._disk.leave(self.epoch, self.newest)
        self._disk.close()
        self._memory.close()

    @property
    def _elsewhere(self) -> int:
        """Nothing up to this number is in memory only: the hub has it, or the disk."""
        return max(self._stored, self._disk.newest)

    def _chain(self) -> list[Segment]:
        return [*self._disk.segments, *self._memory.segments]

    def _settle(self) -> None:
        """See what became of the last chore."""
        if self._disk.done:
            with self._disk_trouble:
                self._disk.settle()
            self._forget()

    def _begin(self) -> None:
        """Begin a segment in memory for the next number."""
        with self._memory_trouble:
            self._memory.begin(self.epoch, self.newest + 1)

    def _move(self, most: int = MOST_MOVED) -> None:
        """Have the oldest segments in memory written to the disk."""
        self._begin()
        moving, after = self._memory.segments[:-1][:most], self._elsewhere
        entries = [entry for segment in moving for entry in segment.entries() if entry.n > after]
        if entries:
            self._disk.move(self.epoch, entries, lambda: self._memory.remove(moving))
        else:
            self._memory.remove(moving)

    def _forget(self) -> None:
        """Remove the segments of which all is stored; the last one stays, for it keeps the numbering."""
        for segment, following in pairwise(self._chain()):
            if self._disk.busy or following.first - 1 > self._stored:
                break
            if segment in self._disk.segments:
                self._disk.remove(segment)
            else:
                self._memory.remove([segment])

    def _renew(self) -> None:
        """The hub knows numbers that were not given, as far as is known here: the files have lost them."""
        if self._disk.busy:
            return  # the hub will say it again
        log.error("The outbox has lost its numbers; I begin anew. What the hub had not stored is a gap.")
        self._disk.clear()
        self._memory.clear()
        self.epoch, self.newest, self._stored, self._resent = new_epoch(), 0, 0, None
        self._begin()
