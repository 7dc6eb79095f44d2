"""The old part of an outbox: segments on disk, written by a thread of its own, for an SD card may take its time.

Only whole chores are handed to the thread, one at a time; what follows from them is done in `settle`.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, wait
from functools import partial
from pathlib import Path
from typing import Any

from agents.outbox import farewell
from agents.outbox.farewell import Farewell
from agents.outbox.memory import SEGMENT_BYTES
from agents.outbox.segment import Entry, Segment, write

JUMP = 60.0
"""Seconds that no clock goes forward at once unless it is set; one without a battery begins in the past."""


class Disk:
    """Nothing is written, not even the folder, until there is something to move."""

    def __init__(self, folder: Path, segments: list[Segment], chores: Executor) -> None:
        self.segments = segments
        self.newest = max((entry.n for segment in segments[-1:] for entry in segment.entries()), default=0)
        """The last number that was moved here."""
        self._folder, self._chores = folder, chores
        self._growing: Segment | None = None
        """The last segment, unless it is of an earlier run: then its last line may be unfinished."""
        self._chore: tuple[Future[Any], Callable[[Any], None]] | None = None
        self._zero = float("inf")
        """The time of day when the monotonic clock was 0, as it was last seen."""

    @property
    def busy(self) -> bool:
        """Whether a chore is under way; no segment may be removed meanwhile."""
        return self._chore is not None

    @property
    def size(self) -> int:
        """Bytes in all segments."""
        return sum(segment.size for segment in self.segments)

    @property
    def done(self) -> bool:
        """Whether a chore is done and waits for `settle`."""
        return self._chore is not None and self._chore[0].done()

    def settle(self) -> None:
        """Take the consequences of the chore that is done. Raises its OSError: then nothing has changed."""
        if self._chore is not None:
            (future, consequence), self._chore = self._chore, None
            consequence(future.result())

    def move(self, epoch: str, entries: Sequence[Entry], moved: Callable[[], None]) -> None:
        """Have entries written that are newer than all before; `moved` is called when the disk has them."""
        target = self._growing
        if target is None or target.size >= SEGMENT_BYTES:
            target = Segment(self._folder, epoch, entries[0].n)
        lines = [entry.line() for entry in entries]
        done = partial(self._moved, target, entries[-1].n, moved)
        self._chore = self._chores.submit(write, target.path, target.size, lines), done

    def thin(self) -> None:
        """Have the oldest of the finest segments thinned. What cannot be thinned is given up."""
        segment = min(self.segments, key=lambda each: each.level)
        self._chore = self._chores.submit(segment.thin), partial(self._thinned, segment)

    def probe(self) -> None:
        """Try whether the disk can be written to, with as much as a segment."""
        self._chore = self._chores.submit(_probe, self._folder / "probe"), lambda _: None

    def remove(self, segment: Segment) -> None:
        """Forget a segment."""
        self.segments.remove(segment)
        if segment is self._growing:
            self._growing = None
        segment.remove()

    def clear(self) -> None:
        """Forget all."""
        for segment in list(self.segments):
            self.remove(segment)
        self.newest = 0

    def follow_clock(self, zero: float) -> None:
        """A clock that was set forward has dated the files too early; they are not too old for that.

        `zero` is the time of day when the monotonic clock was 0.
        """
        forward, self._zero = zero - self._zero, zero
        for segment in self.segments if forward > JUMP else ():
            segment.date_later(forward)

    def wait(self) -> None:
        """Let the chore under way come to its end."""
        if self._chore is not None:
            wait([self._chore[0]])

    def leave(self, epoch: str, newest: int) -> None:
        """Note the last number. Raises OSError."""
        farewell.leave(self._folder, Farewell(epoch, newest))

    def close(self) -> None:
        """End the thread."""
        self._chores.shutdown()

    def _moved(self, target: Segment, newest: int, moved: Callable[[], None], size: int) -> None:
        if target is not self._growing:
            self.segments.append(target)
        target.size, self._growing, self.newest = size, target, newest
        moved()

    def _thinned(self, segment: Segment, thinned: Segment | None) -> None:
        if thinned is not None:
            self.segments[self.segments.index(segment)] = thinned
            segment.remove()
        else:
            self.remove(segment)
        if segment is self._growing:
            self._growing = None


def _probe(path: Path) -> None:
    try:
        write(path, 0, [bytes(SEGMENT_BYTES)])
    finally:
        path.unlink(missing_ok=True)
