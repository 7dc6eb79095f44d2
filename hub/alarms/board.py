"""All alarms that stand: it is told again and again what is and what is not the case, and says what that changes."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from hub.alarms.alarm import Alarm, Definition, raise_
from hub.contract.alarm import State
from hub.contract.errors import Code, Refused
from hub.procedures.effects import Moment


class Board:
    """`kept` is what stood before, as JSON; what is not defined any more is left aside."""

    def __init__(self, definitions: Iterable[Definition], kept: Mapping[str, Mapping[str, Any]]) -> None:
        self.definitions = {what.id: what for what in definitions}
        self.standing: dict[str, Alarm] = {}
        self._pending: dict[str, float] = {}
        for alarm_id, data in kept.items():
            if alarm_id in self.definitions:
                self._restore(self.definitions[alarm_id], data)

    def is_active(self, alarm_id: str) -> bool:
        """Whether the alarm stands and its cause is there."""
        alarm = self.standing.get(alarm_id)
        return alarm is not None and alarm.active

    def judge(
        self, alarm_id: str, active: bool, message: str, now: Moment, value: float | int | None = None
    ) -> Alarm | None:
        """The cause is there or not; returns the alarm if that changes it. What is unknown is not to be judged."""
        standing = self.standing.get(alarm_id)
        if not active:
            self._pending.pop(alarm_id, None)
            return self._put(standing.clear(now.ms)) if standing is not None and standing.active else None
        what = self.definitions[alarm_id]
        if standing is not None and standing.active:
            return None
        if now.mono - self._pending.setdefault(alarm_id, now.mono) < what.delay:
            return None
        del self._pending[alarm_id]
        return self._put(raise_(what, message, value, now.ms))

    def acknowledge(self, alarm_id: str, by: str, note: str | None, now: Moment) -> Alarm:
        """Somebody knows. Raises Refused: unknown_target, bad_message."""
        standing = self.standing.get(alarm_id)
        if standing is None:
            raise Refused(Code.UNKNOWN_TARGET, f"There is no alarm {alarm_id[:80]!r} now; nothing is to be done.")
        return self._put(standing.acknowledge(by, note, now.ms))

    def told(self, alarm_id: str, now: Moment) -> Alarm:
        """Somebody was told of it."""
        return self._put(replace(self.standing[alarm_id], told=now.ms))

    def _put(self, alarm: Alarm) -> Alarm:
        if alarm.state == State.NORMAL:
            del self.standing[alarm.id]
        else:
            self.standing[alarm.id] = alarm
        return alarm

    def _restore(self, what: Definition, data: Mapping[str, Any]) -> None:
        known = {field.name for field in fields(Alarm)}
        try:
            alarm = Alarm(**{name: value for name, value in data.items() if name in known})
        except TypeError:
            return  # of another version of clayhub: if its cause is there, it comes anew
        self.standing[alarm.id] = replace(alarm, priority=what.priority, latched=what.latched)
