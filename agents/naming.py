"""From the driver's words to those of config.yaml, and from what a driver brought to what may be published."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from agents.catalog.catalog import Entry
from agents.driver import Snapshot
from hub.contract.channels import EXACT, Action, Channel, Number, Value
from hub.contract.errors import Code, DeviceError, Refused
from hub.contract.reading import Quality


class Measured(NamedTuple):
    """What a device showed, under the names of config.yaml."""

    values: dict[str, Value | None]
    quality: dict[str, str]
    raw: dict[str, int | float]
    """Of calibrated channels: what the device itself showed."""


def named(entry: Entry, snapshot: Snapshot) -> Measured:
    """What a driver brought, under the names of config.yaml and calibrated; an action has no value.

    What a channel cannot have becomes None and `suspect`; a measured number outside the channel's range stays, and is
    `suspect`. Raises DeviceError (bad_answer) for a value of the wrong type, which is a mistake in the driver.
    """
    found = Measured({}, {}, {})
    for channel in entry.description.channels:
        name = channel.name
        if isinstance(channel, Action) or name in entry.derived:
            continue
        source, calibrated = entry.sources[name], entry.calibrated.get(name)
        value, doubt = _judged(channel if calibrated is None else calibrated.raw, snapshot.values.get(source))
        if calibrated is not None and isinstance(value, int | float):
            found.raw[name] = value
            value = calibrated.value(value)
            doubt = Quality.SUSPECT if value is None else doubt
        found.values[name] = value
        reason = snapshot.quality.get(source, doubt)
        if reason is not None:
            found.quality[name] = reason
    return found


def to_device(entry: Entry, name: str, value: Value) -> Value:
    """A value of a channel as its driver wants it."""
    calibrated = entry.calibrated.get(name)
    return value if calibrated is None else calibrated.to_raw(value)


def confirms(entry: Entry, name: str, wanted: Value, found: Measured) -> bool:
    """Whether the device shows the value that was set; of a calibrated channel, whether it shows what was sent."""
    calibrated = entry.calibrated.get(name)
    if calibrated is not None:
        return shows(calibrated.raw, calibrated.to_raw(wanted), found.raw.get(name))
    return shows(entry.description.channel(name), wanted, found.values[name])


def at_safe(entry: Entry, safe: Mapping[str, Value], found: Measured) -> dict[str, bool]:
    """Of each output with a safe value, whether the device shows it. A doubtful value proves nothing to be safe."""
    there = {name: value for name, value in safe.items() if found.values[name] is not None}
    shown = {name: confirms(entry, name, value, found) for name, value in there.items()}
    return {name: yes for name, yes in shown.items() if not (yes and name in found.quality)}


def shows(channel: Channel, wanted: Value, found: Value | None) -> bool:
    """Whether the value read back is the one set: exactly, or for numbers within the rounding of their decimals."""
    if isinstance(channel, Number) and channel.decimals is not None and found is not None:
        return math.isclose(float(found), float(wanted), rel_tol=1e-9, abs_tol=0.5 * 10.0**-channel.decimals)
    return found == wanted


def _judged(channel: Channel, value: Value | None) -> tuple[Value | None, str | None]:
    if value is None:
        return None, Quality.SUSPECT
    if type(value) not in (bool, int, float, str):
        raise _mistaken(channel, value)
    try:
        channel.check(value)
    except Refused as refused:
        if refused.code == Code.WRONG_TYPE:
            raise _mistaken(channel, value) from None
        keep = refused.code == Code.OUT_OF_RANGE and isinstance(value, int | float) and abs(value) <= EXACT
        return (value if keep else None), Quality.SUSPECT
    return value, None


def _mistaken(channel: Channel, value: object) -> DeviceError:
    return DeviceError(Code.BAD_ANSWER, f"The driver gave {value!r:.40} for {channel.name}, a {channel.kind}.")
