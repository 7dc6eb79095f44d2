"""What is wrong with an alarm in config.yaml that its schema cannot see: its channel is no number."""

from collections.abc import Mapping

from hub.contract.config.alarms import Alarm
from hub.contract.description import Description
from hub.contract.errors import Refused


def check(alarm: Alarm, descriptions: Mapping[str, Description]) -> list[tuple[str, str]]:
    """Every mistake: the key at fault and what is wrong; an empty list when there is none."""
    device, name = alarm.channel.split(".")
    description = descriptions.get(f"{alarm.stand}/{device}")
    if description is None:
        return []  # told already, with all references that lead nowhere
    try:
        channel = description.channel(name)
    except Refused as refused:
        return [("channel", str(refused))]
    if channel.kind != "number":
        return [("channel", f"{name} is a {channel.kind}, and only a number has limits; name another channel")]
    return []
