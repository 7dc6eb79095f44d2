"""The hub's word to agents on what is stored, so that they may forget it."""

from collections.abc import Iterator, Mapping

from hub.contract import topics
from hub.contract.presence import Stored
from hub.core.effects import Publish

PAUSE = 0.1
"""Seconds between two words: a flood of readings needs no flood of these."""


class Confirmations:
    """The latest word to each agent; times are monotonic."""

    def __init__(self) -> None:
        self._waiting: dict[str, Stored] = {}
        self._told: dict[str, Stored] = {}
        self._next = 0.0

    def add(self, stored: Mapping[str, Stored]) -> None:
        """So much is stored: tell of it as soon as it would outlive Redis."""
        self._waiting.update(stored)

    def next_due(self) -> float:
        """When there is something to say."""
        return self._next if self._waiting else 1e18

    def due(self, durable: Mapping[str, Stored], now: float) -> Iterator[Publish]:
        """What is to be said now, and no more than `durable`."""
        self._next = now + PAUSE
        for agent, wanted in list(self._waiting.items()):
            found = durable.get(agent)
            if found is None:
                continue
            reached = found.epoch == wanted.epoch and found.n >= wanted.n
            if reached:
                del self._waiting[agent]
            if reached or found != self._told.get(agent):
                self._told[agent] = found
                yield Publish(topics.stored(agent), found.encode())
