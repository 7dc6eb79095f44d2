"""The kinds of words that config.yaml is written in: ids, durations, values, references to a channel."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from hub.contract import times
from hub.contract.ids import ID_PATTERN, MAX_LENGTH, NAME_PATTERN, RESERVED_CHANNELS, RESERVED_STANDS


class Model(BaseModel):
    """Strict: no conversion of types, no unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _not_in(reserved: frozenset[str]) -> AfterValidator:
    def check(name: str) -> str:
        if name in reserved:
            raise ValueError(f"the name {name!r} is used by clayhub itself; choose another")
        return name

    return AfterValidator(check)


def _duration(value: object) -> object:
    if isinstance(value, str):
        return times.duration(value)
    if isinstance(value, float):  # the default of a field
        return value
    raise ValueError(f"{value!r} names no unit; write for example 500ms, 2s, 10m or 1h30m")


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=MAX_LENGTH)]
StandId = Annotated[Id, _not_in(RESERVED_STANDS)]
ChannelId = Annotated[Id, _not_in(RESERVED_CHANNELS)]
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=MAX_LENGTH)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Duration = Annotated[float, BeforeValidator(_duration, json_schema_input_type=str), Field(ge=0)]
"""Written `2s`, `500ms`, `10m`, `1h30m`; held in seconds."""
Port = Annotated[int, Field(ge=1, le=65535)]
Reference = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
"""`device.channel` of the stand at hand."""
Scalar = bool | int | float | str
Missed = Literal["run", "skip"]
