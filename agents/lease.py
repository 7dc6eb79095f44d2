"""Leases: how long a set value may stand before its output must go back to the safe value. Pure: time is an argument.

A value set by the hub is renewed by the hub's heartbeats; anybody else renews by setting it again.
"""

from dataclasses import dataclass


@dataclass
class _Lease:
    seconds: float
    token: int | None
    """The fencing token of the hub that set the value; None when somebody else did."""
    ends: float


class Leases:
    """The leases of one device, by channel. All times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._leases: dict[str, _Lease] = {}

    def start(self, channel: str, seconds: float, token: int | None, now: float) -> None:
        """A value was set: its lease begins, in place of any before."""
        self._leases[channel] = _Lease(seconds, token, now + seconds)

    def end(self, channel: str) -> None:
        """The channel has its safe value, which may stand for ever."""
        self._leases.pop(channel, None)

    def renew(self, token: int, now: float) -> None:
        """The hub with this token lives. It renews what it set itself or took over from an older hub; what has
        already ended stays ended."""
        for lease in self._leases.values():
            if lease.token is not None and lease.token <= token and lease.ends > now:
                lease.ends = now + lease.seconds

    def ended(self, now: float) -> set[str]:
        """The channels whose lease is over; each is told once."""
        over = {channel for channel, lease in self._leases.items() if lease.ends <= now}
        for channel in over:
            del self._leases[channel]
        return over

    def next_end(self) -> float | None:
        """When the next lease ends, if none is renewed before."""
        return min((lease.ends for lease in self._leases.values()), default=None)
