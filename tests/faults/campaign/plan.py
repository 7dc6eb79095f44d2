"""Which faults, on what, for how long: all of it follows from a seed."""

import random
from collections.abc import Collection, Sequence
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

    def __str__(self) -> str:
        length = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.number}: {self.kind} {self.target}{length}"


def plan(seed: int, count: int, kinds: Collection[str] = KINDS.keys()) -> list[Fault]:
    """As many faults: the same ones for the same arguments. Each kind and target comes, when there are enough."""
    chance = random.Random(seed)
    names = [name for name in KINDS if name in kinds]
    cards: list[tuple[str, str]] = []
    while len(cards) < count:
        hand = [(name, chance.choice(KINDS[name].targets)) for name in names for _ in range(KINDS[name].weight)]
        chance.shuffle(hand)
        cards += hand
    return [
        Fault(
            number + 1,
            kind,
            target,
            round(chance.uniform(KINDS[kind].least, KINDS[kind].most), 2),
            round(chance.uniform(0.0, 1.5), 2),
        )
        for number, (kind, target) in enumerate(cards[:count])
    ]
