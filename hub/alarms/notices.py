"""Whom nobody sees is told: which alarms to send, when to send them again, and the daily sign of life."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.alarms.alarm import Alarm
from hub.contract.alarm import Priority
from hub.contract.config.alarms import Notify
from hub.procedures.effects import Moment

QUIET_MS = 60_000
"""The same alarm is not told twice within it, however often it comes and goes."""

_ORDER = list(Priority)


@dataclass(frozen=True, slots=True)
class Notice:
    """What to send."""

    title: str
    body: str


class Notices:
    """`lab` is the laboratory's title, which begins every notice."""

    def __init__(self, config: Notify, lab: str) -> None:
        self._config, self._lab = config, lab
        self._latest: dict[str, int] = {}
        self._open: set[str] = set()
        """Alarms of which people were told that they came, and not yet that they are over."""
        self._sign_of_life: datetime | None = None

    def ended(self, alarm: Alarm) -> Notice | None:
        """The alarm has become normal; a notice if it had been told of."""
        told = alarm.told is not None or alarm.id in self._open
        self._open.discard(alarm.id)
        return self._notice("over", alarm) if told else None

    def due(self, standing: Mapping[str, Alarm], now: Moment) -> dict[str, Notice]:
        """By alarm: what nobody has been told yet, or has not acknowledged since `repeat`."""
        found = {}
        for alarm in standing.values():
            if alarm.waits and self._is_urgent(alarm) and self._is_due(alarm, now.ms):
                self._latest[alarm.id] = now.ms
                self._open.add(alarm.id)
                found[alarm.id] = self._notice("alarm" if alarm.told is None else "still", alarm)
        return found

    def sign_of_life(self, standing: Iterable[Alarm], devices: str, now: Moment) -> Notice | None:
        """The daily notice, when its time has come; `devices` says how many are there."""
        if self._config.sign_of_life is None:
            return None
        due, self._sign_of_life = self._sign_of_life, self._next(now.wall)
        if due is None or due == self._sign_of_life:
            return None
        alarms = "\n".join(f"{alarm.priority}: {alarm.message}" for alarm in standing)
        return Notice(f"{self._lab}: sign of life", f"{devices}\n{alarms or 'No alarms.'}")

    def _is_urgent(self, alarm: Alarm) -> bool:
        return _ORDER.index(Priority(alarm.priority)) >= _ORDER.index(Priority(self._config.priority))

    def _is_due(self, alarm: Alarm, now_ms: int) -> bool:
        if alarm.told is None:
            return now_ms - self._latest.get(alarm.id, now_ms - QUIET_MS) >= QUIET_MS
        return now_ms - alarm.told >= self._config.repeat * 1000

    def _next(self, wall: float) -> datetime:
        """The first sign of life after `wall`, in seconds since 1970."""
        zone = ZoneInfo(self._config.zone)
        here = datetime.fromtimestamp(wall, zone)
        at = datetime.combine(here.date(), time.fromisoformat(self._config.sign_of_life or "00:00"), zone)
        return at if at > here else at + timedelta(days=1)

    def _notice(self, word: str, alarm: Alarm) -> Notice:
        about = "/".join(part for part in (alarm.key, alarm.channel) if part)
        value = "" if alarm.value is None else f" ({alarm.value:.6g} when it came)"
        where = f"{about}{value}\n" if about else ""
        hint = "" if word == "over" else "\nAcknowledge it in the panel, or with `clayhub alarms acknowledge`."
        return Notice(
            f"{self._lab}: {word}: {alarm.message}", f"{where}{alarm.priority}, {alarm.id}, {alarm.state}{hint}"
        )
