"""A limit of a channel: whether a value is outside, and the sentence that says so."""

from hub.contract.channels import Channel, Number
from hub.contract.config.alarms import Alarm


def outside(limit: Alarm, value: float, active: bool) -> bool:
    """Whether the alarm's cause is there. While it is `active`, the value must be back by the hysteresis."""
    back = limit.hysteresis if active else 0.0
    above = limit.high is not None and value > limit.high - back
    return above or (limit.low is not None and value < limit.low + back)


def sentence(limit: Alarm, value: float, channel: Channel) -> str:
    """What is wrong: the words of config.yaml, or which limit is passed."""
    if limit.message is not None:
        return limit.message
    passed, word = (limit.high, "above") if limit.high is not None and value > limit.high else (limit.low, "below")
    unit = f" {channel.unit}" if isinstance(channel, Number) and channel.unit else ""
    return f"{channel.title or channel.name} is {word} {passed:g}{unit}."
