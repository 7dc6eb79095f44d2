"""What a simulated SBA-5 has in its measuring cell, and how its own averaging shows it."""

import math

from agents.simulators.sba5_line import Sample
from agents.simulators.sba5_settings import Settings
from agents.simulators.surroundings import Exchange
from agents.simulators.values import Wander, noise

DATA_RATE = 1.0
"""Seconds between the instrument's own measurements."""

AVERAGING = 3.4
"""Time constant of the running average: 3.5 s to 66 % and 16.4 s to 99 % of a step, as nearly as one constant can."""

ZERO_COUNTS = 50_885
ABSORPTION = 1.126e-4
"""Per ppm, so that 501 ppm lower the counts from 50885 to 48094."""


class Cell:
    """The gas cell and its sensors. With the pump off the gas in it stays what it was."""

    def __init__(self, seed: str, now: float, exchange: Exchange) -> None:
        self._seed, self._exchange = seed, exchange
        self._heat = Wander(f"{seed} heat", 55, 0.08)
        self._air = Wander(f"{seed} air", 1004, 2)
        self._gas = self._average = self._sampled(now)
        self._measured_at = now

    def sample(self, now: float, settings: Settings) -> Sample:
        """What the instrument would report at `now`."""
        self._measure(now, settings)
        heat = self._heat.at(now) + noise(f"{self._seed} heat", now, 0.02)
        return Sample(
            zero_counts=ZERO_COUNTS,
            counts=round(ZERO_COUNTS * math.exp(-ABSORPTION * self._average)),
            co2=max(0.0, self._average * settings["U"]),
            irga=heat,
            humidity=14.2 + (heat - 55),
            humidity_temperature=heat - 20,
            pressure=self._air.at(now),
            detector=heat,
            source=heat + 0.1,
            millivolts=613.0,
        )

    def _measure(self, now: float, settings: Settings) -> None:
        passed = now - self._measured_at
        if passed < DATA_RATE:
            return
        self._measured_at = now
        if settings["P"]:
            self._gas = self._sampled(now)
        if abs(self._gas - self._average) > settings["B"]:
            self._average = self._gas
        else:
            self._average += (self._gas - self._average) * (1 - math.exp(-passed / AVERAGING))

    def _sampled(self, now: float) -> float:
        return max(0.0, self._exchange({}, now).co2 + noise(f"{self._seed} co2", now, 0.3))
