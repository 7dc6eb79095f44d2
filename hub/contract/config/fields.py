"""The kinds of words that config.yaml is written in: ids, durations, values, references to a channel."""

import ipaddress
import re
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from hub.contract import times
from hub.contract.channels import shown
from hub.contract.config import calendar
from hub.contract.ids import ID_PATTERN, MAX_LENGTH, NAME_PATTERN, RESERVED_AGENTS, RESERVED_CHANNELS, RESERVED_STANDS

T = TypeVar("T")

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"({_LABEL}\.)*(?=.*[A-Za-z]){_LABEL}")
"""Of RFC 1123. The last word has a letter: else it is an IPv4 address, or a mistake in one."""
_ORIGIN = re.compile(r"https?://[^/?#\s@]+/?", re.IGNORECASE)


class Model(BaseModel):
    """Strict: no conversion of types, no unknown keys. What stands under a field is its description in the schema."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


def _not_in(reserved: frozenset[str]) -> AfterValidator:
    def check(name: str) -> str:
        if name in reserved:
            raise ValueError(f"the name {name!r} is used by clayhub itself; choose another")
        return name

    return AfterValidator(check)


def _duration(value: object) -> float:
    if isinstance(value, str):
        return times.duration(value)
    unit = f"; write {value}s if seconds are meant" if type(value) in (int, float) else ""
    raise ValueError(f"{shown(value)} is not a duration{unit or '; write for example 500ms, 2s, 10m or 1h30m'}")


def _scalar(value: object) -> object:
    if not isinstance(value, bool | int | float | str):
        raise ValueError("a single value belongs here; write for example 60, true or a word")
    return value


def _host(text: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        if not _HOST_NAME.fullmatch(text):
            raise ValueError(
                f"{text!r} is neither an address nor a name; write for example 127.0.0.1 or lab.example.org"
            ) from None
    return text


def _origin(text: str) -> str:
    if not _ORIGIN.fullmatch(text):
        raise ValueError(f"{text!r} is no origin; write for example https://lab.example.org, and no path behind it")
    return text


def at_least(shortest: str) -> AfterValidator:
    """A lower bound of a Duration."""

    def check(seconds: float) -> float:
        if seconds < times.duration(shortest):
            raise ValueError(f"{seconds:g}s is too short; write at least {shortest}")
        return seconds

    return AfterValidator(check)


DurationText = Annotated[str, StringConstraints(pattern=r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$")]
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=MAX_LENGTH)]
AgentId = Annotated[Id, _not_in(RESERVED_AGENTS)]
StandId = Annotated[Id, _not_in(RESERVED_STANDS)]
ChannelId = Annotated[Id, _not_in(RESERVED_CHANNELS)]
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=MAX_LENGTH)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Duration = Annotated[float, BeforeValidator(_duration, json_schema_input_type=DurationText)]
"""Written `2s`, `500ms`, `10m`, `1h30m`; held in seconds."""
Host = Annotated[str, AfterValidator(_host)]
Origin = Annotated[str, AfterValidator(_origin)]
Port = Annotated[int, Field(ge=1, le=65535)]
Reference = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
"""`device.channel` of the stand at hand."""
Scalar = Annotated[bool | int | float | str, BeforeValidator(_scalar)]
Items = Annotated[tuple[T, ...], Field(strict=False)]
"""A YAML list; its items are as strict as all else."""
Cron = Annotated[str, AfterValidator(calendar.check_cron)]
Zone = Annotated[str, AfterValidator(calendar.check_zone)]
Instant = Annotated[str, AfterValidator(calendar.check_instant)]
Missed = Literal["run", "skip"]
