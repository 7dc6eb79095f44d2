"""Any device on the network that answers with JSON: a path leads to each value, a template sets it."""

from typing import Annotated, Literal, Self
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from agents.driver import Snapshot
from agents.drivers.described import DescribedChannel, DescribedDriver
from agents.drivers.http_client import HttpClient
from agents.drivers.http_options import HttpOptions
from agents.drivers.words import VALUE
from hub.contract import strict
from hub.contract.channels import Value
from hub.contract.errors import Code, DeviceError, Refused


def _url(text: str) -> str:
    if not text.startswith("/") or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"{text!r} is no path on the device; write for example /status")
    return text


Url = Annotated[str, AfterValidator(_url)]


class SetRequest(BaseModel):
    """The request that sets a channel. `{value}` stands where the value belongs, in `url` or `body`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)

    method: Literal["GET", "POST", "PUT", "PATCH"] = "POST"
    """The HTTP method."""
    url: Url
    """The path on the device."""
    body: str | None = None
    """JSON."""

    @model_validator(mode="after")
    def _has_a_place_for_the_value(self) -> Self:
        if VALUE not in self.url + (self.body or ""):
            raise ValueError(f"write {VALUE} in `url` or `body` where the value belongs")
        return self


class HttpJsonChannel(DescribedChannel):
    """One value."""

    path: Annotated[str, Field(min_length=1)]
    """The way to it through the JSON, keys and numbers of items (from 0) with dots between: sensors.0.temp"""
    url: Url | None = None
    """Where it is asked for; by default where the device is."""
    set: SetRequest | None = None
    """How it is set."""

    @property
    def settable(self) -> bool:
        """Whether there is a request for it."""
        return self.set is not None

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        if self.set is not None and self.kind == "text":
            raise ValueError("a text cannot be set; make it a choice with its options")
        return self


class HttpJsonOptions(HttpOptions):
    """Options in config.yaml."""

    url: Url = "/"
    """Where its values are asked for."""
    channels: Annotated[dict[str, HttpJsonChannel], Field(min_length=1)]


class HttpJson(DescribedDriver):
    """The device. Each address is asked once a reading, however many values it brings."""

    kind = "http_json"
    Options = HttpJsonOptions
    options: HttpJsonOptions

    def __init__(self, options: HttpJsonOptions) -> None:
        super().__init__(options)
        self._client = HttpClient(options.address, timeout=options.timeout)

    def open(self) -> None:
        """See that it is there."""
        self.close()
        self._client = self.options.client()
        self.read()

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def read(self) -> Snapshot:
        """All values."""
        snapshot, answers = Snapshot({}), dict[str, object]()
        for name, channel in self.options.channels.items():
            url = channel.url or self.options.url
            if url not in answers:
                answers[url] = load(self._client.ask("GET", url))
            channel.put(name, follow(answers[url], channel.path), snapshot)
        return snapshot

    def write(self, channel: str, value: Value) -> None:
        """Send the channel's request."""
        described = self.options.channels[channel]
        asked = described.set
        assert asked is not None  # noqa: S101 (else it could not be set)
        word = described.word(value)
        body = None if asked.body is None else asked.body.replace(VALUE, word).encode()
        self._client.ask(asked.method, asked.url.replace(VALUE, quote(word, safe="")), body)


def load(body: bytes) -> object:
    """The JSON of an answer. Raises DeviceError (bad_answer)."""
    try:
        return strict.loads(body)
    except Refused as error:
        raise DeviceError(Code.BAD_ANSWER, f"The device's answer is no JSON as it should be: {error}") from None


def follow(data: object, path: str) -> object:
    """What `path` leads to; None for JSON's null. Raises DeviceError (bad_answer) when there is nothing."""
    for key in path.split("."):
        if isinstance(data, dict) and key in data:
            data = data[key]
        elif isinstance(data, list) and key.isascii() and key.isdecimal() and int(key) < len(data):
            data = data[int(key)]
        else:
            raise DeviceError(Code.BAD_ANSWER, f"The device's answer has no {path}: {key!r} is not there.")
    return data
