"""What is kept, as it is sent again: the entries in order, and the gaps between them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from agents.outbox.segment import Entry, Segment


class Gap(NamedTuple):
    """Numbers that are not kept, though some before and after them are."""

    first: int
    last: int


def entries(chain: Sequence[Segment], after: int) -> Iterator[Entry]:
    """What the segments have with numbers above `after`, in order."""
    for segment in chain[max(0, bisect_right(chain, after, key=attrgetter("first")) - 1) :]:
        found = segment.entries()
        for entry in found[bisect_right(found, after, key=attrgetter("n")) :]:
            after = entry.n
            yield entry


def portion(chain: Sequence[Segment], reached: int, limit: int, newest: int) -> tuple[list[Entry | Gap], int]:
    """What follows the number `reached`, of all up to `newest`; and the number that is reached with it.

    No entry is above `limit`. A gap may be, for it is one message however long it is.
    """
    found: list[Entry | Gap] = []
    for entry in entries(chain, reached):
        if reached >= limit:
            return found, reached
        if entry.n > reached + 1:
            found.append(Gap(reached + 1, entry.n - 1))
            reached = entry.n - 1
        if entry.n > limit:
            return found, reached
        found.append(entry)
        reached = entry.n
    if reached < newest:
        found.append(Gap(reached + 1, newest))
    return found, newest
