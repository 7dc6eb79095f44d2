"""Derived channels: values that the agent works out from what its devices show.

A formula may need channels of other devices of its stand: their latest values are used while they can be believed.
"""

from collections.abc import Mapping
from dataclasses import replace

from agents.catalog.catalog import Entry
from agents.messages import Health, Obtained
from hub.contract.channels import Value
from hub.contract.interlock import Unknown
from hub.contract.latest import Latest, Shown
from hub.contract.reading import Quality


class Derivations:
    """Of all devices of one agent, by the devices' keys. Pure: time is an argument, monotonic."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._derived = {key: entry.derived for key, entry in entries.items()}
        needed = {
            f"{key.partition('/')[0]}/{reference.partition('.')[0]}"
            for key, entry in entries.items()
            for formula in entry.derived.values()
            for reference in formula.references
            if "." in reference
        }
        self._latest = Latest({key: entries[key].description.period for key in needed})

    def complete(self, reading: Obtained, now: float) -> Obtained:
        """The reading with the channels that are derived from it."""
        self._latest.obtained(reading.key, reading, now)
        formulas = self._derived[reading.key]
        if not formulas:
            return reading
        values, quality = dict(reading.values), dict(reading.quality)
        for name, formula in formulas.items():
            known = {reference: self._look(reference, reading, now) for reference in formula.references}
            doubts = [value for value in known.values() if isinstance(value, str)]
            numbers = {reference: value for reference, value in known.items() if not isinstance(value, str)}
            values[name] = None if doubts else formula.value(numbers)
            if values[name] is None:
                quality[name] = doubts[0] if doubts else Quality.SUSPECT
        return replace(reading, values=values, quality=quality)

    def health(self, event: Health) -> None:
        """A device with a fault shows nothing that can be believed."""
        self._latest.health(event.key, event.fault)

    def _look(self, reference: str, reading: Obtained, now: float) -> float | str:
        """The value of a channel, or why there is none."""
        device, dot, channel = reference.rpartition(".")
        shown: Shown = reading
        if dot:
            latest = self._latest.reading(f"{reading.key.partition('/')[0]}/{device}", now)
            if isinstance(latest, Unknown):
                return Quality.SUSPECT
            shown = latest
        return shown.quality.get(channel) or _number(shown.values.get(channel))


def _number(value: Value | None) -> float | str:
    return Quality.SUSPECT if value is None or isinstance(value, str) else float(value)
