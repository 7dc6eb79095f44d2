"""How much memory each process takes, sampled all the time."""

import statistics
from collections import defaultdict
from pathlib import Path

from tests.faults.campaign.follower import Follower
from tests.faults.campaign.system import System

EVERY = 2.0
SETTLED = 60.0
"""Seconds of a process's life that do not count: it warms up."""
LONG = 240.0
"""Seconds that a process must have lived to say something about growth."""
FILLING = "redis"
"""It fills up to its limit by what it is for, so its growth says nothing."""


class Memory(Follower):
    """Of all processes."""

    def __init__(self, system: System) -> None:
        super().__init__()
        self._system = system
        self._samples: dict[tuple[str, int], list[float]] = defaultdict(list)

    def figures(self) -> dict[str, dict[str, float]]:
        """By process: the most MB it ever had; and of its longest life the seconds and, if long, the growth in MB."""
        found: dict[str, dict[str, float]] = {}
        for (name, _), samples in sorted(self._samples.items(), key=lambda item: len(item[1])):
            figures = found.setdefault(name, {"most_mb": 0.0})
            figures["most_mb"] = max(figures["most_mb"], round(max(samples), 1))
            figures["longest_life_s"] = len(samples) * EVERY
            if len(samples) * EVERY >= LONG and name != FILLING:
                settled = samples[int(SETTLED / EVERY) :]
                part = max(1, len(settled) // 4)
                figures["growth_mb"] = round(statistics.median(settled[-part:]) - statistics.median(settled[:part]), 2)
        return found

    def run(self) -> None:
        """Take samples."""
        while not self.ending.wait(EVERY):
            for name in (*self._names(), "web-worker"):
                pid = self._system.pid(name)
                size = None if pid is None else _resident(pid)
                if pid is not None and size:
                    self._samples[name, pid].append(size)

    def _names(self) -> list[str]:
        try:
            return list(self._system.processes())
        except (OSError, ValueError):
            return []


def _resident(pid: int) -> float | None:
    """MB."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6
    except (OSError, IndexError):
        return None
