"""What config.yaml says of an instrument on a serial line: its questions, how its answers look, its commands."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from agents.drivers.described import DescribedChannel, DescribedOptions
from agents.drivers.words import VALUE
from hub.contract.config.fields import Duration, Items
from hub.contract.errors import Code, DeviceError
from hub.contract.ids import is_id


def _line(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise ValueError("only plain characters can be sent; the terminator is added by itself")
    return text


def _template(text: str) -> str:
    if VALUE not in text:
        raise ValueError(f"write {VALUE} where the value belongs, for example VOLT {VALUE}")
    return _line(text)


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"this is no regular expression ({error}); a number is ([-+.\\d]+)") from None
    return text


Line = Annotated[str, AfterValidator(_line)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class SerialChannel(DescribedChannel):
    """One quantity."""

    ask: Line | None = None
    """The question for this channel alone. Without it, its value is the group of its name in the device's `parse`."""
    parse: Pattern | None = None
    """How its answer looks, a regular expression with one group; by default the whole line is the value."""
    set: Annotated[str, AfterValidator(_template)] | None = None
    """The command that sets it, with {value} where the value belongs."""

    @property
    def settable(self) -> bool:
        """Whether there is a command for it."""
        return self.set is not None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.parse is not None and self.ask is None:
            raise ValueError("has `parse` without `ask`; give it its question too")
        if self.parse is not None and re.compile(self.parse).groups != 1:
            raise ValueError("`parse` needs one group in parentheses, which is the value")
        if self.set is not None and self.kind == "text":
            raise ValueError("a text cannot be set; make it a choice with its options")
        return self

    def find(self, line: str) -> str:
        """The value's text in an answer. Raises DeviceError (bad_answer)."""
        if self.parse is None:
            return line
        return fitting(self.parse, line)[1].strip()


class SerialLineOptions(DescribedOptions):
    """Options in config.yaml."""

    baud: Annotated[int, Field(ge=50, le=4_000_000)] = 9600
    """Bits in a second."""
    frame: Literal["8N1", "8E1", "8O1", "8N2", "7N1", "7E1", "7O1", "7N2"] = "8N1"
    """Data bits, parity, stop bits."""
    terminator: Literal["CR", "LF", "CRLF"] = "CRLF"
    """What ends a line, ours and the instrument's. Instruments that end theirs with LF are understood with CRLF too."""
    timeout: Duration = 2.0
    """How long an answer may take."""
    identify: Line | None = None
    """The question who it is, `*IDN?` with SCPI: maker, model, serial number and firmware with commas between."""
    setup: Items[Line] = ()
    """Lines to send whenever it was connected."""
    ask: Line | None = None
    """The question whose answer has several channels."""
    parse: Pattern | None = None
    """How that answer looks: a regular expression with a named group a channel, `(?P<weight>[-+.0-9]+) g`."""
    acknowledge: Pattern | None = None
    """How the instrument answers a command that sets; by default it says nothing."""
    channels: Annotated[dict[str, SerialChannel], Field(min_length=1)]
    """By default the groups of `parse`, all numbers."""

    @model_validator(mode="before")
    @classmethod
    def _groups_are_channels(cls, data: dict[str, Any]) -> dict[str, Any]:
        parse = data.get("parse")
        if "channels" in data or not isinstance(parse, str):
            return data
        return data | {"channels": {name: {} for name in re.compile(_pattern(parse)).groupindex}}

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        groups = re.compile(self.parse or "").groupindex
        for name, channel in self.channels.items():
            if channel.ask is None and name not in groups:
                raise ValueError(f"the channel {name!r} has no `ask`, nor a group (?P<{name}>...) in `parse`; add one")
            if not is_id(name):
                raise ValueError(f"{name!r} is no name of a channel; use a-z, 0-9, _, beginning with a letter")
        if self.ask is not None and self.parse is None:
            raise ValueError("`ask` needs `parse`, which says how the answer looks; or give it to a channel")
        return self


def fitting(pattern: str, line: str) -> re.Match[str]:
    """The line as the pattern takes it apart, from end to end. Raises DeviceError (bad_answer)."""
    found = re.fullmatch(pattern, line)
    if found is None:
        raise DeviceError(Code.BAD_ANSWER, f"The instrument sent {line[:60]!r}, which does not fit {pattern!r}.")
    return found
