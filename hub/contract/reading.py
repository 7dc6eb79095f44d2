"""A reading: one snapshot of a device, and the quality of what is in it.

A reading carries `epoch` and `n`: an agent numbers all it has to say by one, and the hub stores only the next number of
an epoch, so that nothing is stored twice or out of order.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

import orjson

from hub.contract import wire
from hub.contract.channels import Value
from hub.contract.description import Description
from hub.contract.errors import Code, Refused


class Quality(StrEnum):
    """Why a channel has no value, or one that must not be trusted. A good value has no quality entry."""

    SENTINEL = "sentinel"
    """The device sent its mark for 'absent or broken'."""
    WARMING_UP = "warming_up"
    ZEROING = "zeroing"
    SUSPECT = "suspect"
    """The device itself doubts the value, or it lies outside what the channel can show."""
    FROZEN = "frozen"
    """It has not changed at all for longer than a working sensor's would."""
    RAILED = "railed"
    """It stands at the end of what the sensor can show, or beyond."""
    STALE = "stale"
    """Older than three periods. Never sent by an agent: said by who reads late."""


STALE_PERIODS = 3
"""Periods of a device after which what it has shown is stale."""
UNSYNCED = "unsynced"
"""What a reading says of the clock by which it is dated, when that was not synchronised."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One snapshot of a device, on `.../state`."""

    ts: str
    """When it was obtained from the device: UTC, ISO 8601."""
    epoch: str
    n: int
    values: dict[str, Value | None]
    quality: dict[str, str] = field(default_factory=dict)
    raw: dict[str, int | float] = field(default_factory=dict)
    """What the device showed of calibrated channels, before the calibration."""
    clock: str = ""
    """`unsynced` when the clock that gave `ts` was not synchronised; empty when it was."""

    def encode(self) -> bytes:
        """Channels stand flat beside `ts`, `epoch`, `n` and, if anything is to be said, `quality`, `raw`, `clock`."""
        data: dict[str, object] = {"ts": self.ts, "epoch": self.epoch, "n": self.n, **self.values}
        if self.quality:
            data["quality"] = self.quality
        if self.raw:
            data["raw"] = self.raw
        if self.clock:
            data["clock"] = self.clock
        return orjson.dumps(data)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Raises Refused (too_large, bad_json, bad_message). The values are not checked yet: see `check_values`."""
        data = wire.load(payload)
        try:
            ts, epoch, n = data.pop("ts"), data.pop("epoch"), data.pop("n")
            quality, raw, clock = data.pop("quality", {}), data.pop("raw", {}), data.pop("clock", "")
        except KeyError as error:
            raise Refused(Code.BAD_MESSAGE, f"The reading lacks {error}.") from None
        if type(n) is not int or n < 1 or type(ts) is not str or type(epoch) is not str:
            raise Refused(Code.BAD_MESSAGE, "The reading's ts, epoch or n is of the wrong type.")
        if type(quality) is not dict or type(raw) is not dict or type(clock) is not str:
            raise Refused(Code.BAD_MESSAGE, "The reading's quality, raw or clock is of the wrong type.")
        return cls(ts, epoch, n, data, quality, raw, clock)

    def check_values(self, description: Description) -> None:
        """Every value must be one that its channel can have, or None. Raises Refused.

        A measured number may lie outside `low` and `high` (then its quality says so); its type must be right.
        """
        known = description.by_name
        for name, value in self.values.items():
            if value is None:
                continue
            channel = known.get(name)
            if channel is None:
                raise Refused(Code.UNKNOWN_TARGET, f"{description.key} has no channel {name[:40]!r}.")
            if channel.kind == "number" and type(value) in (float, int):
                continue
            channel.check(value)
        for name, word in self.quality.items():
            if name not in known or type(word) is not str:
                raise Refused(Code.BAD_MESSAGE, f"{description.key} says the quality of {name[:40]!r} wrongly.")
        for name, number in self.raw.items():
            if name not in known or type(number) not in (float, int):
                raise Refused(Code.BAD_MESSAGE, f"{description.key} says what is raw of {name[:40]!r} wrongly.")
