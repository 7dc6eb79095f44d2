"""How long outputs stayed on after their lease: pure, from what the devices showed."""

from collections.abc import Iterable, Sequence
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
    """Seconds after the end of its lease until each output was safe, when it was reachable, and on return."""

    late: list[float] = field(default_factory=list)
    on_return: list[float] = field(default_factory=list)
    after_kill: list[float] = field(default_factory=list)
    """Seconds from the end of its agent until each output that was on was safe, by the agent's next run."""
    too_late: list[str] = field(default_factory=list)


def on_times(shown: Sequence[tuple[float, dict[str, int]]], output: str) -> Iterable[tuple[int, Span]]:
    """Each value other than 0 that the output showed: from its first moment to that of another value.

    The last one, which may still be on, is left out.
    """
    value, since = 0, 0.0
    for at, outputs in shown:
        if outputs[output] != value:
            if value:
                yield value, Span(since, at)
            value, since = outputs[output], at


def renewed(begin: float, lease: float, renewals: Iterable[float]) -> float:
    """When the lease ends that began at `begin`; a renewal counts while it lasts. `renewals` are in order."""
    end = begin + lease
    for at in renewals:
        if at > end:
            break
        end = max(end, at + lease)
    return end


def judge(on: Span, lease_end: float, away: Iterable[Span], limit: float, name: str, found: Safety) -> None:
    """Was the output safe in time? `away` is when its device or its agent could do nothing."""
    if on.end < lease_end - EARLY:
        return
    excuse = max((span.end for span in away if span.begin <= lease_end + limit and span.end > lease_end), default=None)
    late = on.end - max(lease_end, excuse or 0.0)
    (found.late if excuse is None else found.on_return).append(max(0.0, late))
    if late > limit:
        found.too_late.append(f"{name}: on until {on.end:.3f}, {late:.2f} s late (lease over at {lease_end:.3f})")
