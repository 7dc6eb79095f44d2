"""What a driver is: the declaration of one kind of device, and how to read and write it.

A driver is used by one thread, its bus's worker, so it needs no locks. It raises DeviceError when the device does not
do as it should, and nothing else; the worker then closes it, and opens it again later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from hub.contract.channels import Channel, Value
from hub.contract.config.schema import Mqtt


class DriverOptions(BaseModel):
    """Options of a driver in config.yaml. A driver's own class adds its fields; a simulator replaces `address`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)

    somewhere: ClassVar[str] = "/dev/null"
    """An address that could be: it stands in for a simulated device's until its simulator has told it."""

    address: str
    """Where the device is: a serial port's path, or a URL."""


@dataclass
class Snapshot:
    """What one transaction with a device brought: values by the driver's channel names, None where there is none."""

    values: dict[str, Value | None]
    quality: dict[str, str] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    """What happened to the device by itself since the last time, such as a reboot; for people."""


class Driver:
    """Base of all drivers. A subclass declares `kind`, `channels` and `Options`, and says how to read and write."""

    kind: ClassVar[str]
    channels: ClassVar[tuple[Channel, ...]] = ()
    Options: ClassVar[type[DriverOptions]] = DriverOptions

    def __init__(self, options: DriverOptions) -> None:
        self.options = options

    @classmethod
    def declare(cls, options: DriverOptions) -> tuple[Channel, ...]:
        """The channels of a device with these options: the class's own, unless config.yaml describes them.

        A driver whose Options have a field `channels` is given there what config.yaml says of each channel beyond the
        keys that all drivers know (`title`, `safe` and so on).
        """
        return cls.channels

    @classmethod
    def completed(cls, given: Mapping[str, object], broker: Mqtt, agent: str) -> Mapping[str, object]:
        """The options as config.yaml gives them, with what follows from the rest of the file: by default nothing."""
        return given

    @classmethod
    def bus(cls, options: DriverOptions) -> str:
        """What the device shares with others: devices of one bus are served one at a time, by one thread."""
        return options.address

    def open(self) -> None:
        """Connect. Called before the first read and after each failure. Raises DeviceError."""

    def identify(self) -> Mapping[str, str]:
        """What the device says of itself, such as `serial` and `firmware`; nothing when it cannot tell.

        Called after `open`, when nothing may be set yet: it might be another device. Raises DeviceError.
        """
        return {}

    def prepare(self) -> None:
        """Initialise the device, which is the right one. Called after `identify`. Raises DeviceError."""

    def close(self) -> None:
        """Let go of the connection; never raises. May be called twice."""

    def read(self) -> Snapshot:
        """All channels in one transaction. Raises DeviceError."""
        raise NotImplementedError

    def write(self, channel: str, value: Value) -> None:
        """Set one writable channel; `value` has been checked. Raises DeviceError; then the output is unknown."""
        raise NotImplementedError

    def repeatable(self, channel: str) -> bool:
        """Whether setting the channel twice does the same as once, so that a command whose answer was lost may be given
        once more: true of an output that takes a value, never of what toggles, counts or gives a pulse."""
        return False


Drivers = Mapping[str, type[Driver]]
"""Drivers by their `kind`, the word after `driver:` in config.yaml."""
