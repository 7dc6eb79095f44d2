"""Who is there: heartbeats, availability, and the hub's word on what it has stored."""

from dataclasses import dataclass
from enum import StrEnum

from hub.contract import wire


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
