"""What devices showed last, and whether that can still be believed. Pure: time is an argument, monotonic."""

from collections.abc import Mapping
from typing import Protocol

from hub.contract.channels import Value
from hub.contract.interlock import Point, Unknown
from hub.contract.reading import STALE_PERIODS, Quality

NEVER = float("-inf")


class Shown(Protocol):
    """A reading, in whatever form."""

    @property
    def values(self) -> Mapping[str, Value | None]:
        """By channel."""

    @property
    def quality(self) -> Mapping[str, str]:
        """By channel: why its value must not be believed."""


class Latest:
    """The latest reading of each device that matters."""

    def __init__(self, periods: Mapping[str, float]) -> None:
        """Which devices matter, by their keys, with the seconds from reading to reading of each."""
        self._believed = {key: STALE_PERIODS * period for key, period in periods.items()}
        self._readings: dict[str, tuple[Shown, float]] = {}
        """With the time until which each can be believed."""
        self._faults: dict[str, str] = {}

    def obtained(self, key: str, shown: Shown, now: float) -> None:
        """A device was read."""
        if key in self._believed:
            self._readings[key] = shown, now + self._believed[key]

    def health(self, key: str, fault: str | None) -> None:
        """A device with a fault shows nothing that can be believed; after it, what it then shows."""
        if fault is None:
            self._faults.pop(key, None)
        else:
            self._faults[key] = fault
            self._readings.pop(key, None)

    def until(self, key: str) -> float:
        """Until when the latest reading of a device can be believed."""
        return NEVER if key in self._faults or key not in self._readings else self._readings[key][1]

    def reading(self, key: str, now: float) -> Shown | Unknown:
        """The latest reading of a device, or why there is none to believe."""
        if key in self._faults:
            return Unknown(f"is not known ({self._faults[key]})")
        if key not in self._readings:
            return Unknown("is not known (not read yet)")
        shown, until = self._readings[key]
        return shown if now <= until else Unknown(f"is not known (older than {self._believed[key]:g} s)")

    def value(self, point: Point, now: float) -> bool | float | Unknown:
        """The latest value of a number or switch, or why there is none to believe."""
        shown = self.reading(point.key, now)
        if isinstance(shown, Unknown):
            return shown
        doubt, value = shown.quality.get(point.channel), shown.values.get(point.channel)
        if doubt is not None or value is None or isinstance(value, str):
            return Unknown(f"is not known ({doubt or Quality.SUSPECT})")
        return value
