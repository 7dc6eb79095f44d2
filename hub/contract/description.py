"""A device's self-description: what it is and what its channels can do. Published retained on `.../info`."""

from dataclasses import dataclass
from functools import cached_property

import orjson

from hub.contract import channels
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
        return orjson.dumps(
            {
                "title": self.title,
                "driver": self.driver,
                "agent": self.agent,
                "period": self.period,
                "commands": self.commands,
                "channels": {channel.name: channel.to_json() for channel in self.channels},
            }
        )


def decode(stand: str, device: str, payload: bytes) -> Description:
    """The description in an `info` payload. Raises Refused (bad_json, bad_message)."""
    try:
        data = orjson.loads(payload)
        return Description(
            stand=stand,
            device=device,
            title=str(data["title"]),
            driver=str(data["driver"]),
            agent=str(data["agent"]),
            period=float(data["period"]),
            commands=str(data["commands"]),
            channels=tuple(channels.from_json(name, channel) for name, channel in data["channels"].items()),
        )
    except orjson.JSONDecodeError as error:
        raise Refused(Code.BAD_JSON, f"The description of {stand}/{device} is not JSON: {error}.") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(Code.BAD_MESSAGE, f"The description of {stand}/{device} is incomplete: {error!r}.") from None
