"""The life of one device in its bus's thread: opened, visited, commanded, and made safe when it must be.

A device that fails is closed, and opened again after growing pauses. What is done with it while it is open is in
`control`.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from agents.catalog.catalog import Entry
from agents.clock import Clock
from agents.connection import Connection
from agents.control import Control
from agents.messages import Event, Finished, Happened, Health, Identified, Job
from agents.obedience import Obedience
from agents.safety import Safety
from agents.verdict import Verdict
from agents.visits import Visits
from hub.contract.command import Status
from hub.contract.errors import Code, DeviceError

log = logging.getLogger(__name__)


class Device:
    """Used by one thread only, which has it obey the rulings in `verdict`. No method raises DeviceError."""

    def __init__(
        self,
        entry: Entry,
        simulators: Path,
        emit: Callable[[Event], None],
        clock: Clock | None = None,
        verdict: Verdict | None = None,
    ) -> None:
        self.key = entry.description.key
        self._entry, self._emit = entry, emit
        self._clock = clock or Clock()
        self._visits = Visits(entry.description.period, self._clock.monotonic())
        self._connection = Connection(
            entry, simulators, lambda identity: emit(Identified(self.key, identity)), self._happened
        )
        self._fault: DeviceError | None = None
        self._told: Health | None = None
        self._safety = Safety(entry.description)
        self._obedience = Obedience(self.key, verdict or Verdict(), self._safety.values)
        self._control = Control(entry, self._connection, self._safety, self._obedience, self._clock, emit)

    @property
    def due(self) -> float:
        """When it is to be visited next, on the monotonic clock."""
        return self._visits.due

    @property
    def works(self) -> bool:
        """Whether it is open and did as it should the last time."""
        return self._connection.is_open

    @property
    def health(self) -> Health | None:
        """What was told of it last; None before it was tried."""
        return self._told

    @property
    def lease_ends(self) -> float | None:
        """When the next lease or time of an output ends, on the monotonic clock."""
        return self._safety.next_end

    def visit(self) -> None:
        """Read it, or try to open it again."""
        now = self._clock.monotonic()
        self._visits.begin(now)
        try:
            self._connection.open()
            self._settle()
        except DeviceError as error:
            self._fail(error)
        else:
            self._visits.succeeded(now)

    def command(self, job: Job) -> Finished:
        """Set a channel and read it back: done only when the device then shows the value."""
        if not self._visits.begun:
            self.visit()
        if not self.works:
            return self._unreachable(job)
        try:
            return self._control.command(job)
        except DeviceError as error:
            self._fail(error)
            return Finished(job, Status.FAILED, error.code, str(error))

    def renew(self, token: int, at: float) -> None:
        """The hub with this token lived at `at`: that renews the leases of what it set."""
        self._safety.renew(token, at)

    def end_leases(self) -> None:
        """Bring the outputs whose lease or time is over to their safe values: now, or when the device is back."""
        now = self._clock.monotonic()
        over, too_long = self._safety.end_leases(now), self._safety.end_on_times(now)
        if over:
            log.warning("%s: lease over, back to the safe value%s: %s", self.key, self._when, ", ".join(sorted(over)))
        for name, seconds in too_long.items():
            why = f"{name} was not safe for {seconds:g} s, the longest that it may (max_on)"
            self._happened(f"{why}. It goes to its safe value{self._when}.")
        if over or too_long:
            self._pay()

    def obey(self) -> None:
        """Bring the outputs that interlocks forbid to their safe values: now, or when the device is back."""
        news = self._obedience.news(self._clock.monotonic())
        for name, reason in news.items():
            if reason is not None and name not in self._safety.owed:
                self._happened(f"{name} goes to its safe value{self._when}. {reason}")
        if news:
            self._safety.owe(news)
            self._pay()

    def crashed(self, error: Exception) -> None:
        """The driver raised what it must not: it has a mistake. Start it anew, all outputs safe first."""
        self._safety.owe_all()
        self._fail(DeviceError(Code.INTERNAL, f"The driver {self._entry.driver.kind} has a mistake: {error!r:.200}"))
        self._connection.forget()

    def stop(self) -> None:
        """Bring all outputs to their safe values, one attempt if the device has a fault, and let go of it."""
        self._safety.owe_all()
        if self._safety.owed:
            self.visit()
        self._connection.close()

    def _pay(self) -> None:
        """Give the outputs the safe values they owe; on a device that was not reached, soon: perhaps it is back."""
        if not self.works:
            self._visits.hasten()
        else:
            try:
                self._settle()
            except DeviceError as error:
                self._fail(error)

    def _settle(self) -> None:
        """Make safe what must be, and read: then it works. Raises DeviceError."""
        self._control.settle()
        if self._fault is not None:
            log.warning("%s: works again", self.key)
        self._fault = None
        self._visits.works()
        self._tell(None)

    @property
    def _when(self) -> str:
        """Nobody shall believe an output safe whose device is not there."""
        return "" if self.works else " as soon as the device can be reached"

    def _happened(self, text: str) -> None:
        log.warning("%s: %s", self.key, text)
        self._emit(Happened(self.key, self._clock.wall(), text))

    def _unreachable(self, job: Job) -> Finished:
        """The answer at once, so that other devices do not wait; but somebody waits, so it is tried again soon."""
        fault = self._fault or DeviceError(Code.NO_ANSWER, "it was not opened yet.")
        self._visits.hasten()
        return Finished(job, Status.FAILED, fault.code, f"{self.key} has a fault: {fault}")

    def _fail(self, error: DeviceError) -> None:
        """Close it and try again later; each kind of fault is said once."""
        if self._fault is None or self._fault.code != error.code:
            log.warning("%s: %s", self.key, error)
        self._fault = error
        self._tell(error.code)
        self._visits.failed(self._clock.monotonic())
        self._connection.close()

    def _tell(self, fault: Code | None) -> None:
        health = Health(self.key, fault)
        if health != self._told:
            self._emit(health)
            self._told = health
