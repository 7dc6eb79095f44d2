"""1-wire thermometers of the DS18B20 family, through the files of the kernel's driver (w1_therm).

`w1_slave` has two lines: nine bytes as they came from the sensor with `crc=.. YES` or `NO`, and `t=` in thousandths of
a degree.
"""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from agents.driver import Driver, DriverOptions, Snapshot
from agents.drivers.described import one_by_one
from hub.contract.channels import Channel, Number
from hub.contract.errors import Code, DeviceError
from hub.contract.reading import Quality

AT_POWER_ON = 85.0
"""degC that a DS18B20 shows until it has measured once."""
_LINES = re.compile(
    r"(?P<bytes>(?:[0-9a-f]{2} ){9}): crc=[0-9a-f]{2} (?P<crc>YES|NO)\n(?:[0-9a-f]{2} ){9}t=(?P<t>-?\d{1,6})\n"
)


def parse(text: str) -> float:
    """The temperature in degC. Raises DeviceError (bad_answer)."""
    found = _LINES.fullmatch(text)
    if found is None:
        raise DeviceError(Code.BAD_ANSWER, f"The kernel says {text[:60]!r} of the sensor, which is no temperature.")
    if found["crc"] == "NO":
        raise DeviceError(Code.BAD_ANSWER, "The sensor's answer was disturbed (CRC): see to its wires and pull-up.")
    if not found["bytes"].strip("0 "):  # a line held down gives zeros, for which the CRC is right
        raise DeviceError(Code.BAD_ANSWER, "The 1-wire line is held at 0 V: see to the sensor's wires.")
    return int(found["t"]) / 1000


def _id(sensor: str) -> str:
    if not re.fullmatch(r"(10|22|28|3b|42)-[0-9a-f]{12}", sensor):
        raise ValueError(f"{sensor!r} is no thermometer's id; `ls /sys/bus/w1/devices` shows yours: 28-0316a2795dff")
    return sensor


class W1Channel(BaseModel):
    """One sensor."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)

    sensor: Annotated[str, AfterValidator(_id)]
    """Its id, as `ls /sys/bus/w1/devices` shows it: 28-0316a2795dff."""


class W1Options(DriverOptions):
    """Options in config.yaml."""

    address: str = "/sys/bus/w1/devices"
    """The folder of the kernel's driver."""
    channels: Annotated[dict[str, W1Channel], Field(min_length=1)]
    """The sensors, by the names that they shall have."""


class W1(Driver):
    """Any number of sensors on one line. One that is missing or disturbed leaves the others alone."""

    kind = "w1"
    Options = W1Options
    options: W1Options

    @classmethod
    def declare(cls, options: DriverOptions) -> tuple[Channel, ...]:
        """A temperature a sensor; the range is the DS18B20's."""
        assert isinstance(options, W1Options)  # noqa: S101 (what `Options` says)
        return tuple(Number(name, unit="°C", low=-55, high=125, decimals=2) for name in options.channels)

    def read(self) -> Snapshot:
        """All sensors, one after the other: each measures for up to 0.75 s."""
        return one_by_one(self.options.channels, self._measure)

    def _measure(self, channel: str, snapshot: Snapshot) -> None:
        sensor = self.options.channels[channel].sensor
        file = Path(self.options.address) / sensor / "w1_slave"
        try:
            text = file.read_text("ascii", "replace")
        except OSError as error:
            hint = f"`ls {self.options.address}` shows those that are"
            raise DeviceError(
                Code.NO_ANSWER, f"The sensor {sensor} is not there ({error.strerror}): {hint}."
            ) from error
        snapshot.values[channel] = value = parse(text)
        if value == AT_POWER_ON:
            snapshot.quality[channel] = Quality.SUSPECT
