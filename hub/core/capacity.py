"""How full Redis and the hub's disk are. Before they are full readings wait with their agents: commands come first.

A reading is not lost by waiting, an OFF is. So the last fifth of the memory and the last part of the disk are for
commands and what becomes of them.
"""

from typing import NamedTuple

from hub.alarms.definitions import DISK_HUB, STORE_REDIS
from hub.alarms.findings import Finding
from hub.core.alarms import Alarms
from hub.core.effects import Effects
from hub.procedures.effects import Moment

FULL, ROOM = 0.80, 0.75
"""Shares of the memory: from `FULL` on readings wait and the oldest are forgotten, until less than `ROOM` is in use."""
SPARE, MOST_SPARE = 0.05, 256 * 2**20
"""What must stay free of the disk: a share of it, at most so many bytes. Redis writes its file anew now and then,
which takes as much again as the memory holds (256 MB as shipped); on a small disk a share must do.
"""
RELIEF = 1.25
"""So many times the spare part must be free until readings are taken again."""


class Measured(NamedTuple):
    """What was found."""

    memory: float
    """The share of its memory that Redis uses."""
    free: int
    """Bytes that are free on the disk of the folder `var`."""
    disk: int
    """Bytes that the disk has in all."""


class Capacity:
    """Judges what is measured about every second."""

    def __init__(self, alarms: Alarms, out: Effects) -> None:
        self._alarms, self._out = alarms, out
        self._memory_full = self._disk_full = False

    def on_measured(self, found: Measured, now: Moment) -> None:
        """Redis answers and takes writes."""
        self._memory_full = found.memory >= (ROOM if self._memory_full else FULL)
        spare = min(SPARE * found.disk, MOST_SPARE)
        self._disk_full = found.free < spare * (RELIEF if self._disk_full else 1)
        self._out.reserve = 0 if self._disk_full else int(spare / 4)
        self._out.trim = self._memory_full
        self._out.readings_wait = self._memory_full or self._disk_full
        self._alarms.on_finding(Finding(STORE_REDIS, self._memory_full, _memory(found)), now)
        self._alarms.on_finding(Finding(DISK_HUB, self._disk_full, _disk(found, spare)), now)

    def on_refused(self, why: str, now: Moment) -> None:
        """Redis has taken nothing for some seconds."""
        self._alarms.on_finding(Finding(STORE_REDIS, True, sentence(why)), now)
        self._alarms.remind(now)


def sentence(why: str) -> str:
    """What is wrong while Redis takes nothing."""
    return f"{why} Until then nothing is stored, commanded or shown."


def _memory(found: Measured) -> str:
    return (
        f"Redis uses {found.memory:.0%} of its memory: the oldest readings are forgotten and new ones wait with their "
        "agents. Give it more: `memory` under `redis` in config.yaml."
    )


def _disk(found: Measured, spare: float) -> str:
    return (
        f"The hub's disk has {found.free / 1e6:.0f} MB left, and {spare / 1e6:.0f} MB are for commands: readings wait "
        "with their agents. Make room."
    )
