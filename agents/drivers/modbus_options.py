"""What config.yaml says of Modbus instruments: where each register is, and how it holds its value."""

from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from agents.drivers.described import DescribedChannel, DescribedOptions
from hub.contract.channels import Channel, Number
from hub.contract.config.fields import Duration

TABLES = ("input", "holding", "coil", "discrete")
BITS = ("coil", "discrete")
TYPES = {
    "int16": (-(2**15), 2**15 - 1),
    "uint16": (0, 2**16 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
    "float32": None,
    "float64": None,
}
"""What a register holds, with the least and the most it can be."""

Register = Annotated[int, Field(ge=0, le=65535)]
DeviceId = Annotated[int, Field(ge=0, le=255)]


def _address(text: str) -> str:
    parts = urlsplit(text)
    if text.startswith("/") or (parts.scheme == "tcp" and parts.hostname and parts.path == "" and parts.port != 0):
        return text
    raise ValueError("write a serial port such as /dev/ttyUSB0, or tcp://10.10.0.30:502")


class ModbusChannel(DescribedChannel):
    """One value, in one of the instrument's four tables. Numbers count from 0, as they go over the wire."""

    input: Register | None = None
    """The number of an input register, which can be read only."""
    holding: Register | None = None
    """The number of a holding register."""
    coil: Register | None = None
    """The number of a coil, a switch."""
    discrete: Register | None = None
    """The number of a discrete input, a switch that can be read only."""
    type: Literal["int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"] = "uint16"
    """What a register, and those that follow it, hold."""
    words: Literal["big", "little"] = "big"
    """Which of several registers comes first: the one with the `big` part of the number, or the `little`."""
    writable: bool = False
    """Whether it is set by writing to it."""
    device_id: DeviceId | None = None
    """The instrument on the line; by default the device's."""

    @model_validator(mode="before")
    @classmethod
    def _bits_are_switches(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {"kind": "switch", **data} if set(BITS) & set(data) else data

    @model_validator(mode="after")
    def _is_in_one_table(self) -> Self:
        found = [table for table in TABLES if getattr(self, table) is not None]
        if len(found) != 1:
            raise ValueError(f"write exactly one of {', '.join(TABLES)}, with the register's number")
        if self.writable and self.table in ("input", "discrete"):
            raise ValueError(f"{self.table} registers can only be read; leave `writable` out")
        if self.table in BITS and (self.kind != "switch" or "type" in self.model_fields_set):
            raise ValueError(f"a {self.table} is a switch, without `type`")
        if self.kind in ("choice", "text"):
            raise ValueError("a register holds a number or a switch")
        return self

    @property
    def table(self) -> str:
        """Which table it is in."""
        return next(table for table in TABLES if getattr(self, table) is not None)

    @property
    def settable(self) -> bool:
        """As config.yaml says."""
        return self.writable

    def declared(self, name: str) -> Channel:
        """The channel. What is set must fit into its register: without other bounds it has the register's."""
        channel = super().declared(name)
        bounds = TYPES[self.type]
        if not isinstance(channel, Number) or not self.writable or bounds is None:
            return channel
        low, high = sorted(bound * self.scale for bound in bounds)
        return Number(
            name,
            unit=self.unit,
            writable=True,
            low=low if self.low is None else self.low,
            high=high if self.high is None else self.high,
            decimals=self.decimals,
            whole=self.scale == 1,
        )


class ModbusOptions(DescribedOptions):
    """Options in config.yaml."""

    somewhere: ClassVar[str] = "/dev/null"
    address: Annotated[str, AfterValidator(_address)]
    """A serial port (RTU), or tcp://HOST:PORT."""
    device_id: DeviceId = 1
    """The instrument's number on the line."""
    baud: Annotated[int, Field(ge=50, le=4_000_000)] = 9600
    """Of a serial line: bits in a second."""
    frame: Literal["8N1", "8E1", "8O1", "8N2"] = "8N1"
    """Of a serial line: data bits, parity, stop bits."""
    timeout: Duration = 1.0
    """How long an answer may take."""
    channels: Annotated[dict[str, ModbusChannel], Field(min_length=1)]

    @property
    def on_line(self) -> bool:
        """Whether it is a serial line."""
        return self.address.startswith("/")
