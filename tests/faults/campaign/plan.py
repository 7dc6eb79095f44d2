"""Which faults, on what, for how long: all of it follows from a seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

AGENTS = ("left", "right")
COUNTERS = ("bench.first", "bench.second", "room.third")
"""Simulated devices that count their readings."""
PROCESSES = ("redis", "mosquitto", "hub", "agent-left", "agent-right", "web")
LINKS = ("mqtt", "redis")


@dataclass(frozen=True)
class Kind:
    """A kind of fault: on what, how often beside the others, and how many seconds at least and at most."""

    targets: Sequence[str]
    weight: int = 1
    least: float = 0.0
    most: float = 0.0


PAIRS = ("mosquitto agent-left", "hub redis", "mosquitto hub", "agent-left agent-right")
LONG, OFTEN = 3.0, 0.4
"""A fault longer than so many seconds has another one in its middle, so often."""
DEADLY = ("kill", "kill two", "power cut", "redis emptied", "slow disk")
FIRST_PART = 0.3
BOARDS = (*COUNTERS, "room.relays")

KINDS = {
    "kill": Kind((*PROCESSES, "web-worker", "simulator-bench.first", "simulator-room.relays"), 9),
    "kill two": Kind(PAIRS, 4),
    "freeze": Kind((*PROCESSES, *(f"simulator-{name}" for name in BOARDS)), 10, 1, 8),
    "cut": Kind(LINKS, 2),
    "half-open": Kind(LINKS, 4, 1, 8),
    "answers lost": Kind(LINKS, 2, 1, 6),
    "slow": Kind(LINKS, 2, 2, 6),
    "delay": Kind(LINKS, 2, 2, 6),
    "redis full": Kind(("redis",), 2, 2, 6),
    "redis flushed": Kind(("redis",), 2),
    "redis emptied": Kind(("redis",), 1),
    "slow disk": Kind(("redis",), 2, 2, 5),
    "disk full": Kind(("var",), 2, 2, 8),
    "power cut": Kind(("agent-left", "agent-right"), 3),
    "silent": Kind((*COUNTERS, "bench.co2"), 3, 2, 8),
    "garbling": Kind((*COUNTERS, "bench.co2"), 2, 2, 8),
    "reboot": Kind(BOARDS, 2),
    "refuse": Kind(BOARDS, 2, 2, 8),
    "retained": Kind(COUNTERS),
    "replayed": Kind(COUNTERS),
    "twice": Kind(COUNTERS),
    "hostile": Kind(COUNTERS),
}


@dataclass(frozen=True)
class Fault:
    """One fault: `seconds` from its beginning to its end, `pause` after all has recovered."""

    number: int
    kind: str
    target: str
    seconds: float
    pause: float
    amid: tuple[str, str] | None = None
    """Kind and target of another fault, which is done in the middle of this one."""

    def __str__(self) -> str:
        length = f" for {self.seconds:.1f} s" if self.seconds else ""
        amid = f", amid it {' '.join(self.amid)}" if self.amid else ""
        return f"{self.number}: {self.kind} {self.target}{length}{amid}"


def plan(seed: int, count: int, kinds: Sequence[str] = tuple(KINDS)) -> list[Fault]:
    """As many faults: the same ones for the same arguments. Each kind comes, when there are enough.

    The first part of them ends no process, if there are such kinds: it shows whether old processes grow.
    """
    chance = random.Random(seed)
    harmless = [name for name in kinds if name not in DEADLY]
    cards: list[tuple[str, str]] = []
    while len(cards) < count:
        names = harmless if harmless and len(cards) < count * FIRST_PART else kinds
        hand = [(name, chance.choice(KINDS[name].targets)) for name in names for _ in range(KINDS[name].weight)]
        chance.shuffle(hand)
        cards += hand
    first = count * FIRST_PART if harmless else 0
    return [_fault(number, *card, chance, number > first) for number, card in enumerate(cards[:count], 1)]


def _fault(number: int, kind: str, target: str, chance: random.Random, deadly: bool) -> Fault:
    seconds = round(chance.uniform(KINDS[kind].least, KINDS[kind].most), 2)
    amid = None
    if deadly and seconds > LONG and chance.random() < OFTEN:
        other = chance.choice(["kill", "kill", "power cut"])
        if (kind, other) != ("disk full", "power cut"):  # it may cost more: what cannot be written stays in memory
            amid = other, chance.choice(PROCESSES if other == "kill" else KINDS[other].targets)
    return Fault(number, kind, target, seconds, round(chance.uniform(0.0, 1.5), 2), amid)
