"""A device of no make: a driver whose hardware is an object that a test can look at, silence and break."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from agents.driver import Driver, DriverOptions, Drivers, Snapshot
from hub.contract.channels import Action, Channel, Choice, Number, Switch, Value
from hub.contract.errors import Code, DeviceError


def opened() -> threading.Event:
    """A gate that stands open."""
    gate = threading.Event()
    gate.set()
    return gate


@dataclass
class Hardware:
    """What stands on the bench. `log` holds every write, in order."""

    values: dict[str, Value | None] = field(
        default_factory=lambda: {"heater": True, "power": 50.0, "mode": "fast", "temp": 21.5}
    )
    log: list[tuple[str, Value]] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)
    serial: str | None = "4711"
    events: list[str] = field(default_factory=list)
    silent: bool = False
    """Does not answer, which costs `timeout`."""
    timeout: float = 0.05
    asked: int = 0
    """How often it was asked in vain."""
    refuses: set[str] = field(default_factory=set)
    """Channels that it does not let anybody set."""
    stuck: bool = False
    """Takes every write and does nothing."""
    mistake: bool = False
    """The driver stumbles over its own feet."""
    gate: threading.Event = field(default_factory=opened)
    """Closed, it holds back whoever uses the device."""


SHELF: dict[str, Hardware] = {}
"""The hardware by its address."""


class BenchOptions(DriverOptions):
    """Options in config.yaml."""

    baud: int = 9600


class Bench(Driver):
    """A heater, its power and mode, a thermometer, and a button."""

    kind = "bench"
    Options = BenchOptions
    channels: ClassVar[tuple[Channel, ...]] = (
        Switch("heater", title="Heater", writable=True, safe=False),
        Number("power", unit="%", low=0, high=100, decimals=1, writable=True, safe=0),
        Choice("mode", options=("slow", "fast"), writable=True),
        Number("temp", unit="°C", low=-40, high=80),
        Action("reset", writable=True),
    )

    def open(self) -> None:
        """See that it is there."""
        self._hardware()

    def identify(self) -> Mapping[str, str]:
        """Its serial number, if it has one."""
        serial = self._hardware().serial
        return {} if serial is None else {"serial": serial}

    def read(self) -> Snapshot:
        """Everything at once."""
        hardware = self._hardware()
        hardware.reads.append(time.monotonic())
        events, hardware.events = hardware.events, []
        return Snapshot(dict(hardware.values), events=events)

    def write(self, channel: str, value: Value) -> None:
        """Set one channel."""
        hardware = self._hardware()
        hardware.log.append((channel, value))
        if channel in hardware.refuses:
            raise DeviceError(Code.DEVICE_REFUSED, f"{channel} cannot be set now.")
        if not hardware.stuck:
            hardware.values[channel] = value

    @classmethod
    def bus(cls, options: DriverOptions) -> str:
        """`bus/device`: what stands before the stroke is shared."""
        return options.address.split("/")[0]

    def _hardware(self) -> Hardware:
        hardware = SHELF[self.options.address]
        hardware.gate.wait(30)
        if hardware.mistake:
            raise ZeroDivisionError("the driver's author did not think of this")
        if hardware.silent:
            hardware.asked += 1
            time.sleep(hardware.timeout)
            raise DeviceError(Code.NO_ANSWER, f"{self.options.address} does not answer: is it on?")
        return hardware


DRIVERS: Drivers = {"bench": Bench}
