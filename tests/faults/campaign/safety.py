"""How long outputs stayed on that had to be off: pure, from what the devices showed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

EARLY = 0.3
"""Seconds before the end of its lease at which an output that goes off was rather switched off by somebody."""


@dataclass(frozen=True)
class Span:
    """From when until when something was so, in seconds since 1970."""

    begin: float
    end: float


@dataclass
class Safety:
    """Seconds after an output had to be safe until it was, when it was reachable, and on its return. It had to be when
    its lease was over, or its longest time, or when its interlock forbade it."""

    late: list[float] = field(default_factory=list)
    on_return: list[float] = field(default_factory=list)
    after_kill: list[float] = field(default_factory=list)
    """Seconds from the end of its agent until each output that was on was safe, by the agent's next run."""
    too_late: list[str] = field(default_factory=list)


Shown = Sequence[tuple[float, dict[str, int]]]
"""What a device showed and when, by output."""


def on_times(shown: Shown, output: str) -> Iterable[tuple[int, Span]]:
    """Each value other than 0 that the output showed: from its first moment to that of another value.

    One that is still on at the end has its end there.
    """
    value, since = 0, 0.0
    for at, outputs in shown:
        if outputs[output] != value:
            if value:
                yield value, Span(since, at)
            value, since = outputs[output], at
    if value:
        yield value, Span(since, shown[-1][0])


def renewed(begin: float, lease: float, renewals: Iterable[float]) -> float:
    """When the lease ends that began at `begin`; a renewal counts while it lasts. `renewals` are in order."""
    end = begin + lease
    for at in renewals:
        if at > end:
            break
        end = max(end, at + lease)
    return end


def whenever(shown: Shown, *outputs: str) -> list[Span]:
    """When all of these were other than 0 at the same time."""
    together = [(at, {"all": int(all(values[name] for name in outputs))}) for at, values in shown]
    return [span for _, span in on_times(together, "all")]


def against(
    writes: Iterable[tuple[float, int]], forbidden: Sequence[Span], away: Sequence[Span], informed: float
) -> Iterator[tuple[float, int]]:
    """Writes, each with its time and value, that came `informed` seconds or more after something began to forbid them,
    and not within `informed` seconds after the device was away."""
    for at, value in writes:
        known = any(span.begin + informed < at < span.end for span in forbidden)
        if known and not any(span.begin < at < span.end + informed for span in away):
            yield at, value


def judge(on: Span, end: float, away: Iterable[Span], limit: float, name: str, found: Safety) -> None:
    """Was the output safe in time? It had to be at `end`; `away` is when its device or its agent could do nothing."""
    if on.end < end - EARLY:
        return
    excuse = max((span.end for span in away if span.begin <= end + limit and span.end > end), default=None)
    late = on.end - max(end, excuse or 0.0)
    (found.late if excuse is None else found.on_return).append(max(0.0, late))
    if late > limit:
        found.too_late.append(f"{name}: on until {on.end:.3f}, {late:.2f} s late (due at {end:.3f})")
