"""What is done with one device while it is open: read, set as commanded, given the safe values that its outputs owe.

What follows when it fails is `device`'s.
"""

import logging
from collections.abc import Callable

from agents.catalog.catalog import Entry
from agents.clock import Clock
from agents.connection import Connection
from agents.messages import Event, Finished, Job, Obtained
from agents.naming import Measured, at_safe, confirms
from agents.obedience import Obedience
from agents.plausibility import Plausibility
from agents.retry import worth_repeating
from agents.safety import Safety
from hub.contract.channels import Action, Value, shown
from hub.contract.command import Status
from hub.contract.errors import Code, DeviceError

log = logging.getLogger(__name__)


class Control:
    """Used by one thread only. Both methods raise DeviceError when the device fails."""

    def __init__(
        self,
        entry: Entry,
        connection: Connection,
        safety: Safety,
        obedience: Obedience,
        clock: Clock,
        emit: Callable[[Event], None],
    ) -> None:
        self._entry, self._connection, self._clock, self._emit = entry, connection, clock, emit
        self._safety, self._obedience = safety, obedience
        self._plausibility = Plausibility(entry.description.channels)

    def settle(self) -> None:
        """Give the outputs the safe values they owe, and read. One that is refused keeps no other from its own."""
        owed = {name: self._safety.values[name] for name in sorted(self._safety.owed)}
        refusal = self._connection.write_all(owed)
        found = self._read()
        if refusal is not None:
            raise refusal
        for name, safe in owed.items():
            if not confirms(self._entry, name, safe, found):
                text = f"{name} does not take its safe value {shown(safe)}: it shows {shown(found.values[name])}."
                raise DeviceError(Code.NOT_CONFIRMED, text)
        self._safety.paid()

    def command(self, job: Job) -> Finished:
        """Set a channel and read it back: done only when the device then shows the value."""
        name, value = job.request.channel, job.value
        objection = self._obedience.objection(name, value, self._clock.monotonic())
        if objection is not None:
            return Finished(job, Status.REJECTED, Code.INTERLOCK, objection)
        seconds = self._safety.hold(name, value, job.token, self._clock.monotonic())
        until = None if seconds is None else self._clock.wall() + seconds
        try:
            found = self._set(job)
        except DeviceError:
            self._safety.unknown(name)
            raise
        if found is None:
            return Finished(job, Status.DONE)
        if not confirms(self._entry, name, value, found):
            if value == self._safety.values.get(name):
                self._safety.unknown(name)  # somebody wants it safe, and it is not: this is not given up after one try
            reason = f"{name} was set to {shown(value)}, but the device shows {shown(found.values[name])}."
            return Finished(job, Status.FAILED, Code.NOT_CONFIRMED, reason)
        self._safety.confirmed(name, value)
        return Finished(job, Status.DONE, until=until)

    def _set(self, job: Job) -> Measured | None:
        """Write and read back; None of an action, which has no value. Once more if that may help and can do no harm."""
        name, began = job.request.channel, self._clock.monotonic()
        try:
            return self._attempt(name, job.value)
        except DeviceError as error:
            now = self._clock.monotonic()
            hopeful = worth_repeating(error, arrived=job.request.arrived, began=began, now=now)
            allowed = self._obedience.objection(name, job.value, now) is None
            if not (hopeful and allowed and self._connection.repeatable(name)):
                raise
            log.debug("%s: %s Once more.", self._entry.description.key, error)
        return self._attempt(name, job.value)

    def _attempt(self, name: str, value: Value) -> Measured | None:
        self._connection.write(name, value)
        return None if isinstance(self._entry.description.channel(name), Action) else self._read()

    def _read(self) -> Measured:
        found = self._connection.read()
        now = self._clock.monotonic()
        found.quality.update(self._plausibility.doubts(found.values | found.raw, found.quality, now))
        safe = at_safe(self._entry, self._safety.values, found)
        self._safety.seen(safe, now)
        self._obedience.seen(safe)
        self._emit(Obtained(self._entry.description.key, self._clock.wall(), *found))
        return found
