"""What wakes the hub when a schedule is due: APScheduler in memory, whose jobs only enqueue.

A job is one due instant of one schedule. The hub works out the next one and arms it, so APScheduler never has to know
what was missed, and nothing of it is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from hub.contract import clock

_CLOCK_POLL = 1
_WAKE = 10
"""Seconds between looks at the wall clock: without them a clock set forward would leave a job asleep until later."""


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The clock can be trusted: arm the schedules."""


@dataclass(frozen=True, slots=True)
class Due:
    """The schedule `name` is due; `due` in ms since 1970."""

    name: str
    due: int


class Jobs:
    """`enqueue` is called in APScheduler's threads; it must only enqueue."""

    def __init__(
        self, enqueue: Callable[[ClockSet | Due], None], clock_is_set: Callable[[], bool] = clock.is_set
    ) -> None:
        self._enqueue = enqueue
        self._clock_is_set = clock_is_set
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}, daemon=True
        )

    def start(self, pause: float) -> None:
        """Begin, unless it has. ClockSet is enqueued once, when the clock can be trusted, after `pause` seconds."""
        if self._scheduler.running:
            return
        self._look_in(pause)
        self._scheduler.add_job(int, "interval", seconds=_WAKE, id="wake")
        self._scheduler.start()

    def stop(self) -> None:
        """End, if it has begun, waiting for no job."""
        if not self._scheduler.running:
            return
        self._scheduler.remove_all_jobs()  # else its thread may stumble over what it is just taking away itself
        self._scheduler.shutdown(wait=False)

    def arm(self, name: str, due: int | None) -> None:
        """Enqueue Due at that instant, in place of what was armed for `name` before; None arms nothing."""
        job_id = f"schedule {name}"
        if due is not None:
            when = datetime.fromtimestamp(due / 1000, UTC)
            job = (self._enqueue, "date")
            self._scheduler.add_job(*job, run_date=when, args=(Due(name, due),), id=job_id, replace_existing=True)
            return
        try:
            self._scheduler.remove_job(job_id)
        except JobLookupError:
            return  # it was not armed

    def _look_in(self, seconds: float) -> None:
        when = datetime.now(UTC) + timedelta(seconds=seconds)
        self._scheduler.add_job(self._look_at_clock, "date", run_date=when)

    def _look_at_clock(self) -> None:
        if self._clock_is_set():
            self._enqueue(ClockSet())
        else:
            self._look_in(_CLOCK_POLL)
