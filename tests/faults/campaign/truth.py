"""What must be so, compared with what was: pure, from what devices made and saw, and what Redis was seen to hold.

All times are seconds since 1970.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

BUDGET = 4.5
"""Seconds of readings that a power cut may cost an agent in an outage, as docs/decisions/0011 says."""


@dataclass(frozen=True)
class Made:
    """A reading that a device gave, and its agent took for certain: it came back for more afterwards."""

    count: int
    at: float


@dataclass(frozen=True)
class Stored:
    """An entry of the stream of readings. `life` counts the times that Redis lost its data."""

    life: int
    entry: str
    agent: str
    epoch: str
    n: int
    device: str = ""
    count: int = 0
    gap: str = ""
    """Of a gap: `813-900`, or `epoch`."""


@dataclass
class Readings:
    """What became of the readings."""

    made: int = 0
    stored: int = 0
    lost: list[str] = field(default_factory=list)
    in_budget: list[float] = field(default_factory=list)
    """Lost in a power cut, as stated, and recorded as a gap: how many seconds before the cut each was made."""
    doubled: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    gaps: int = 0


def readings(
    made: Mapping[str, Sequence[Made]], stored: Sequence[Stored], cuts: Iterable[tuple[str, float]]
) -> Readings:
    """Compare them. `made` is by device, `stored` as it came, `cuts` are the agents' power cuts."""
    found = Readings(made=sum(map(len, made.values())), stored=sum(1 for each in stored if not each.gap))
    found.gaps = len(stored) - found.stored
    _order(stored, found)
    places: dict[str, dict[int, int]] = defaultdict(dict)
    gaps: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(stored):
        if each.gap:
            gaps[each.agent].append(place)
        else:
            places[each.device].setdefault(each.count, place)
    for device, answers in made.items():
        _lost(device, answers, places[device], stored, gaps, list(cuts), found)
    return found


def _order(stored: Sequence[Stored], found: Readings) -> None:
    """Nothing twice and nothing late, neither by the agents' numbers nor by the devices' own."""
    last_n: dict[tuple[int, str, str], int] = {}
    last_count: dict[tuple[int, str], int] = {}
    seen: set[tuple[int, str, int]] = set()
    for each in stored:
        numbering = (each.life, each.agent, each.epoch)
        if each.n <= last_n.get(numbering, -1) and not each.gap:
            found.out_of_order.append(f"{each.agent} {each.epoch} {each.n} after {last_n[numbering]}")
        last_n[numbering] = max(each.n, last_n.get(numbering, -1))
        if each.gap:
            continue
        if (each.life, each.device, each.count) in seen:
            found.doubled.append(f"{each.device} {each.count}, as {each.n}")
        elif each.count < last_count.get((each.life, each.device), 0):
            found.out_of_order.append(f"{each.device} {each.count}, as {each.n}")
        seen.add((each.life, each.device, each.count))
        last_count[each.life, each.device] = max(each.count, last_count.get((each.life, each.device), 0))


def _lost(
    device: str,
    answers: Sequence[Made],
    places: Mapping[int, int],
    stored: Sequence[Stored],
    gaps: Mapping[str, Sequence[int]],
    cuts: Sequence[tuple[str, float]],
    found: Readings,
) -> None:
    counts = sorted(places)
    for answer in answers:
        if answer.count in places or not counts:
            continue
        index = bisect_right(counts, answer.count)
        before = places[counts[index - 1]] if index else -1
        after = places[counts[index]] if index < len(counts) else len(stored)
        agent = stored[places[counts[0]]].agent
        recorded = any(before < place < after for place in gaps.get(agent, ()))
        stated = [at - answer.at for cut, at in cuts if agent == cut and at - BUDGET <= answer.at <= at]
        if recorded and stated:
            found.in_budget.append(min(stated))
        else:
            why = "a gap tells of it, but no power cut" if recorded else "nothing tells of it"
            found.lost.append(f"{device} {answer.count} of {answer.at:.3f}: {why}")
