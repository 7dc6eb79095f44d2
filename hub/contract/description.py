"""A device's self-description: what it is and what its channels can do. Published retained on `.../info`."""

from dataclasses import dataclass, field
from functools import cached_property

import orjson

from hub.contract import channels, wire
from hub.contract.channels import Channel
from hub.contract.errors import Code, Refused


@dataclass(frozen=True)
class Description:
    """One device as the panel, the hub and every other client see it."""

    stand: str
    device: str
    title: str
    driver: str
    agent: str
    period: float
    """Seconds between readings. A value older than three periods is stale."""
    commands: str
    """Who may command it: `anyone` with the right to, or only the `hub`."""
    channels: tuple[Channel, ...]
    identity: dict[str, str] = field(default_factory=dict)
    """What the device said of itself, such as `serial` and `firmware`; empty until it did."""

    @property
    def key(self) -> str:
        """`stand/device`, the device's name everywhere."""
        return f"{self.stand}/{self.device}"

    @cached_property
    def by_name(self) -> dict[str, Channel]:
        """The channels by their names."""
        return {channel.name: channel for channel in self.channels}

    def channel(self, name: str) -> Channel:
        """The channel of that name. Raises Refused (unknown_target)."""
        found = self.by_name.get(name)
        if found is None:
            raise Refused(
                Code.UNKNOWN_TARGET, f"{self.key} has no channel {name[:40]!r}; it has {', '.join(self.by_name)}."
            )
        return found

    def writable(self, name: str) -> Channel:
        """The channel of that name, if it can be set. Raises Refused (unknown_target, read_only)."""
        found = self.channel(name)
        if not found.writable:
            raise Refused(Code.READ_ONLY, f"{self.key}/{name} can only be read.")
        return found

    def encode(self) -> bytes:
        """The JSON payload of `.../info`."""
        parts: dict[str, object] = {channel.name: channel.to_json() for channel in self.channels}
        info = _Info(self.title, self.driver, self.agent, self.period, self.commands, self.identity or None, parts)
        return info.encode()


@dataclass(frozen=True, slots=True)
class _Info(wire.Message):
    """The `info` payload: what the topic does not say already."""

    title: str
    driver: str
    agent: str
    period: float | int
    commands: str
    identity: dict[str, str] | None
    channels: dict[str, object]

    def encode(self) -> bytes:
        """The JSON object; an identity that is not known is left out."""
        data = {name: getattr(self, name) for name in self.__slots__}
        return orjson.dumps({name: value for name, value in data.items() if value is not None})


def decode(stand: str, device: str, payload: bytes) -> Description:
    """The description in an `info` payload. Raises Refused (too_large, bad_json, bad_message)."""
    info = _Info.from_json(wire.load(payload))
    if info.period <= 0:
        raise Refused(Code.BAD_MESSAGE, f"The period of {stand}/{device} is not above 0.")
    found = tuple(channels.from_json(name, channel) for name, channel in info.channels.items())
    identity = info.identity or {}
    if not all(type(text) is str for text in identity.values()):
        raise Refused(Code.BAD_MESSAGE, f"The identity of {stand}/{device} is not made of texts.")
    period = float(info.period)
    return Description(stand, device, info.title, info.driver, info.agent, period, info.commands, found, identity)
