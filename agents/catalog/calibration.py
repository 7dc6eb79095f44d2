"""Calibrations at work: from the number a driver brings to the value of config.yaml, and back."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise

from hub.contract.channels import Number, Value
from hub.contract.config.calibration import Calibration


@dataclass(frozen=True)
class Calibrated:
    """One channel with its calibration."""

    raw: Number
    """The channel as the driver declares it."""
    calibration: Calibration

    def value(self, raw: float) -> float | None:
        """What a raw number means; None where the calibration does not reach."""
        calibration = self.calibration
        if calibration.table is not None:
            found = _interpolated(calibration.table, raw)
        elif calibration.polynomial is not None:
            found = _polynomial(calibration.polynomial, raw)
        else:
            found = raw * _scale(calibration) + (calibration.offset or 0)
        return None if found is None or not math.isfinite(found) else _tidy(found)

    def to_raw(self, value: Value) -> float:
        """The raw number that means `value`. Only a linear calibration can be turned round."""
        return _tidy((float(value) - (self.calibration.offset or 0)) / _scale(self.calibration))

    def channel(self) -> Number:
        """The channel as everybody shall know it."""
        raw, calibration = self.raw, self.calibration
        low, high = (None, None) if not calibration.linear else self._bounds()
        return replace(
            raw,
            unit=raw.unit if calibration.unit is None else calibration.unit,
            decimals=raw.decimals if calibration.decimals is None else calibration.decimals,
            low=low,
            high=high,
            safe=None if raw.safe is None or not calibration.linear else self.value(float(raw.safe)),
            calibration=calibration.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        )

    def mistake(self) -> str | None:
        """Why the channel cannot have it."""
        if self.raw.writable and not self.calibration.linear:
            return "a channel that is set takes scale and offset only: nothing else can be turned round exactly"
        if self.raw.writable and self.raw.whole:
            return "the device takes whole numbers only, which a calibrated value would seldom be; leave it out"
        return None

    def _bounds(self) -> tuple[float | None, float | None]:
        ends = [None if end is None else self.value(end) for end in (self.raw.low, self.raw.high)]
        low, high = ends if _scale(self.calibration) > 0 else reversed(ends)
        return low, high


def _scale(calibration: Calibration) -> float:
    return 1 if calibration.scale is None else calibration.scale


def _interpolated(table: tuple[tuple[float, float], ...], raw: float) -> float | None:
    for (left, at_left), (right, at_right) in pairwise(table):
        if left <= raw <= right:
            return at_left + (at_right - at_left) * ((raw - left) / (right - left))
    return None


def _polynomial(coefficients: tuple[float, ...], raw: float) -> float:
    found = 0.0
    for coefficient in reversed(coefficients):
        found = found * raw + coefficient
    return found


def _tidy(value: float) -> float:
    """Without the digits that reckoning with binary fractions brings."""
    return float(f"{value:.12g}")
