"""What a reading says of alarms: limits that are passed, and interlocks that have tripped in an agent. Pure."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from hub.alarms import interlock as interlock_alarm
from hub.alarms.limit import outside, sentence
from hub.contract.config.alarms import Alarm
from hub.contract.config.interlocks import DEVICE
from hub.contract.config.schema import Config
from hub.contract.description import Description
from hub.contract.interlock import BLOCKED, LATCHED, NORMAL, TRIPPED, Interlock, interlocks
from hub.contract.reading import Reading


class Finding(NamedTuple):
    """Whether the cause of an alarm is there."""

    alarm: str
    active: bool
    said: str
    value: float | int | None = None


class Findings:
    """What is to be looked at in each device's readings."""

    def __init__(self, config: Config) -> None:
        self._limits: dict[str, list[tuple[str, str, Alarm]]] = {}
        for name, limit in config.alarms.items():
            device, channel = limit.channel.split(".")
            self._limits.setdefault(f"{limit.stand}/{device}", []).append((name, channel, limit))
        self._interlocks: dict[str, list[Interlock]] = {}
        for each in interlocks(config):
            if each.agent is not None:
                self._interlocks.setdefault(f"{each.stand}/{DEVICE}", []).append(each)

    def of(self, description: Description, reading: Reading, is_active: Callable[[str], bool]) -> Iterator[Finding]:
        """All that is known from a live reading. What has no value, or one that is doubted, says nothing."""
        for name, channel, limit in self._limits.get(description.key, ()):
            value = reading.values.get(channel)
            if channel in reading.quality or type(value) not in (float, int):
                continue
            number: float | int = value  # type: ignore[assignment]  # the exact type was looked at, bool is none of it
            was_active = is_active(name)
            active = outside(limit, number, was_active)
            said = sentence(limit, number, description.channel(channel)) if active and not was_active else ""
            yield Finding(name, active, said, number)
        for each in self._interlocks.get(description.key, ()):
            state = reading.values.get(each.name)
            if state in (NORMAL, BLOCKED, TRIPPED, LATCHED):  # one that waits for its inputs is not known
                active = state in (TRIPPED, LATCHED)
                yield Finding(interlock_alarm.name(each), active, interlock_alarm.sentence(each, None))
