"""What the interlocks say, as the agent's loop last decided, for the workers to look at just before they set a device.

The loop puts immutable rulings in place of those before; nothing is locked. A ruling holds only as long as the values
that it rests on can be believed, so that a loop that is held up allows nothing on old values.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one interlock says of one output."""

    reason: str | None
    """Why it may be at its safe value only; None when it may be set."""
    until: float
    """Until when it may be set, if no newer ruling comes; monotonic."""
    expired: str
    """Why it may not be set any more after that."""

    def forbids(self, now: float) -> str | None:
        """Why the output may not be set now; None when it may."""
        return self.expired if self.reason is None and now > self.until else self.reason


Rulings = Mapping[str, Mapping[str, tuple[Ruling, ...]]]
"""By device and channel."""


class Verdict:
    """One slot, which the loop fills and the workers look at."""

    def __init__(self) -> None:
        self._rulings: Rulings = {}

    def publish(self, rulings: Rulings) -> None:
        """From now on these hold and no others."""
        self._rulings = rulings

    def forbidden(self, key: str, now: float) -> dict[str, str]:
        """The outputs of the device that must be at their safe value, each with the reason."""
        found: dict[str, str] = {}
        for channel, rulings in self._rulings.get(key, {}).items():
            reasons = [reason for ruling in rulings if (reason := ruling.forbids(now)) is not None]
            if reasons:
                found[channel] = " ".join(reasons)
        return found
