"""Whether every write was asked for, and every command had one outcome: pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.faults.campaign.ledger import Asked
from tests.faults.campaign.safety import Span

REFUSED = {"rejected", "expired"}
MOST = 5.0
"""Seconds after which a command is stale."""
PENDING = 30.0
"""Seconds within which every command must have its outcome."""


@dataclass(frozen=True)
class Write:
    """A device was set."""

    at: float
    key: str
    channel: str
    value: int


@dataclass
class Orders:
    """What became of the commands."""

    given: int = 0
    writes: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """Writes that should not have been."""
    undecided: list[str] = field(default_factory=list)
    """Commands with no outcome, or with two."""
    slowest: float = 0.0
    """Most seconds from asking to writing, while nothing on the way stood still."""
    slowest_of_all: dict[str, float] = field(default_factory=dict)
    """The same with all, by who asked."""


def orders(
    asked: Mapping[int, Asked], writes: Sequence[Write], standing: Callable[[Asked], Iterable[Span]], slack: float
) -> Orders:
    """Compare them. `standing` says when something stood still on a command's way that cannot know its age; `slack` is
    what the bus may take."""
    found = Orders(given=len(asked), writes=len(writes))
    done = Counter[int]()
    for write in writes:
        command = asked.get(write.value)
        if command is not None and (command.key, command.channel) == (write.key, write.channel):
            done[write.value] += 1
            _judge(write, command, standing(command), slack, done[write.value], found)
        elif write.value:
            found.wrong.append(f"nobody asked for {write}")
    for command in asked.values():
        found.outcomes.update(set(command.recorded or command.told) or {"none"})
        if len(set(command.recorded)) > 1 or (len(set(command.told)) > 1 and not command.replayed):
            found.undecided.append(f"several outcomes: {command}")
        if "done" in command.results and not done[command.value] and command.by != "panel":
            found.wrong.append(f"done, but never written: {command}")
    return found


def _judge(write: Write, command: Asked, stood: Iterable[Span], slack: float, times: int, found: Orders) -> None:
    if times > 1:
        found.wrong.append(f"done {times} times: {write} of {command}")
    if command.forbidden or command.refused or REFUSED & command.results:
        found.wrong.append(f"done though refused: {write} of {command}")
    took = write.at - command.at
    moved = took - sum(max(0.0, min(span.end, write.at) - max(span.begin, command.at)) for span in stood)
    found.slowest = max(found.slowest, moved)
    found.slowest_of_all[command.by] = max(found.slowest_of_all.get(command.by, 0.0), took)
    if moved > MOST + slack:
        found.wrong.append(f"{took:.1f} s after it was asked for: {write} of {command}")
