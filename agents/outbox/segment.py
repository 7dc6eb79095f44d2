"""One file of an outbox: numbered messages, one a line, each with its checksum, added only at the end.

The line of a message is written before the message is sent. So the line that a kill leaves unfinished was never said to
anybody, and is left aside.
"""

import contextlib
import logging
import os
import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

log = logging.getLogger(__name__)


class Entry(NamedTuple):
    """One numbered message: the topic it was published on, and its payload, which has no line end."""

    n: int
    topic: str
    payload: bytes

    def line(self) -> bytes:
        """`checksum n topic payload`."""
        body = b"%d %s %s" % (self.n, self.topic.encode(), self.payload)
        return b"%08x %s\n" % (zlib.crc32(body), body)


class Segment:
    """A file whose name says what it is: `<epoch>.<first number>.<times thinned>.log`."""

    __slots__ = ("damaged", "epoch", "first", "level", "path", "size")

    def __init__(self, folder: Path, epoch: str, first: int, level: int = 0) -> None:
        self.path = folder / f"{epoch}.{first:012}.{level}.log"
        self.epoch, self.first, self.level = epoch, first, level
        self.size = 0
        """Bytes that count. There may be more in the file: of an attempt to write that failed."""
        self.damaged = False

    @classmethod
    def found(cls, path: Path) -> "Segment | None":
        """The segment at a path; None when the path is not that of one."""
        match path.name.split("."):
            case [epoch, first, level, "log"] if first.isdecimal() and level.isdecimal():
                segment = cls(path.parent, epoch, int(first), int(level))
                segment.size = path.stat().st_size
                return segment if segment.path == path else None
        return None

    def entries(self) -> list[Entry]:
        """All that can be read, in order. What cannot is told once, and the file is kept when it is not needed more."""
        try:
            entries, bad = _load(self.path, self.size)
        except OSError as error:
            entries, bad = [], f"cannot be read ({error.strerror})"
        if bad and not self.damaged:
            self.damaged = True
            log.error("%s %s. What was in it is lost and recorded as a gap.", self.path, bad)
        return entries

    def written(self) -> float:
        """When something was last added, in seconds since 1970; 0 when the file is gone."""
        try:
            return self.path.stat().st_mtime
        except OSError:
            return 0.0

    def date_later(self, seconds: float) -> None:
        """The clock that dated it was behind by so much."""
        written = self.written() + seconds
        with contextlib.suppress(OSError):  # it is gone, or keeps the date that it has
            os.utime(self.path, (written, written))

    def thin(self) -> "Segment | None":
        """Drop every second reading of each device; results of commands stay. This one is for the caller to remove.

        Returns the segment that takes its place; None when there was nothing to drop. Raises OSError.
        """
        entries, odd = self.entries(), set[str]()
        kept = []
        for entry in entries:
            odd ^= {entry.topic}
            if entry.topic in odd or not entry.topic.endswith("/state"):
                kept.append(entry)
        if len(kept) == len(entries):
            return None
        thinned = Segment(self.path.parent, self.epoch, self.first, self.level + 1)
        written = self.written()
        thinned.size = write(thinned.path, 0, [entry.line() for entry in kept])
        os.utime(thinned.path, (written, written))
        return thinned

    def remove(self) -> None:
        """Delete the file, or put it aside when it is damaged: perhaps a person can read it."""
        with contextlib.suppress(OSError):  # if it comes again at the next start, the hub knows all of it
            if self.damaged:
                self.path.replace(self.path.with_suffix(".damaged"))
            else:
                self.path.unlink()


def write(path: Path, size: int, lines: Sequence[bytes]) -> int:
    """Write lines behind the first `size` bytes of a file and wait until the disk has them; returns the new size.

    Can be tried again after OSError.
    """
    data = b"".join(lines)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.ftruncate(descriptor, size)
        done = 0
        while done < len(data):
            done += os.pwrite(descriptor, data[done:], size + done)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return size + len(data)


@lru_cache(maxsize=4)
def _load(path: Path, size: int) -> tuple[list[Entry], str]:
    """The entries in the first `size` bytes, and what is wrong with the rest in words. Raises OSError."""
    with path.open("rb") as file:
        *lines, _unfinished = file.read(size).split(b"\n")
    entries, last, bad = [], 0, 0
    for line in lines:
        entry = _parse(line)
        if entry is None or entry.n <= last:
            bad += 1
        else:
            entries.append(entry)
            last = entry.n
    return entries, f"has {bad} damaged lines" if bad else ""


def _parse(line: bytes) -> Entry | None:
    checksum, _, body = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(body):
        return None
    n, topic, payload = body.split(b" ", 2)
    return Entry(int(n), topic.decode(), payload)
