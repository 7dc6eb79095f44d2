"""Whether a driver's declaration holds together: what every driver must keep, ours and others'."""

from collections.abc import Iterator, Sequence

from agents import plausibility
from agents.driver import Driver, DriverOptions
from hub.contract.channels import Action, Channel
from hub.contract.errors import Refused
from hub.contract.ids import RESERVED_CHANNELS, is_id


def mistakes(driver: type[Driver]) -> Iterator[str]:
    """Each thing that is wrong, as a sentence without its full stop."""
    kind = getattr(driver, "kind", None)
    if not isinstance(kind, str) or not is_id(kind):
        yield f"`kind` is {kind!r}; it is a name of a-z, 0-9 and _, beginning with a letter"
    options: object = driver.Options
    if not isinstance(options, type) or not issubclass(options, DriverOptions):
        yield "`Options` is no subclass of DriverOptions"
    if driver.read is Driver.read:
        yield "it has no method `read`"
    channels: object = driver.channels
    if not isinstance(channels, Sequence) or not all(isinstance(channel, Channel) for channel in channels):
        yield "`channels` is no tuple of channels such as Number or Switch"
        return
    if driver.write is Driver.write and any(channel.writable for channel in channels):
        yield "it has no method `write`, but channels that can be set"
    names = [channel.name for channel in channels]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"the channel {name!r} is declared twice"
    for channel in channels:
        yield from _channel(channel)


def _channel(channel: Channel) -> Iterator[str]:
    if not is_id(channel.name) or channel.name in RESERVED_CHANNELS:
        yield f"{channel.name!r} cannot name a channel"
    if isinstance(channel, Action) and not channel.writable:
        yield f"the action {channel.name!r} is not writable; nobody could press it"
    if channel.safe is not None and not channel.writable:
        yield f"the channel {channel.name!r} has a safe value, but is not writable"
    if channel.lease is not None and channel.safe is None:
        yield f"the channel {channel.name!r} has a lease, but no safe value at which it could end"
    if channel.max_on is not None and channel.safe is None:
        yield f"the channel {channel.name!r} has `max_on`, but no safe value to go back to"
    for key, text in plausibility.mistakes(channel):
        yield f"`{key}` of the channel {channel.name!r}: {text}"
    try:
        if channel.safe is not None:
            channel.check(channel.safe)
    except Refused as refused:
        yield f"the safe value of {channel.name!r} cannot be: {str(refused).rstrip('.')}"
