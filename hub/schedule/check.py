"""What is wrong with a schedule that its schema cannot see: a cron of two meanings, a channel that cannot be set so."""

from collections.abc import Mapping

from hub.contract.config.procedures import Schedule
from hub.contract.description import Description
from hub.procedures.check import check_set


def check(schedule: Schedule, descriptions: Mapping[str, Description]) -> list[tuple[str, str]]:
    """Every mistake: the field at fault and what is wrong; an empty list when there is none."""
    problems = _when(schedule)
    if schedule.set is not None and schedule.stand is not None:
        problems += check_set(schedule.stand, schedule.set, schedule.to, descriptions)
    return problems


def _when(schedule: Schedule) -> list[tuple[str, str]]:
    if schedule.cron is None:
        return []
    _, _, day, _, weekday = schedule.cron.split()
    if day != "*" and weekday != "*":  # cron takes either, APScheduler both
        return [("cron", f"{schedule.cron!r} names both a day and a weekday; make two schedules of it")]
    return []
