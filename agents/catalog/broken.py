"""What stands in for a driver that cannot be used: its devices have a fault, and nobody else is stopped by it."""

from dataclasses import dataclass
from typing import ClassVar, NoReturn

from pydantic import ConfigDict

from agents.driver import Driver, DriverOptions
from hub.contract.channels import Channel, Value
from hub.contract.description import Description
from hub.contract.errors import Code, DeviceError


class _Options(DriverOptions):
    """Whatever config.yaml says to the driver."""

    model_config = ConfigDict(extra="ignore")

    address: str = ""


class Broken(Driver):
    """The driver; `why` says what is wrong with it."""

    why: ClassVar[str]
    Options = _Options

    def open(self) -> NoReturn:
        """Say what is wrong."""
        raise DeviceError(Code.INTERNAL, self.why)


def broken(kind: str, why: str) -> type[Broken]:
    """The stand-in for the driver `kind`."""
    return type("Broken", (Broken,), {"kind": kind, "why": why})


class AnyChannel(Channel):
    """A channel of which nobody knows what it takes; it might be a number, so it may have limits."""

    kind = "number"

    def check(self, value: object) -> Value:
        """Any value will do, for now."""
        if not isinstance(value, bool | int | float | str):
            raise self._wrong_type(value, "a single value")
        return value


@dataclass(frozen=True)
class UnknownChannels(Description):
    """A device whose channels nobody knows: what config.yaml says of them elsewhere cannot be wrong yet."""

    why: str = ""
    """What is wrong with its driver."""

    def channel(self, name: str) -> Channel:
        """A channel of any name."""
        return AnyChannel(name, writable=True)
