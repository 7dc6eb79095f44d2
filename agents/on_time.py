"""How long outputs are at another value than their safe one, against the longest that config.yaml allows (`max_on`).

However often an output is set or its lease renewed, the count goes on: from when it left its safe value, by a command
or by a button on the device, until it is seen there again. Pure: time is an argument.
"""

from collections.abc import Mapping


class OnTimes:
    """Of one device. All times are seconds of one monotonic clock."""

    def __init__(self, longest: Mapping[str, float]) -> None:
        """`longest` has the seconds for each channel that is limited; others are left aside."""
        self._longest = longest
        self._since: dict[str, float] = {}

    def left(self, channel: str, now: float) -> float | None:
        """The channel is set to, or seen at, another value than its safe one. Returns the seconds that it may stay
        there; None for ever."""
        if channel not in self._longest:
            return None
        since = self._since.setdefault(channel, now)
        return max(0.0, since + self._longest[channel] - now)

    def back(self, channel: str) -> None:
        """The channel is seen at its safe value."""
        self._since.pop(channel, None)

    def over(self, now: float) -> dict[str, float]:
        """The channels whose time is over, with the seconds that they had; each is told once."""
        found = {name: self._longest[name] for name, since in self._since.items() if since + self._longest[name] <= now}
        for name in found:
            del self._since[name]
        return found

    def next_end(self) -> float | None:
        """When the next channel's time is over."""
        return min((since + self._longest[name] for name, since in self._since.items()), default=None)
