"""When a schedule is due. Pure; instants are milliseconds since 1970."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hub.contract import times
from hub.contract.config.procedures import Schedule
from hub.schedule import cron

_HOUR = 3_600_000
_LOOKS_BACK = (_HOUR, 24 * _HOUR, 32 * 24 * _HOUR, 8 * 366 * 24 * _HOUR)
"""How far back the latest due instant is looked for: first a little, for a cron may have many."""


def next_due(schedule: Schedule, after: int) -> int | None:
    """The first instant later than `after`; None when there is none."""
    if schedule.every is not None:
        every, offset = round(schedule.every * 1000), round(schedule.offset * 1000)
        return ((after - offset) // every + 1) * every + offset
    if schedule.at is not None:
        at = round(times.seconds(schedule.at) * 1000)
        return at if at > after else None
    found = cron.next_time(schedule.cron or "", ZoneInfo(schedule.zone), datetime.fromtimestamp(after / 1000, UTC))
    return None if found is None else round(found.timestamp() * 1000)


def latest_due(schedule: Schedule, after: int, until: int) -> int | None:
    """The last instant later than `after` and not later than `until`; None when there is none."""
    for back in _LOOKS_BACK:
        found, due = None, next_due(schedule, max(after, until - back))
        while due is not None and due <= until:
            found, due = due, next_due(schedule, due)
        if found is not None or until - back <= after:
            return found
    return None


def run_id(name: str, due: int) -> str:
    """The same for the same due instant, so that no run happens twice: `ventilation@2026-11-22T11:40:00.000Z`."""
    return f"{name}@{times.instant(due / 1000)}"
