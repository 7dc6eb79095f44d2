"""The lines that an SBA-5 sends about what it measures."""

import binascii
from dataclasses import dataclass

from agents.simulators.sba5_settings import Settings

MESSAGES = (
    "OK",
    "Zero counts low",
    "Temperature low",
    "Temperature high",
    "CO2 low",
    "Humidity high",
    "Board voltage low",
)
"""What stands in a streamed line instead of status 0 to 6. That it is a text is known; these words are our choice."""


@dataclass(frozen=True)
class Sample:
    """One measurement: counts, ppm, degC, mbar, mV."""

    zero_counts: int
    counts: int
    co2: float
    irga: float
    humidity: float
    humidity_temperature: float
    pressure: float
    detector: float
    source: float
    millivolts: float


def measurement(sample: Sample, settings: Settings, last: str) -> str:
    """A measurement as the mask F, the millivolt field J and the decimals C shape it, `last` being its last field."""
    mask = int(settings["F"])
    fields = ["M"]
    if mask & 128:
        fields += [f"{sample.zero_counts}", f"{sample.counts}"]
    fields.append(f"{sample.co2:.{int(settings['C'])}f}")
    if mask & 64:
        fields.append(f"{sample.irga:.1f}")
    if mask & 32:
        fields += [f"{sample.humidity:.1f}", f"{sample.humidity_temperature:.1f}"]
    if mask & 16:
        fields.append(f"{sample.pressure:.0f}")
    if mask & 8:
        fields += [f"{sample.detector:.1f}", f"{sample.source:.1f}"]
    if settings["J"]:
        fields.append(f"{sample.millivolts:.0f}")
    if mask & 4:
        fields.append(last)
    return " ".join(fields)


def with_crc(line: str) -> str:
    """The line with a CRC behind it. Known is only that S,16,1 appends one: CRC-16/CCITT in hex is our choice."""
    return f"{line} {binascii.crc_hqx(line.encode(), 0xFFFF):04X}"
