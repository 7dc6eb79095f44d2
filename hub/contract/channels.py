"""Channels: what a device can tell and be told, declared once as data.

From one declaration follow the panel's controls, the checks in hub and agent, the published self-description and the
driver reference. A check never clamps, converts or guesses: a value is right as it is, or refused.
"""

import json
import math
from dataclasses import dataclass, field, fields
from typing import ClassVar, Literal

import orjson
from pydantic import TypeAdapter, ValidationError

from hub.contract import strict
from hub.contract.errors import Code, Refused
from hub.contract.ids import RESERVED_CHANNELS, is_id

Value = bool | int | float | str
"""The value of one channel. `None` beside it always means: there is no value, see its quality."""

PRESS = "PRESS"
"""The only value of an action."""

Confirm = Literal["none", "dialog", "hold"]
"""How a person must confirm a command, by its consequence: not at all, in a dialog, or by a button held down."""

EXACT = 2**53
"""The largest whole number that every reader of JSON keeps exactly."""


def shown(value: object) -> str:
    """A value as JSON and config.yaml write it, for a person: `true`, not Python's `True`."""
    return json.dumps(value, ensure_ascii=False, default=str)[:40]


@dataclass(frozen=True)
class Channel:
    """What all kinds share. `name` is the driver's own word; config.yaml may give the channel another."""

    name: str
    kind: ClassVar[str]
    title: str = ""
    writable: bool = False
    safe: Value | None = None
    """What the agent sets at start, stop and when control is lost; None leaves the output alone."""
    lease: float | None = None
    """Seconds that a set value holds without renewal; None holds it until somebody changes it."""
    max_on: float | None = field(default=None, kw_only=True)
    """Seconds that it may be at another value than `safe`, however often it is set or renewed; None for ever."""
    confirm: Confirm = field(default="none", kw_only=True)
    """What the panel asks of a person before it commands the channel."""

    def check(self, value: object) -> Value:
        """Return `value` when the channel can have it. Raises Refused: wrong_type, not_finite or out_of_range."""
        raise NotImplementedError

    def parse(self, text: str) -> Value:
        """The value that a bare payload such as `60` or `ON` means. Raises Refused as `check` does."""
        raise NotImplementedError

    def to_json(self) -> dict[str, object]:
        """The channel as it stands in a device's self-description; what is not set is left out."""
        found: dict[str, object] = {"kind": self.kind}
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name != "name" and value != each.default:
                found[each.name] = list(value) if isinstance(value, tuple) else value
        return found

    def _wrong_type(self, value: object, example: str) -> Refused:
        return Refused(Code.WRONG_TYPE, f"{self.name} takes {example}; {shown(value)} is not that.")


@dataclass(frozen=True)
class Number(Channel):
    """A quantity. `low` and `high` bound what may be set (and, for a sensor, what it can show)."""

    kind: ClassVar[str] = "number"
    unit: str = ""
    low: float | None = None
    high: float | None = None
    decimals: int | None = None
    """Decimals worth showing; values are never rounded to it."""
    whole: bool = False
    """The device takes whole numbers only, and would cut the rest off."""
    frozen_after: float | None = field(default=None, kw_only=True)
    """Seconds without any change after which a measured value is frozen; None when it may stay as it is."""
    rails: tuple[float, float] | None = field(default=None, kw_only=True)
    """The ends of what the sensor can show, before a calibration: there and beyond, a measured value is railed."""
    calibration: dict[str, object] | None = field(default=None, kw_only=True)
    """How the value follows from the raw one, as it stands in config.yaml."""
    formula: str = field(default="", kw_only=True)
    """How the agent works it out from other channels; empty when it is measured."""

    def check(self, value: object) -> Value:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong_type(value, "a number such as 60")
        if isinstance(value, float) and not math.isfinite(value):
            raise Refused(Code.NOT_FINITE, f"{self.name} takes a finite number; {value} is none.")
        if isinstance(value, int) and abs(value) > EXACT:
            raise Refused(
                Code.OUT_OF_RANGE, f"{self.name} takes whole numbers up to {EXACT}, which JSON keeps exactly."
            )
        if self.whole and value != math.trunc(value):
            raise Refused(Code.OUT_OF_RANGE, f"{self.name} takes whole numbers such as 60; {value} is none.")
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            raise Refused(Code.OUT_OF_RANGE, f"{self.name} takes {self._range()}; {str(value)[:40]} is outside.")
        return value

    def parse(self, text: str) -> Value:
        return self.check(strict.number(text))

    def _range(self) -> str:
        low, high = (None if bound is None else f"{bound:.15g}" for bound in (self.low, self.high))
        unit = f" {self.unit}" if self.unit else ""
        if low is None:
            return f"at most {high}{unit}"
        return f"at least {low}{unit}" if high is None else f"{low} to {high}{unit}"


@dataclass(frozen=True)
class Switch(Channel):
    """On or off: `true` and `false` in JSON, `ON` and `OFF` as a bare payload."""

    kind: ClassVar[str] = "switch"
    _WORDS: ClassVar[dict[str, bool]] = {"ON": True, "OFF": False, "true": True, "false": False}

    def check(self, value: object) -> Value:
        if not isinstance(value, bool):
            raise self._wrong_type(value, "true or false (bare: ON or OFF)")
        return value

    def parse(self, text: str) -> Value:
        if text not in self._WORDS:
            raise self._wrong_type(text, "ON or OFF")
        return self._WORDS[text]


@dataclass(frozen=True)
class Choice(Channel):
    """One of a few words."""

    kind: ClassVar[str] = "choice"
    options: tuple[str, ...] = ()

    def check(self, value: object) -> Value:
        if not isinstance(value, str):
            raise self._wrong_type(value, f"one of {', '.join(self.options)}")
        if value not in self.options:
            raise Refused(Code.OUT_OF_RANGE, f"{self.name} takes one of {', '.join(self.options)}; not {value[:40]!r}.")
        return value

    def parse(self, text: str) -> Value:
        return self.check(text)


@dataclass(frozen=True)
class Text(Channel):
    """A short text, kept and shown as text whatever it contains."""

    kind: ClassVar[str] = "text"
    max_length: int = 200

    def check(self, value: object) -> Value:
        if not isinstance(value, str):
            raise self._wrong_type(value, "a text")
        if len(value) > self.max_length:
            raise Refused(Code.OUT_OF_RANGE, f"{self.name} takes at most {self.max_length} characters.")
        return value

    def parse(self, text: str) -> Value:
        return self.check(text)


@dataclass(frozen=True)
class Action(Channel):
    """Something that a device does once when told `PRESS`; it has no value to read."""

    kind: ClassVar[str] = "action"

    def check(self, value: object) -> Value:
        if value != PRESS or not isinstance(value, str):
            raise self._wrong_type(value, PRESS)
        return value

    def parse(self, text: str) -> Value:
        return self.check(text)


KINDS: dict[str, type[Channel]] = {cls.kind: cls for cls in (Number, Switch, Choice, Text, Action)}


def from_json(name: str, data: object) -> Channel:
    """A channel from a self-description; fields it does not know are left aside. Raises Refused (bad_message)."""
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(kind, str) or kind not in KINDS:
        raise Refused(Code.BAD_MESSAGE, f"The channel {name[:40]!r} has no kind that this version knows.")
    if not is_id(name) or name in RESERVED_CHANNELS:
        raise Refused(Code.BAD_MESSAGE, f"{name[:40]!r} cannot name a channel.")
    try:
        channel = _ADAPTERS[kind].validate_json(orjson.dumps({**data, "name": name}), strict=True)
        if channel.safe is not None:
            channel.check(channel.safe)
    except ValidationError as error:
        wrong = ", ".join(sorted({str(one["loc"][0]) for one in error.errors()}))
        raise Refused(Code.BAD_MESSAGE, f"The channel {name} describes {wrong} wrongly.") from None
    except Refused as refused:
        raise Refused(Code.BAD_MESSAGE, f"The safe value of the channel {name} cannot be: {refused}") from None
    return channel


_ADAPTERS: dict[str, TypeAdapter[Channel]] = {kind: TypeAdapter(cls) for kind, cls in KINDS.items()}
