"""Who is there: heartbeats, availability, and the hub's word on what it has stored."""

from dataclasses import dataclass
from enum import StrEnum

from hub.contract import wire
from hub.contract.errors import Code, Refused


class Availability(StrEnum):
    """Of a device (all three) or an agent (online, offline)."""

    ONLINE = "online"
    OFFLINE = "offline"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Heartbeat(wire.Message):
    """An agent's sign of life, every second, on `clayhub/agent/<agent>/heartbeat`."""

    boot: str
    beat: int
    ts: str
    epoch: str
    oldest: int
    """The oldest number that the agent still keeps unconfirmed; the next number when it keeps none."""
    newest: int
    """The last number given; 0 before the first."""
    config: str
    """Hash of the config.yaml that the agent runs with."""
    health: dict[str, str]
    """Per device key: `ok`, or the code of its fault."""
    trouble: str | None = None
    """Why the agent cannot keep what the hub has not stored, in words; None when it can."""


@dataclass(frozen=True, slots=True)
class HubHeartbeat(wire.Message):
    """The hub's sign of life, every second, on `clayhub/hub/heartbeat`."""

    boot: str
    beat: int
    ts: str
    token: int


@dataclass(frozen=True, slots=True)
class Stored(wire.Message):
    """The hub has all of `epoch` up to `n`; the agent may forget it."""

    epoch: str
    n: int


@dataclass(frozen=True, slots=True)
class Gap(wire.Message):
    """Numbers from the first to the last of `gap` are not kept, though older ones may be; in an agent's backlog."""

    epoch: str
    gap: list[int]

    def __post_init__(self) -> None:
        """Raises Refused (bad_message)."""
        if [type(n) for n in self.gap] != [int, int] or not 1 <= self.gap[0] <= self.gap[1]:
            raise Refused(Code.BAD_MESSAGE, "The gap is not [first, last].")
