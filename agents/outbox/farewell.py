"""The last number, written down at an orderly stop: a machine that is started anew then goes on counting from it.

What lies in memory ends with the machine. Without this note nobody could tell an orderly restart from a power cut.
"""

import contextlib
from pathlib import Path
from typing import NamedTuple

from agents.outbox.segment import write

_FILE = "farewell"


class Farewell(NamedTuple):
    """The epoch, and the last number that was given in it."""

    epoch: str
    newest: int


def leave(folder: Path, farewell: Farewell) -> None:
    """Write it down so that it outlives the machine. Raises OSError."""
    path = folder / _FILE
    new = path.with_suffix(".new")
    write(new, 0, [b"%s %d\n" % (farewell.epoch.encode(), farewell.newest)])
    new.replace(path)


def take(folder: Path) -> Farewell | None:
    """What was written down at the last stop. It is removed: it holds for one start only."""
    path = folder / _FILE
    with contextlib.suppress(OSError, ValueError):
        epoch, newest = path.read_text().split()
        path.unlink()
        return Farewell(epoch, int(newest))
    return None
