"""What config.yaml says of a device that speaks MQTT itself: its topics, and where in its messages the values are."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from agents.drivers.described import DescribedChannel, DescribedOptions
from agents.drivers.words import VALUE
from hub.contract.config.fields import Duration, Items

OURS = ("clayhub/", "reply/", "$")
"""How topics begin that are clayhub's own, or the broker's."""
LONGEST = 200


def _topic(text: str) -> str:
    if not text or len(text) > LONGEST or not text.isprintable() or set(text) & set("+#") or text != text.strip():
        raise ValueError(f"{text[:40]!r} is no topic of a device; write it whole, without + and #")
    if text.startswith(OURS):
        raise ValueError(f"topics that begin with {', '.join(OURS)} are not for devices; set the device to another")
    return text


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "mqtt" or not parts.hostname or parts.path or parts.username is not None or parts.port == 0:
        raise ValueError("write mqtt://HOST:PORT, or leave it out for clayhub's own broker")
    return text


Topic = Annotated[str, AfterValidator(_topic)]


class Message(BaseModel):
    """What is said to the device."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)

    topic: Topic
    """Where to."""
    payload: str = ""
    """What."""


class MqttChannel(DescribedChannel):
    """One value."""

    topic: Topic
    """Where the device tells it."""
    path: Annotated[str, Field(min_length=1)] | None = None
    """The way to it in a payload of JSON, keys and numbers of items with dots between; by default the payload is it."""
    set: Topic | None = None
    """Where it is set."""
    payload: str = VALUE
    """What is sent there, with {value} where the value belongs."""

    @property
    def settable(self) -> bool:
        """Whether there is a topic for it."""
        return self.set is not None

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        if VALUE not in self.payload:
            raise ValueError(f"write {VALUE} in `payload` where the value belongs")
        if self.set is None and "payload" in self.model_fields_set:
            raise ValueError("`payload` is for `set`; give it the topic too")
        if self.set is not None and self.kind == "text":
            raise ValueError("a text cannot be set; make it a choice with its options")
        return self


class MqttOptions(DescribedOptions):
    """Options in config.yaml."""

    somewhere: ClassVar[str] = "mqtt://127.0.0.1"
    address: Annotated[str, AfterValidator(_address)]
    """The broker; by default clayhub's own."""
    account: str = ""
    """Our account there: its password is the secret mqtt-ACCOUNT.password. By default none."""
    availability: Topic | None = None
    """Where the device, or its last will, tells whether it is there."""
    online: str = "online"
    """What it tells there when it is; anything else means that it is not."""
    setup: Items[Message] = ()
    """What is sent to the device whenever we are connected, to ask for its state."""
    timeout: Duration = 2.0
    """How long its answer to a command may take."""
    expires: Duration = 600.0
    """How old a value may become before it does not count any more."""
    channels: Annotated[dict[str, MqttChannel], Field(min_length=1)]

    def heard(self) -> list[str]:
        """The topics that the device writes."""
        found = {channel.topic for channel in self.channels.values()}
        return sorted(found | ({self.availability} if self.availability is not None else set()))

    def told(self) -> list[str]:
        """The topics that the device reads."""
        return sorted(set(self._told()))

    def _told(self) -> Iterator[str]:
        yield from (channel.set for channel in self.channels.values() if channel.set is not None)
        yield from (message.topic for message in self.setup)
