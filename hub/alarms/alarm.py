"""One alarm and how it goes from state to state.

          cause comes                    somebody acknowledges
normal ----------------> unacknowledged ----------------------> acknowledged
  ^  ^                    |          ^                               |
  |  | cause goes         | cause    | cause comes again             | cause goes
  |  +--(not latched)-----+ goes     |                               |
  |                       v          |                               |
  +---acknowledged--- returned ------+                               |
  +------------------------------------------------------------------+
"""

from dataclasses import dataclass, replace

from hub.contract import times
from hub.contract.alarm import AlarmMessage, Kind, Priority, State
from hub.contract.errors import Code, Refused


@dataclass(frozen=True, slots=True)
class Definition:
    """What can be wrong."""

    id: str
    kind: Kind
    priority: Priority
    key: str | None = None
    """The device, `stand/device`; None when it is about none."""
    channel: str | None = None
    latched: bool = False
    delay: float = 0.0
    """Seconds that the cause must last before it is an alarm."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong, or has just ended. Times are milliseconds since 1970. As JSON it stands in Redis."""

    id: str
    kind: str
    priority: str
    key: str | None
    channel: str | None
    latched: bool
    message: str
    value: float | int | None
    raised: int
    state: str = State.UNACKNOWLEDGED
    cleared: int | None = None
    """When its cause went away."""
    acknowledged: int | None = None
    by: str | None = None
    note: str | None = None
    told: int | None = None
    """When somebody who is not looking was told of it last."""

    @property
    def active(self) -> bool:
        """Whether its cause is there."""
        return self.state in (State.UNACKNOWLEDGED, State.ACKNOWLEDGED)

    @property
    def waits(self) -> bool:
        """Whether nobody has acknowledged it."""
        return self.state in (State.UNACKNOWLEDGED, State.RETURNED)

    def clear(self, now_ms: int) -> "Alarm":
        """Its cause has gone. That of an interlock which is latched is acknowledged once more: this releases it."""
        latched = self.latched and (self.state == State.UNACKNOWLEDGED or self.kind == Kind.INTERLOCK)
        return replace(self, state=State.RETURNED if latched else State.NORMAL, cleared=now_ms)

    def acknowledge(self, by: str, note: str | None, now_ms: int) -> "Alarm":
        """Somebody knows. Raises Refused (bad_message) when somebody has said so before."""
        if not self.waits:
            raise Refused(Code.BAD_MESSAGE, f"The alarm {self.id} has been acknowledged by {self.by} already.")
        state = State.ACKNOWLEDGED if self.active else State.NORMAL
        return replace(self, state=state, acknowledged=now_ms, by=by, note=note)

    def encode(self) -> bytes:
        """The message on `clayhub/alarm/<id>`."""
        raised, cleared, acknowledged = map(_instant, (self.raised, self.cleared, self.acknowledged))
        return AlarmMessage(
            self.kind,
            self.state,
            self.priority,
            self.message,
            self.key,
            self.channel,
            self.value,
            raised or "",
            cleared,
            acknowledged,
            self.by,
            self.note,
        ).encode()


def raise_(what: Definition, message: str, value: float | int | None, now_ms: int) -> Alarm:
    """The alarm comes."""
    return Alarm(what.id, what.kind, what.priority, what.key, what.channel, what.latched, message, value, now_ms)


def _instant(ms: int | None) -> str | None:
    return None if ms is None else times.instant(ms / 1000)
