"""What a device's outputs owe to safety: which must go to their safe value, and which may keep theirs until when.

Outputs *owe* their safe value at the start, when their lease is over, and when nobody knows what they are. Nothing is
ever switched on again by itself. Pure: time is an argument.
"""

from collections.abc import Iterable, Mapping

from agents.lease import Leases
from agents.on_time import OnTimes
from hub.contract.channels import Value
from hub.contract.description import Description


class Safety:
    """The outputs of one device. Times are seconds of one monotonic clock."""

    def __init__(self, description: Description) -> None:
        channels = description.channels
        self.values: dict[str, Value] = {channel.name: channel.safe for channel in channels if channel.safe is not None}
        """The safe values, by channel."""
        self.owed = set(self.values)
        """The channels that must go to their safe value before anything else is done."""
        self._seconds = {channel.name: channel.lease for channel in channels if channel.lease is not None}
        self._leases = Leases()
        self._on_times = OnTimes({channel.name: channel.max_on for channel in channels if channel.max_on is not None})

    def owe_all(self) -> None:
        """Control is lost, or begins: every output must be safe."""
        self.owed = set(self.values)

    def owe(self, channels: Iterable[str]) -> None:
        """These must be safe, for a reason that others know."""
        self.owed |= self.values.keys() & set(channels)

    def unknown(self, channel: str) -> None:
        """A write failed: what the output is now, nobody knows."""
        self.owed |= self.values.keys() & {channel}

    def paid(self) -> None:
        """The device shows the safe values that were owed."""
        for channel in self.owed:
            self._leases.end(channel)
            self._on_times.back(channel)
        self.owed = set()

    def hold(self, channel: str, value: Value, token: int | None, now: float) -> float | None:
        """A value is about to be set: its lease begins. Returns the seconds it may stand; None for ever."""
        if value == self.values.get(channel):
            return None
        lease, longest = self._seconds.get(channel), self._on_times.left(channel, now)
        if lease is not None:
            self._leases.start(channel, lease, token, now)
        return min((seconds for seconds in (lease, longest) if seconds is not None), default=None)

    def confirmed(self, channel: str, value: Value) -> None:
        """The device shows the value. The safe one needs no lease."""
        if value == self.values.get(channel):
            self._leases.end(channel)

    def seen(self, at_safe: Mapping[str, bool], now: float) -> None:
        """The device was read: whether each of these outputs is at its safe value."""
        for channel, safe in at_safe.items():
            if safe:
                self._on_times.back(channel)
            else:
                self._on_times.left(channel, now)

    def renew(self, token: int, now: float) -> None:
        """The hub with this token lives."""
        self._leases.renew(token, now)

    @property
    def next_end(self) -> float | None:
        """When the next lease ends, or the time of an output with `max_on`."""
        ends = (self._leases.next_end(), self._on_times.next_end())
        return min((end for end in ends if end is not None), default=None)

    def end_leases(self, now: float) -> set[str]:
        """The channels whose lease is over now; they owe their safe value from now on."""
        over = self._leases.ended(now)
        self.owed |= over
        return over

    def end_on_times(self, now: float) -> dict[str, float]:
        """The channels that were away from their safe value as long as they may, with these seconds; they owe it."""
        over = self._on_times.over(now)
        self.owed |= over.keys()
        return over
