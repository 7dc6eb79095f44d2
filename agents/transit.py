"""How long a message may have been on its way from the broker. Pure: time is an argument.

A `set` carries no time, and an agent or a broker that was frozen delivers late what was said meanwhile. So the agent
listens to its own heartbeat: what comes after the echo of one left the broker after that heartbeat was sent. No wall
clock decides.
"""

from collections import deque

from agents.guard import MAX_AGE

LATE = MAX_AGE - 1.0
"""Seconds: an echo later than that says that something stood still. Together with the second from one heartbeat to the
next it makes MAX_AGE."""


class Transit:
    """Whether what comes now is surely not older than MAX_AGE."""

    def __init__(self) -> None:
        self._sent: deque[tuple[int, float]] = deque(maxlen=32)
        self._needed = 0
        """Heartbeats before this one vouch for nothing."""
        self._vouched = float("-inf")
        """When the heartbeat was sent whose echo came last."""

    def sent(self, beat: int, now: float) -> None:
        """The heartbeat with this number went out."""
        self._sent.append((beat, now))

    def echoed(self, beat: int, now: float) -> None:
        """The heartbeat came back."""
        sent = dict(self._sent).get(beat, float("-inf"))
        if now - sent > LATE:
            self.doubt()
        elif beat >= self._needed:
            self._vouched = sent

    def doubt(self) -> None:
        """What the broker has taken up to now may be old: only the echo of a heartbeat still to be sent counts."""
        self._needed = self._sent[-1][0] + 1 if self._sent else 0
        self._vouched = float("-inf")

    def prompt(self, now: float) -> bool:
        """Whether a message that comes now left its sender's broker at most MAX_AGE ago."""
        return now - self._vouched <= MAX_AGE
