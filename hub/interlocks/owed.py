"""Outputs that interlocks want at their safe values, and when each is to be commanded."""

from collections.abc import Iterator

from hub.contract.interlock import Point

AGAIN = 5.0
"""Seconds until an output is commanded again that does not show its safe value."""


class Owed:
    """Times are monotonic."""

    def __init__(self) -> None:
        self._owed: dict[Point, str] = {}
        self._not_before: dict[Point, float] = {}

    def owe(self, output: Point, interlock: str) -> None:
        """The output must be safe, because of the interlock of that name."""
        self._owed.setdefault(output, interlock)

    def trip(self, output: Point, interlock: str) -> None:
        """The same, and at once: whatever was commanded before, a command may have come behind it."""
        self._not_before.pop(output, None)
        self.owe(output, interlock)

    def due(self, now: float) -> Iterator[tuple[Point, str]]:
        """What is to be commanded now, and because of which interlock."""
        for output, interlock in list(self._owed.items()):
            if now >= self._not_before.get(output, now):
                yield output, interlock

    def commanded(self, output: Point, now: float) -> None:
        """It was commanded."""
        self.forget(output)
        self._not_before[output] = now + AGAIN

    def forget(self, output: Point) -> None:
        """It need not be commanded any more."""
        self._owed.pop(output, None)
