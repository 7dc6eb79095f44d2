"""The young part of an outbox: segments in a memory-backed folder, the last one open for what comes."""

import contextlib
import errno
import os
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from agents.outbox.segment import Entry, Segment

SEGMENT_BYTES = 2**17
"""Size from which on a new segment is begun."""


class Memory:
    """The last of `segments` is the open one; its name keeps the numbering when it is empty."""

    def __init__(self, folder: Path, segments: list[Segment]) -> None:
        self.segments = segments
        self._folder = folder
        self._descriptor = -1
        self._marks: deque[tuple[float, int]] = deque()
        """When which number was the newest, of those that are here only."""

    def begin(self, epoch: str, first: int) -> None:
        """Open a new segment for the number `first` and later ones. Raises OSError."""
        segment = Segment(self._folder, epoch, first)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(segment.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        self.close()
        self._descriptor = descriptor
        if self.segments and self.segments[-1].path == segment.path:
            self.segments.pop()  # it was empty
        self.segments.append(segment)

    def append(self, epoch: str, entry: Entry) -> None:
        """Write an entry. Raises OSError; then nothing of it is kept."""
        if self._descriptor < 0 or self.segments[-1].size >= SEGMENT_BYTES:
            self.begin(epoch, entry.n)
        segment, line = self.segments[-1], entry.line()
        written = os.write(self._descriptor, line)
        if written < len(line):
            os.ftruncate(self._descriptor, segment.size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        segment.size += written

    def remove(self, segments: Sequence[Segment]) -> None:
        """Forget segments; those that are gone already are no mistake."""
        self.segments = [segment for segment in self.segments if segment not in segments]
        for segment in segments:
            segment.remove()

    def clear(self) -> None:
        """Forget all."""
        self.remove(list(self.segments))
        self._marks.clear()

    def waits_since(self, now: float, newest: int, elsewhere: int) -> float:
        """When the oldest number that is here only was first seen by these calls; infinity when none is.

        Numbers up to `newest` were given; those up to `elsewhere` are on the disk or with the hub.
        """
        if not self._marks or self._marks[-1][1] < newest:
            self._marks.append((now, newest))
        while self._marks and self._marks[0][1] <= elsewhere:
            self._marks.popleft()
        return self._marks[0][0] if self._marks else float("inf")

    def keep_within(self, most: int) -> None:
        """While there are more bytes, thin the oldest of the finest segments, or give it up."""
        while sum(segment.size for segment in self.segments) > most and len(self.segments) > 1:
            segment = min(self.segments[:-1], key=lambda each: each.level)
            thinned = None
            with contextlib.suppress(OSError):
                thinned = segment.thin()
            if thinned is not None:
                self.segments[self.segments.index(segment)] = thinned
                segment.remove()
            else:
                self.remove([segment])

    def close(self) -> None:
        """Let go of the open segment."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
