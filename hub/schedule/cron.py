"""Cron expressions in a time zone. APScheduler reads the fields; changes of the clock are settled here.

Measured with APScheduler 3.11: in the repeated hour of autumn its trigger gives the same instants again and again. So
it is asked in plain local time, as if there were no zone.

A time that the clock skips in spring is run an hour later by the clock, one that comes twice in autumn is run the first
time only. A cron for every hour (`*` or `*/n`) runs through the repeated hour as well.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

_SHIFT = timedelta(hours=2)
"""More than any change of the clock."""


def next_time(expression: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    """The first instant later than `after` (UTC), in UTC; None when there is none."""
    trigger = _trigger(expression)
    every_hour = expression.split()[1].startswith("*")
    best: datetime | None = None
    for local in _local_times(trigger, after.astimezone(zone).replace(tzinfo=UTC) - _SHIFT):
        first, *_ = instants = _instants(local, zone, every_hour)
        if best is not None and first >= best:
            break
        best = min((found for found in instants if found > after and (best is None or found < best)), default=best)
    return best


@cache
def _trigger(expression: str) -> CronTrigger:
    return CronTrigger.from_crontab(expression, timezone=UTC)


def _local_times(trigger: CronTrigger, start: datetime) -> Iterator[datetime]:
    """The times that match, in local time (whose zone is called UTC)."""
    found = trigger.get_next_fire_time(None, start)
    while found is not None:
        yield found
        found = trigger.get_next_fire_time(None, found + timedelta(microseconds=1))


def _instants(local: datetime, zone: ZoneInfo, every_hour: bool) -> list[datetime]:
    """The instants that a local time means: two in the repeated hour of autumn, when every hour is meant."""
    first = local.replace(tzinfo=zone).astimezone(UTC)
    again = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return [first, again] if every_hour and again > first else [first]
