"""The simulated board that numbers its answers. What it was set to stands in every answer, and so in its log."""

import json
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from agents.simulators.http_board import Answer
from agents.simulators.surroundings import Exchange

OUTPUTS = ("client", "panel", "program", "probe", "timed", "guarded")
GARBAGE = "#~"
BOOT = 1.0
HOT, TURN = 5.0, 12.0
"""It is hot for so many seconds of each turn."""


@dataclass(frozen=True)
class CountingFaults:
    """`garbling`: what it answers is no JSON. `slow`, `refuse`, `reboot`: as of other boards."""

    garbling: bool = False
    slow: float = 0.0
    refuse: bool = False
    reboot: bool = False


class Counting:
    """The board. Its numbers go on from the time of day, so that they grow also from run to run."""

    def __init__(self, _seed: str, _now: float, _exchange: Exchange) -> None:
        self.faults = CountingFaults()
        self._count = int(time.time() * 1000)
        self._outputs = dict.fromkeys(OUTPUTS, 0)
        self._down_until = 0.0

    def suffer(self, faults: CountingFaults, now: float) -> None:
        """From now on have these faults and no others."""
        if faults.reboot and not self.faults.reboot:
            self._outputs = dict.fromkeys(OUTPUTS, 0)
            self._down_until = now + BOOT
        self.faults = faults

    def reachable(self, now: float) -> bool:
        """Whether anything listens on its port."""
        return not self.faults.refuse and now >= self._down_until

    def answer(self, method: str, target: str, _body: bytes, _now: float) -> Answer:
        """The answer to one request; `at` is when it was done."""
        if method == "POST":
            self._outputs |= {name: int(value) for name, value in parse_qsl(urlsplit(target).query)}
        else:
            self._count += 1
        now = time.time()
        body = json.dumps({"count": self._count, "at": now, "hot": int(now % TURN < HOT), **self._outputs})
        return Answer(GARBAGE + body if self.faults.garbling else body)


BOARD = Counting
