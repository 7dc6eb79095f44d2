"""Mending Redis's append-only file, which a full disk can leave such that Redis never starts again.

Measured on Redis 7.0.15: once it has rewritten the file while it runs, it no longer opens it for appending. A write for
which the disk has no room is then taken back, but the next one goes where that had ended: a hole of zeros is left
between two commands, and at its next start Redis finds that the file has a bad format, and ends.
"""

import logging
import mmap
import re
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)

LONGEST_LINE = 100
"""Redis reads no longer lines than 127 bytes between two commands."""
_ZEROS, _REMARK, _NUMBER = re.compile(rb"\0+"), re.compile(rb"#[^\n]*\n"), re.compile(rb"[*$](\d+)\r\n")


def mend(folder: Path) -> None:
    """Fill the holes in the files of `folder` with remarks, which Redis passes over. Nothing else is changed.

    Call it while Redis does not run. A hole of one byte cannot be filled. Raises OSError.
    """
    for path in sorted(folder.glob("*.incr.aof")):
        if path.stat().st_size == 0:
            continue
        with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as data:
            if data.find(b"\n\0") < 0:
                continue  # as nearly always, and found out quickly
            holes = list(_holes(data))
            for begin, end in holes:
                data[begin:end] = _remark(end - begin)
            data.flush()
        if holes:
            log.warning("%s had holes, left by a full disk, and was mended: %d.", path, len(holes))


def _holes(data: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Where zeros stand between two commands, until the end or something else that is wrong."""
    at = 0
    while at < len(data):
        if zeros := _ZEROS.match(data, at):
            at = zeros.end()
            if len(zeros[0]) > 1:
                yield zeros.span()
        elif remark := _REMARK.match(data, at):
            at = remark.end()
        else:
            command = _NUMBER.match(data, at)
            if command is None:
                return
            at = command.end()
            for _ in range(int(command[1])):
                text = _NUMBER.match(data, at)
                if text is None:
                    return
                at = text.end() + int(text[1]) + 2


def _remark(length: int) -> bytes:
    """Remarks that take so many bytes, at least 2."""
    if length > LONGEST_LINE + 1:
        return _remark(LONGEST_LINE) + _remark(length - LONGEST_LINE)
    return b"#" + b" " * (length - 2) + b"\n"
