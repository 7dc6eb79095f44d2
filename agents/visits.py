"""When a device is visited next: on its grid, or after growing pauses while it fails. Pure: time is an argument."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 8.0
"""Seconds between attempts to open a device that fails; each pause is twice the one before. The longest is how long an
output that owes its safe value may keep another when its device is back. On a shared bus each attempt costs a timeout.
"""


class Visits:
    """Of one device. Times are seconds of one monotonic clock."""

    def __init__(self, period: float, now: float) -> None:
        self.due = now
        """When the next one is."""
        self._period, self._pause = period, FIRST_PAUSE
        self._begun: float | None = None
        """When the latest one began."""

    @property
    def begun(self) -> bool:
        """Whether there was one."""
        return self._begun is not None

    def begin(self, now: float) -> None:
        """It is visited now, whether due or not."""
        self._begun = now

    def succeeded(self, now: float) -> None:
        """The visit that began at `now` brought a reading. The next is on the grid: no drift, and no burst."""
        self.due += self._period * max(1, (now - self.due) // self._period + 1)

    def works(self) -> None:
        """The device does as it should: pauses begin anew."""
        self._pause = FIRST_PAUSE

    def failed(self, now: float) -> None:
        """It does not."""
        self.due = now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def hasten(self) -> None:
        """Somebody waits for it: the next one is soon, however often this is said."""
        if self._begun is not None:
            self.due = min(self.due, self._begun + FIRST_PAUSE)
