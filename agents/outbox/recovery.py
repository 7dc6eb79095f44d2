"""What an outbox finds when it is opened: the files of the run before, whole or not."""

import logging
import secrets
from dataclasses import dataclass
from pathlib import Path

from agents.outbox import farewell
from agents.outbox.segment import Segment

log = logging.getLogger(__name__)

RESERVE = 10_000
"""Numbers that are left out when the youngest are not known: they were given, and may not be given again."""


@dataclass(frozen=True)
class Found:
    """`newest` is the last number that was given; segments are in order, those on disk before those in memory."""

    epoch: str
    newest: int
    memory: list[Segment]
    disk: list[Segment]


def new_epoch() -> str:
    """A random id."""
    return secrets.token_hex(4)


def recover(memory: Path, disk: Path) -> Found:
    """Look into both folders. A new epoch begins when nothing can be read. Raises OSError."""
    young, old, said = _segments(memory), _segments(disk), farewell.take(disk)
    latest = max(young or old, key=Segment.written, default=None) or said
    epoch = latest.epoch if latest else new_epoch()
    young, old = _of_epoch(epoch, young), _of_epoch(epoch, old)
    while old and not old[-1].entries():
        old.pop().remove()  # of a move that had only begun: the memory has it still
    _part(young, old)
    numbers = [entry.n for segment in (*old[-1:], *young) for entry in segment.entries()]
    if young and not young[-1].damaged:
        newest = max((entry.n for entry in young[-1].entries()), default=young[-1].first - 1)
        return Found(epoch, newest, young, old)
    if said is not None and said.epoch == epoch and not young:
        return Found(epoch, said.newest, [], old)
    if numbers:
        # A power cut, or damage: how many numbers were given since is not known.
        return Found(epoch, max(numbers) + RESERVE, young, old)
    for segment in (*young, *old):
        segment.remove()
    return Found(new_epoch(), 0, [], [])


def _part(young: list[Segment], old: list[Segment]) -> None:
    """After a kill in the middle of a move the same numbers are in both: those on disk count."""
    moved = max((entry.n for segment in old[-1:] for entry in segment.entries()), default=0)
    while len(young) > 1 and young[1].first - 1 <= moved:
        young.pop(0).remove()
    for segment in young[:1]:
        segment.first = max(segment.first, moved + 1)


def _segments(folder: Path) -> list[Segment]:
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [segment for path in found if (segment := Segment.found(path)) is not None]


def _of_epoch(epoch: str, segments: list[Segment]) -> list[Segment]:
    """Those of the epoch, in order; of one that was just being thinned the result. The others are put aside."""
    found: dict[int, Segment] = {}
    for segment in segments:
        if segment.epoch != epoch:
            log.error("%s is not of this outbox; I put it aside.", segment.path)
            segment.damaged = True
            segment.remove()
            continue
        if segment.first in found:
            found[segment.first].remove()
        found[segment.first] = segment
    return [found[first] for first in sorted(found)]
