"""What the hub knows of one agent."""

from dataclasses import dataclass, field

from hub.procedures.effects import Moment

SEPARATE = 10.0
"""Seconds without a sign of a second agent of one name until there is only one again."""


@dataclass(slots=True)
class Agent:
    """What is known of one agent."""

    name: str
    devices: list[str]
    seen: float
    """When it was heard of last, on the monotonic clock."""
    online: bool | None = None
    """None: not known yet."""
    boot: str = ""
    beat: int = 0
    epoch: str = ""
    config: str = ""
    health: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None
    """Why it cannot keep what is not stored."""
    double: str = ""
    """The boot of another agent of the same name that was told of."""
    rival: str = ""
    """Another boot was heard after this one: it is a second agent if this one is heard again, else its successor."""
    doubled: float | None = None
    """When it was surely one of two agents last, on the monotonic clock."""

    def is_double(self, now: Moment) -> bool:
        """Whether there is another of the same name."""
        return self.doubled is not None and now.mono - self.doubled < SEPARATE

    def news(self) -> tuple[object, ...]:
        """What the panels are told at once when it changes."""
        return (self.online, self.boot, self.config, self.health)
