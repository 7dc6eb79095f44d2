"""One device in its bus's thread: opened, polled, commanded, and brought to its safe values when it must be.

A device that fails is closed, and opened again after growing pauses.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from agents.catalog import Entry
from agents.driver import Driver
from agents.interlocks.verdict import Verdict
from agents.messages import Event, Finished, Happened, Health, Identified, Job, Obtained
from agents.naming import Measured, at_safe, confirms, named, to_device
from agents.plausibility import Plausibility
from agents.retry import worth_repeating
from agents.safety import Safety
from hub.contract.channels import Action, Value, shown
from hub.contract.command import Status
from hub.contract.errors import Code, DeviceError

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between attempts to open a device that fails; each pause is twice the one before."""
NEVER = float("-inf")


class Clock(NamedTuple):
    """Seconds that never jump, and seconds since 1970."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


class Device:
    """Used by one thread only. No method raises DeviceError."""

    def __init__(
        self,
        entry: Entry,
        simulators: Path,
        emit: Callable[[Event], None],
        clock: Clock | None = None,
        verdict: Verdict | None = None,
    ) -> None:
        self.key = entry.description.key
        self._entry, self._simulators, self._emit = entry, simulators, emit
        self._clock, self._verdict = clock or Clock(), verdict or Verdict()
        self._obeyed: set[str] = set()
        """The outputs that interlocks forbid and that were made safe, or owe it, since they do."""
        self.due = self._clock.monotonic()
        """When it is to be visited next, on the monotonic clock."""
        self._driver: Driver | None = None
        """Kept while closed: it may remember what the device was last set to."""
        self._live: Driver | None = None
        """The same, while it is open."""
        self._fault: DeviceError | None = None
        self._told: Health | None = None
        self._identity: dict[str, str] = {}
        self._tried = NEVER
        self._pause = FIRST_PAUSE
        self._safety, self._plausibility = Safety(entry.description), Plausibility(entry.description.channels)

    @property
    def works(self) -> bool:
        """Whether it is open and did as it should the last time."""
        return self._live is not None

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
        now = self._tried = self._clock.monotonic()
        try:
            self._settle(self._opened())
        except DeviceError as error:
            self._fail(error)
        else:
            period = self._entry.description.period
            self.due += period * max(1, (now - self.due) // period + 1)  # on its grid: no drift, and no burst

    def command(self, job: Job) -> Finished:
        """Set a channel and read it back: done only when the device then shows the value."""
        if self._tried == NEVER:
            self.visit()
        if self._live is None:
            return self._unreachable(job)
        name, value = job.request.channel, job.value
        forbidden = self._verdict.forbidden(self.key, self._clock.monotonic()).get(name)
        if forbidden is None:
            self._obeyed.discard(name)
        elif value != self._safety.values[name]:
            return Finished(job, Status.REJECTED, Code.INTERLOCK, forbidden)
        seconds = self._safety.hold(name, value, job.token, self._clock.monotonic())
        until = None if seconds is None else self._clock.wall() + seconds
        try:
            found = self._set(self._live, job)
        except DeviceError as error:
            self._safety.unknown(name)
            self._fail(error)
            return Finished(job, Status.FAILED, error.code, str(error))
        if found is None:
            return Finished(job, Status.DONE)
        if not confirms(self._entry, name, value, found):
            reason = f"{name} was set to {shown(value)}, but the device shows {shown(found.values[name])}."
            return Finished(job, Status.FAILED, Code.NOT_CONFIRMED, reason)
        self._safety.confirmed(name, value)
        return Finished(job, Status.DONE, until=until)

    def renew(self, token: int, at: float) -> None:
        """The hub with this token lived at `at`: that renews the leases of what it set."""
        self._safety.renew(token, at)

    def end_leases(self) -> None:
        """Bring the outputs whose lease or time is over to their safe values: now, or when the device is back."""
        now = self._clock.monotonic()
        over, too_long = self._safety.end_leases(now), self._safety.end_on_times(now)
        if over:
            log.warning("%s: lease over, back to the safe value: %s", self.key, ", ".join(sorted(over)))
        for name, seconds in too_long.items():
            self._happened(f"{name} was not safe for {seconds:g} s, the longest that it may (max_on): back to safe.")
        if over or too_long:
            self._pay()

    def obey(self) -> None:
        """Bring the outputs that interlocks forbid to their safe values: now, or when the device is back."""
        forbidden = set(self._verdict.forbidden(self.key, self._clock.monotonic()))
        news, self._obeyed = forbidden - self._obeyed, forbidden
        if news:
            self._safety.owe(news)
            self._pay()

    def crashed(self, error: Exception) -> None:
        """The driver raised what it must not: it has a mistake. Start it anew, all outputs safe first."""
        self._safety.owe_all()
        self._fail(DeviceError(Code.INTERNAL, f"The driver {self._entry.driver.kind} has a mistake: {error!r:.200}"))
        self._driver = None

    def stop(self) -> None:
        """Bring all outputs to their safe values, one attempt if the device has a fault, and let go of it."""
        self._safety.owe_all()
        if self._safety.owed:
            self.visit()
        self._close()

    def _opened(self) -> Driver:
        """The driver, opened. It is made once, and again after a mistake of its own or when its address changed."""
        if self._live is not None:
            return self._live
        options = self._entry.options(self._simulators)
        if self._driver is None or self._driver.options != options:
            self._driver = self._entry.driver(options)
        self._live = self._driver  # from here on, also half open, it must be closed
        self._live.open()
        self._identify(self._live)
        self._live.prepare()
        return self._live

    def _identify(self, driver: Driver) -> None:
        """See that it is the instrument that config.yaml expects, before anything is set."""
        identity = dict(driver.identify())
        expected, serial = self._entry.expect, identity.get("serial")
        if expected is not None and serial != expected:
            said = f"says that its serial number is {serial!r:.60}" if serial else "does not tell its serial number"
            text = f"The device at the address of {self.key} {said}; {expected!r} is expected. Nothing was set on it."
            raise DeviceError(Code.WRONG_DEVICE, text)
        if identity != self._identity:
            self._identity = identity
            self._emit(Identified(self.key, identity))

    def _pay(self) -> None:
        """Give the outputs the safe values they owe, if the device can be reached."""
        if self._live is not None:
            try:
                self._settle(self._live)
            except DeviceError as error:
                self._fail(error)

    def _settle(self, driver: Driver) -> None:
        """Give the outputs the safe values they owe, and read."""
        safe = self._safety.values
        owed = sorted(self._safety.owed)
        for name in owed:
            self._write(driver, name, safe[name])
        found = self._read(driver)
        for name in owed:
            if not confirms(self._entry, name, safe[name], found):
                text = f"{name} does not take its safe value {shown(safe[name])}: it shows {shown(found.values[name])}."
                raise DeviceError(Code.NOT_CONFIRMED, text)
        self._safety.paid()
        if self._fault is not None:
            log.warning("%s: works again", self.key)
        self._fault, self._pause = None, FIRST_PAUSE
        self._tell(None)

    def _set(self, driver: Driver, job: Job) -> Measured | None:
        """Write and read back; None of an action, which has no value. Once more if that may help and can do no harm."""
        name, began = job.request.channel, self._clock.monotonic()
        try:
            return self._attempt(driver, name, job.value)
        except DeviceError as error:
            now = self._clock.monotonic()
            hopeful = worth_repeating(error, arrived=job.request.arrived, began=began, now=now)
            allowed = name not in self._verdict.forbidden(self.key, now) or job.value == self._safety.values[name]
            if not (hopeful and allowed and driver.repeatable(self._entry.sources[name])):
                raise
            log.debug("%s: %s Once more.", self.key, error)
        return self._attempt(driver, name, job.value)

    def _attempt(self, driver: Driver, name: str, value: Value) -> Measured | None:
        self._write(driver, name, value)
        return None if isinstance(self._entry.description.channel(name), Action) else self._read(driver)

    def _write(self, driver: Driver, name: str, value: Value) -> None:
        driver.write(self._entry.sources[name], to_device(self._entry, name, value))

    def _read(self, driver: Driver) -> Measured:
        snapshot = driver.read()
        for text in snapshot.events:
            self._happened(text)
        now = self._clock.monotonic()
        found = named(self._entry, snapshot)
        found.quality.update(self._plausibility.doubts(found.values | found.raw, found.quality, now))
        safe = at_safe(self._entry, self._safety.values, found)
        self._safety.seen(safe, now)
        self._obeyed -= {name for name, yes in safe.items() if not yes}
        self._emit(Obtained(self.key, self._clock.wall(), *found))
        return found

    def _happened(self, text: str) -> None:
        log.warning("%s: %s", self.key, text)
        self._emit(Happened(self.key, self._clock.wall(), text))

    def _unreachable(self, job: Job) -> Finished:
        """The answer at once, so that other devices do not wait; but somebody waits, so it is tried again soon."""
        fault = self._fault or DeviceError(Code.NO_ANSWER, "it was not opened yet.")
        self.due = min(self.due, self._tried + FIRST_PAUSE)
        return Finished(job, Status.FAILED, fault.code, f"{self.key} has a fault: {fault}")

    def _fail(self, error: DeviceError) -> None:
        """Close it and try again later; each kind of fault is said once."""
        if self._fault is None or self._fault.code != error.code:
            log.warning("%s: %s", self.key, error)
        self._fault = error
        self._tell(error.code)
        self.due = self._clock.monotonic() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        self._close()

    def _tell(self, fault: Code | None) -> None:
        health = Health(self.key, fault)
        if health != self._told:
            self._emit(health)
            self._told = health

    def _close(self) -> None:
        driver, self._live = self._live, None
        if driver is not None:
            driver.close()
