"""Values that cannot be believed though they are numbers: a sensor that shows the same for too long is frozen, one that
shows the end of what it can show is railed.

Judged is what the device itself showed, before a calibration. Pure: time is an argument.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hub.contract.channels import Channel, Number, Value
from hub.contract.reading import Quality

PERIODS = 3
"""A value that was seen less often than that has had no chance to change."""


@dataclass
class _Stretch:
    """A time in which a channel showed one number, on the monotonic clock."""

    number: float
    since: float
    until: float


class Plausibility:
    """Of the channels of one device. Times are seconds of one monotonic clock."""

    def __init__(self, channels: Iterable[Channel]) -> None:
        numbers = [channel for channel in channels if isinstance(channel, Number)]
        self._rails = {number.name: number.rails for number in numbers if number.rails is not None}
        self._frozen_after = {number.name: number.frozen_after for number in numbers if number.frozen_after is not None}
        self._stretches: dict[str, _Stretch] = {}

    def doubts(self, shown: Mapping[str, Value | None], said: Mapping[str, str], now: float) -> dict[str, str]:
        """The quality of what cannot be believed in a reading. `said` is what its driver says: it stands, but that a
        number lies outside its range is said better by `railed`."""
        found: dict[str, str] = {}
        for name in self._rails.keys() | self._frozen_after.keys():
            number = shown[name]
            if number is None or isinstance(number, str):
                continue
            frozen = self._is_frozen(name, number, now)
            if said.get(name, Quality.SUSPECT) == Quality.SUSPECT and self._is_railed(name, number):
                found[name] = Quality.RAILED
            elif frozen and name not in said:
                found[name] = Quality.FROZEN
        return found

    def _is_railed(self, name: str, shown: float) -> bool:
        low, high = self._rails.get(name, (float("-inf"), float("inf")))
        return shown <= low or shown >= high

    def _is_frozen(self, name: str, shown: float, now: float) -> bool:
        """A hole as long as the time itself, in which nothing was shown, begins it anew."""
        longest = self._frozen_after.get(name)
        if longest is None:
            return False
        stretch = self._stretches.get(name)
        if stretch is None or stretch.number != shown or now - stretch.until >= longest:
            stretch = self._stretches[name] = _Stretch(shown, now, now)
        stretch.until = now
        return now - stretch.since >= longest


def mistakes(channel: Channel, period: float | None = None) -> Iterator[tuple[str, str]]:
    """What is wrong with what a channel says of itself, each with its key. `period` is that of its device, if known."""
    if not isinstance(channel, Number):
        return
    for key, given in (("frozen_after", channel.frozen_after), ("rails", channel.rails)):
        if given is not None and channel.writable:
            yield key, "a channel that is set shows what it was set to; leave it out"
    if channel.rails is not None and channel.rails[0] >= channel.rails[1]:
        yield "rails", "these are the least and the most that the sensor can show, as in [0, 4095]"
    if channel.frozen_after is not None and channel.frozen_after < PERIODS * (period or 0):
        yield "frozen_after", f"it is read every {period:g}s; give it {PERIODS} periods at least to change its value"
