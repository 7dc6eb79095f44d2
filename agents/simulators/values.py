"""Quantities that wander slowly, as a room's do: plausible numbers for a device that has nothing to measure."""

import math
import random


class Wander:
    """A quantity that swings slowly about `centre` by at most `swing`, with a little noise on top.

    The same seed gives the same values at the same times. `noise` is a standard deviation, in the quantity's unit.
    """

    SLOW, FAST = 1800.0, 420.0
    """Periods of the two swings, in seconds."""

    def __init__(self, seed: str, centre: float, swing: float, noise: float) -> None:
        self._seed, self._centre, self._swing, self._noise = seed, centre, swing, noise
        chance = random.Random(seed)  # noqa: S311 (noise, not a secret)
        self._phases = (chance.uniform(0, math.tau), chance.uniform(0, math.tau))

    def at(self, now: float) -> float:
        """The value at `now`, in seconds of any clock."""
        slow = math.sin(math.tau * now / self.SLOW + self._phases[0])
        fast = math.sin(math.tau * now / self.FAST + self._phases[1])
        noise = random.Random(f"{self._seed} {now:.3f}").gauss(0, self._noise)  # noqa: S311
        return self._centre + self._swing * (0.7 * slow + 0.3 * fast) + noise
