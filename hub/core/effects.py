"""What the hub's decisions ask for: messages to publish, things to write, schedules to arm, people to be told.

All parts of the core add to one `Effects`, and the performer takes out of it what it has done.
"""

from typing import NamedTuple

from hub.alarms.notices import Notice
from hub.schedule.book import Arm
from hub.state.journal import Journal
from hub.state.lane import Lane
from hub.state.live import Live


class Publish(NamedTuple):
    """A message for the broker."""

    topic: str
    payload: bytes
    retain: bool = False
    qos: int = 1
    command: str | None = None
    """The id of the command that it is: if it cannot be sent, the core wants to know."""


class Effects:
    """What is to be done. Live and journal stay until they are written; the rest is taken away when it is performed."""

    def __init__(self) -> None:
        self.publishes: list[Publish] = []
        self.lane = Lane()
        self.live = Live()
        self.journal = Journal()
        self.arms: list[Arm] = []
        self.notices: list[Notice] = []
        self.trim = False
        """Whether the oldest readings are to be forgotten, because Redis is full."""
        self.readings_wait = False
        """Whether nothing is to be stored or confirmed of what agents have numbered: they keep it."""
        self.reserve = 0
        """Bytes of the disk that may be kept for the time when it is full; 0 when it is about to be."""
