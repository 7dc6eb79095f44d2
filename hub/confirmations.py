"""The hub's word to agents on what is stored, so that they may forget it."""

from collections.abc import Iterator

from hub.contract import topics
from hub.contract.presence import Stored
from hub.core.effects import Publish

PAUSE = 0.1
"""Seconds between two words to one agent."""


class Confirmations:
    """The latest word to each agent; times are monotonic."""

    def __init__(self) -> None:
        self._waiting: dict[str, Stored] = {}
        self._next: dict[str, float] = {}

    def add(self, stored: dict[str, Stored]) -> None:
        """Something is stored."""
        self._waiting.update(stored)

    def next_due(self) -> float:
        """When there is something to say."""
        return min((self._next.get(agent, 0.0) for agent in self._waiting), default=1e18)

    def due(self, now: float) -> Iterator[Publish]:
        """What is to be said now."""
        for agent in [agent for agent in self._waiting if self._next.get(agent, 0.0) <= now]:
            self._next[agent] = now + PAUSE
            yield Publish(topics.stored(agent), self._waiting.pop(agent).encode())
