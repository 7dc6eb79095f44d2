"""Alarms as everybody sees them, after ISA-18.2: how urgent, in which state, and the message that tells of one."""

from dataclasses import dataclass
from enum import StrEnum

from hub.contract import wire


class Priority(StrEnum):
    """How urgent it is to do something, the least first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class State(StrEnum):
    """Where an alarm stands."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    """Its cause is there, and nobody has said that he knows."""
    ACKNOWLEDGED = "acknowledged"
    """Its cause is there, and somebody knows."""
    RETURNED = "returned"
    """Its cause is gone, but it is latched: it waits until somebody has acknowledged it."""


class Kind(StrEnum):
    """What an alarm is about."""

    LIMIT = "limit"
    STALE = "stale"
    FAULT = "fault"
    OFFLINE = "offline"
    DOUBLE = "double"
    CONFIG = "config"
    RETAINED = "retained"
    STORE = "store"
    DISK = "disk"
    INTERLOCK = "interlock"


@dataclass(frozen=True, slots=True)
class AlarmMessage(wire.Message):
    """How an alarm stands, on `clayhub/alarm/<id>`, retained. Times are UTC in ISO 8601."""

    kind: str
    state: str
    priority: str
    message: str
    key: str | None
    """`stand/device`; None when it is about none."""
    channel: str | None
    value: float | int | None
    """The value that raised it, of a limit."""
    raised: str
    cleared: str | None
    """When its cause went away."""
    acknowledged: str | None
    by: str | None
    note: str | None
    """What was said when it was acknowledged."""
