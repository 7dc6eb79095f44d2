"""What the engine is told the time by, and what it asks the hub to do."""

from dataclasses import dataclass
from typing import NamedTuple

from hub.contract.channels import Value


class Moment(NamedTuple):
    """Now. Waits follow `mono`, which never jumps; `wall` only stamps and survives a restart. Both in seconds."""

    mono: float
    wall: float

    @property
    def ms(self) -> int:
        """The wall clock in milliseconds since 1970."""
        return round(self.wall * 1000)


@dataclass(frozen=True, slots=True)
class Save:
    """Keep `run` as the latest run of the procedure `name`; None forgets it. To be done before any Send behind it."""

    name: str
    run: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Send:
    """Command a channel. What became of it comes back through `Engine.on_outcome` with the same `id`."""

    id: str
    key: str
    channel: str
    value: Value
    run: str
    by: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over; `outcome` is done, failed or stopped."""

    name: str
    run: str
    outcome: str


Effect = Save | Send | Ended
