"""Numbers as nature and sensors give them: quantities that wander slowly, and noise.

The same seed gives the same values at the same times.
"""

import math
import random


class Wander:
    """A quantity that swings slowly about `centre` by at most `swing`, as a room's temperature does."""

    SLOW, FAST = 1800.0, 420.0
    """Periods of the two swings, in seconds."""

    def __init__(self, seed: str, centre: float, swing: float) -> None:
        self._centre, self._swing = centre, swing
        chance = random.Random(seed)  # noqa: S311 (a phase, not a secret)
        self._phases = (chance.uniform(0, math.tau), chance.uniform(0, math.tau))

    def at(self, now: float) -> float:
        """The value at `now`, in seconds of any clock."""
        slow = math.sin(math.tau * now / self.SLOW + self._phases[0])
        fast = math.sin(math.tau * now / self.FAST + self._phases[1])
        return self._centre + self._swing * (0.7 * slow + 0.3 * fast)


def noise(seed: str, now: float, deviation: float) -> float:
    """What a sensor adds to a quantity at `now`; `deviation` is its standard deviation."""
    return random.Random(f"{seed} {now:.3f}").gauss(0, deviation)  # noqa: S311
