"""From the driver's words to those of config.yaml, and from what a driver brought to what may be published."""

import math

from agents.catalog import Entry
from agents.driver import Snapshot
from hub.contract.channels import EXACT, Action, Channel, Number, Value
from hub.contract.errors import Code, DeviceError, Refused
from hub.contract.reading import Quality


def named(entry: Entry, snapshot: Snapshot) -> tuple[dict[str, Value | None], dict[str, str]]:
    """Values and quality under the names of config.yaml; an action has neither.

    What a channel cannot have becomes None and `suspect`; a measured number outside the channel's range stays, and is
    `suspect`. Raises DeviceError (bad_answer) for a value of the wrong type, which is a mistake in the driver.
    """
    values: dict[str, Value | None] = {}
    quality: dict[str, str] = {}
    for channel in entry.description.channels:
        if isinstance(channel, Action):
            continue
        source = entry.sources[channel.name]
        value, doubt = _judged(channel, snapshot.values.get(source))
        values[channel.name] = value
        reason = snapshot.quality.get(source, doubt)
        if reason is not None:
            quality[channel.name] = reason
    return values, quality


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
