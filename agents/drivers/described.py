"""Channels that config.yaml describes itself, for devices that no driver was written for.

A channel says what kind of value it has and how the device writes it down: its unit and scale, its words for on and
off, its mark for a sensor that is absent.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agents.driver import Driver, DriverOptions, Snapshot
from agents.drivers.words import as_text, number, same
from hub.contract.channels import Channel, Choice, Number, Switch, Text, Value
from hub.contract.config.fields import Items, Scalar
from hub.contract.errors import Code, DeviceError
from hub.contract.reading import Quality

_BELONGS_TO = {
    "number": {"unit", "low", "high", "decimals", "scale"},
    "switch": {"on", "off"},
    "choice": {"options"},
    "text": set[str](),
}


class DescribedChannel(BaseModel):
    """One channel. A driver adds where it is found, and how it is set."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)

    kind: Literal["number", "switch", "choice", "text"] = "number"
    """What kind of value it has."""
    unit: str = ""
    """Of a number: its unit, after `scale`."""
    low: float | None = None
    """Of a number: the least it can be."""
    high: float | None = None
    """Of a number: the most it can be."""
    decimals: Annotated[int, Field(ge=0, le=12)] | None = None
    """Of a number: decimals worth showing."""
    scale: float = 1
    """Of a number: what the device's number is multiplied by; a value that is set is divided by it."""
    on: Scalar = "ON"
    """Of a switch: the device's word for on. JSON's true and false need none."""
    off: Scalar = "OFF"
    """Of a switch: the device's word for off."""
    options: Items[str] = ()
    """Of a choice: the words."""
    repeatable: bool = False
    """Of a channel that can be set: whether setting it twice does the same as once. Then a command whose answer was
    lost is given once more."""
    absent: Scalar | None = None
    """What the device says when the sensor is absent or broken, such as -255 or NA."""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        for kind, names in _BELONGS_TO.items():
            strange = sorted(names & self.model_fields_set)
            if strange and kind != self.kind:
                raise ValueError(f"{strange[0]!r} belongs to a {kind}, and this is a {self.kind}; write `kind: {kind}`")
        if self.repeatable and not self.settable:
            raise ValueError("'repeatable' belongs to a channel that can be set; leave it out")
        if self.scale == 0:
            raise ValueError("a scale of 0 makes every value 0; write for example 0.001")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low is {self.low:g} and high {self.high:g}; write the smaller one under low")
        if self.kind == "choice" and not self.options:
            raise ValueError("a choice needs its words; write for example options: [slow, fast]")
        return self

    @property
    def settable(self) -> bool:
        """Whether it can be set."""
        return False

    def declared(self, name: str) -> Channel:
        """The channel, as everybody shall know it."""
        match self.kind:
            case "switch":
                return Switch(name, writable=self.settable)
            case "choice":
                return Choice(name, writable=self.settable, options=self.options)
            case "text":
                return Text(name, writable=self.settable)
        return Number(
            name, writable=self.settable, unit=self.unit, low=self.low, high=self.high, decimals=self.decimals
        )

    def put(self, name: str, said: object, snapshot: Snapshot) -> None:
        """Put what the device says of the channel, a text or a scalar of JSON, into the snapshot.

        Raises DeviceError (bad_answer) for what the channel cannot have.
        """
        if said is None or (self.absent is not None and same(said, self.absent)):
            snapshot.values[name], snapshot.quality[name] = None, Quality.SENTINEL
            return
        value = self._value(said)
        if value is None:
            raise DeviceError(Code.BAD_ANSWER, f"The device says {said!r:.60} of {name}, which is no {self.kind}.")
        snapshot.values[name] = value

    def word(self, value: Value) -> str:
        """A value of the channel as the device wants it written."""
        if isinstance(value, bool):
            return as_text(self.on if value else self.off)
        if isinstance(value, str):
            return value
        return as_text(value if self.scale == 1 else float(f"{value / self.scale:.12g}"))

    def _value(self, said: object) -> Value | None:
        if not isinstance(said, bool | int | float | str):
            return None
        if self.kind == "number":
            found = number(said)
            return found if found is None or self.scale == 1 else _rounded(found * self.scale)
        if self.kind == "switch":
            if isinstance(said, bool):
                return said
            return True if same(said, self.on) else False if same(said, self.off) else None
        return as_text(said)


class DescribedOptions(DriverOptions):
    """Options of a driver whose channels are described in config.yaml."""

    channels: Annotated[Mapping[str, DescribedChannel], Field(min_length=1)]
    """The channels, by name."""


class DescribedDriver(Driver):
    """A driver whose channels are described in config.yaml."""

    options: DescribedOptions

    @classmethod
    def declare(cls, options: DriverOptions) -> tuple[Channel, ...]:
        """The channels that the options describe."""
        assert isinstance(options, DescribedOptions)  # noqa: S101 (what `Options` says)
        return tuple(channel.declared(name) for name, channel in options.channels.items())

    def repeatable(self, channel: str) -> bool:
        """As config.yaml says."""
        return self.options.channels[channel].repeatable


def one_by_one(names: Iterable[str], read: Callable[[str, Snapshot], None]) -> Snapshot:
    """A snapshot of channels that `read` puts into it one by one: one that fails has no value, and is suspect.

    Raises DeviceError when all fail.
    """
    snapshot, failed, trouble = Snapshot({}), 0, None
    for name in names:
        try:
            read(name, snapshot)
        except DeviceError as error:
            snapshot.values[name], snapshot.quality[name], trouble = None, Quality.SUSPECT, error
            failed += 1
    if trouble is not None and failed == len(snapshot.values):
        raise trouble
    return snapshot


def _rounded(value: float) -> float | None:
    """Without the digits that multiplying by 0.001 and the like brings; None beyond the largest number."""
    return float(f"{value:.12g}") if math.isfinite(value) else None
