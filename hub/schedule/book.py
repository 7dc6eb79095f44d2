"""The book of schedules: what ran last, what was missed, what runs now, what is due next. Pure.

`seen` is the instant up to which everything due has been answered for. It is kept, together with the run's id, before
the run acts: a run may be found unfinished after a crash, but none happens twice and none is lost unnoticed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hub.contract.config.procedures import Schedule
from hub.contract.description import Description
from hub.contract.errors import Code, Refused
from hub.procedures.plan import safe_value
from hub.schedule.due import latest_due, next_due, run_id
from hub.schedule.record import Record

LATE = 10_000
"""Milliseconds after which a run counts as missed: the hub was down, the machine slept, the clock was set forward."""
AHEAD = 3_600_000
"""Milliseconds that `seen` may lie in the future before the clock it was written by is held to have been wrong."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep the record of the schedule `name`; None removes it. To be done before any StartRun behind it."""

    name: str
    record: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Arm:
    """Wake the hub by Due at `due` (ms since 1970); None: not at all."""

    name: str
    due: int | None


@dataclass(frozen=True, slots=True)
class StartRun:
    """Do what the schedule says. Its end is told to `Book.on_ended` with the same `run`."""

    name: str
    run: str
    schedule: Schedule


Effect = Keep | Arm | StartRun


class Book:
    """All schedules. `descriptions` is the hub's own live mapping and is only looked at."""

    def __init__(self, schedules: Mapping[str, Schedule], descriptions: Mapping[str, Description]) -> None:
        self._schedules = schedules
        self._descriptions = descriptions
        self._records: dict[str, Record] = {}
        self._owed: dict[str, str] = {}
        """By schedule, the device (`stand/device`) that its last run should have made safe and did not reach."""

    def open(
        self, kept: Mapping[str, dict[str, object]], runs: Mapping[str, dict[str, object]], now: int
    ) -> list[Effect]:
        """Begin, once the clock is set: with what earlier hubs kept and the procedures' latest runs, as now kept."""
        effects: list[Effect] = [Keep(name, None) for name in kept if name not in self._schedules]
        for name, schedule in self._schedules.items():
            record = self._records[name] = Record.from_json(kept.get(name, {}), schedule.enabled, now)
            if record.seen > now + AHEAD:
                record.seen, record.last_outcome = now, record.last_outcome or "unknown"
            missed = self._missed(name, schedule, record, runs, now)
            effects += self._keep(name, now) if missed is None else self._answer(name, missed, now)
        return effects

    def on_due(self, name: str, due: int, now: int) -> list[Effect]:
        """An armed instant has come. One that was answered for already, or of a disabled schedule, is left aside."""
        record = self._records[name]
        if not record.enabled or due <= record.seen:
            return []
        return self._answer(name, due, now)

    def on_ended(self, run: str, outcome: str, now: int, *, unreached: str | None = None) -> list[Effect]:
        """A run is over; runs of nobody's schedule are left aside. `unreached`: the device that did not hear of it."""
        name, _, _ = run.partition("@")
        record = self._records.get(name)
        if record is None or record.last is None or run_id(name, record.last) != run:
            return []
        record.last_outcome = outcome
        schedule = self._schedules[name]
        if unreached is not None and schedule.missed != "skip" and self._makes_safe(schedule):
            self._owed[name] = unreached
        return self._keep(name, now)

    def on_heard(self, devices: Collection[str], now: int) -> list[Effect]:
        """These devices can be commanded: what they should have been told meanwhile to be safe they are told now."""
        owed = [name for name, device in sorted(self._owed.items()) if device in devices]
        return [effect for name in owed for effect in self._answer(name, now, now)]

    def enable(self, name: str, enabled: bool, now: int) -> list[Effect]:
        """Start or stop the schedule. What fell due while it was stopped was not missed.

        Raises Refused: unknown_target, or busy before the clock is set.
        """
        record = self._record(name)
        record.enabled, record.seen = enabled, max(record.seen, now)
        self._owed.pop(name, None)
        return self._keep(name, now)

    def reset(self, name: str, now: int) -> list[Effect]:
        """Back to what config.yaml says, with no last run. Raises Refused as `enable` does."""
        self._record(name)
        self._records[name] = Record(self._schedules[name].enabled, now)
        self._owed.pop(name, None)
        return self._keep(name, now)

    def clear(self, name: str, now: int) -> list[Effect]:
        """Forget the last run. Raises Refused as `enable` does."""
        record = self._record(name)
        record.last = record.last_outcome = None
        return self._keep(name, now)

    def _record(self, name: str) -> Record:
        if name not in self._schedules:
            names = ", ".join(self._schedules) or "none"
            raise Refused(Code.UNKNOWN_TARGET, f"There is no schedule {name[:40]!r}; there are {names}.")
        if name not in self._records:
            raise Refused(Code.BUSY, "The hub has just started and waits for agents and clock; try again in a moment.")
        return self._records[name]

    def _missed(
        self, name: str, schedule: Schedule, record: Record, runs: Mapping[str, dict[str, object]], now: int
    ) -> int | None:
        """The latest instant that nobody has answered for: passed by unseen, or begun with its end unknown."""
        if not record.enabled:
            return None
        missed = latest_due(schedule, record.seen, now)
        if missed is not None or record.last is None or record.last_outcome is not None:
            return missed
        latest = runs.get(schedule.procedure or "", {})
        if latest.get("run") != run_id(name, record.last):
            return record.last
        record.last_outcome = str(latest["state"]) if latest.get("ended") is not None else None
        return None

    def _answer(self, name: str, due: int, now: int) -> list[Effect]:
        """Run it; late, as the missed-run answer says: by default only what makes a channel safe is done late."""
        schedule, record = self._schedules[name], self._records[name]
        self._owed.pop(name, None)
        late = schedule.missed or ("run" if self._makes_safe(schedule) else "skip")
        runs = now - due <= LATE or late == "run"
        unanswered = "unknown" if due == record.last else "missed"
        record.seen, record.last, record.last_outcome = max(record.seen, due), due, None if runs else unanswered
        start = [StartRun(name, run_id(name, due), schedule)] if runs else []
        return [*self._keep(name, now), *start]

    def _makes_safe(self, schedule: Schedule) -> bool:
        if schedule.stand is None or schedule.set is None:
            return False
        safe = safe_value(schedule.stand, schedule.set, self._descriptions)
        return type(safe) is type(schedule.to) and safe == schedule.to

    def _keep(self, name: str, now: int) -> list[Effect]:
        schedule, record = self._schedules[name], self._records[name]
        upcoming = next_due(schedule, max(now, record.seen)) if record.enabled else None
        return [Keep(name, record.to_json(name, schedule, upcoming)), Arm(name, upcoming)]
