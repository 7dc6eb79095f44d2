"""What is kept of a schedule between its runs, and shown of it. Instants are milliseconds since 1970."""

from dataclasses import dataclass
from typing import Self

from hub.contract.config.procedures import Schedule


@dataclass
class Record:
    """What a schedule has behind it."""

    enabled: bool
    seen: int
    """Everything due up to here has been answered for."""
    last: int | None = None
    """The due instant of the last run, or of the last one missed."""
    last_outcome: str | None = None
    """done, failed, stopped, missed or why it was refused; None while it runs."""

    @classmethod
    def from_json(cls, data: dict[str, object], enabled: bool, now: int) -> Self:
        """The record that `to_json` wrote down; a new one for a schedule that was never kept."""
        kept_enabled, seen, last, outcome = (data.get(key) for key in ("enabled", "seen", "last", "last_outcome"))
        if not isinstance(seen, int):
            return cls(enabled, now)
        return cls(
            kept_enabled is True,
            seen,
            last if isinstance(last, int) else None,
            outcome if isinstance(outcome, str) else None,
        )

    def to_json(self, name: str, schedule: Schedule, upcoming: int | None) -> dict[str, object]:
        """For panel and command line, with all that `from_json` needs."""
        when = {key: getattr(schedule, key) for key in ("every", "cron", "at") if getattr(schedule, key) is not None}
        what = (
            {"procedure": schedule.procedure}
            if schedule.procedure is not None
            else {"set": f"{schedule.stand}/{schedule.set}", "to": schedule.to}
        )
        return {
            "title": schedule.title or name,
            "enabled": self.enabled,
            "seen": self.seen,
            "next": upcoming,
            "last": self.last,
            "last_outcome": self.last_outcome,
            **what,
            **when,
        }
