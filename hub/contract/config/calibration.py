"""A calibration in config.yaml: how a channel's value follows from what its device shows."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from hub.contract.config.fields import Items, Model


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no day; write it as 2026-11-22") from None
    return text


class Calibration(Model):
    """Either `scale` and `offset`, or a `polynomial`, or a `table`."""

    date: Annotated[str, AfterValidator(_day)]
    """The day on which it was found, 2026-11-22."""
    note: str | None = None
    """How and by whom."""
    scale: float | None = None
    """What the raw value is multiplied by; 1 when only `offset` is given."""
    offset: float | None = None
    """What is added then; 0 when only `scale` is given."""
    polynomial: Items[float] | None = None
    """The coefficients, the constant first: [a, b, c] means a + b x + c x^2."""
    table: Items[Annotated[tuple[float, float], Field(strict=False)]] | None = None
    """Pairs of raw value and value, the raw ones rising; between two pairs on a straight line, outside no value."""
    unit: str | None = None
    """The unit of the value, if it is not the raw value's."""
    decimals: Annotated[int, Field(ge=0, le=12)] | None = None
    """Decimals worth showing, if they are not the raw value's."""

    @property
    def linear(self) -> bool:
        """Whether it is `scale` and `offset`, which can be turned round exactly."""
        return self.scale is not None or self.offset is not None

    @model_validator(mode="after")
    def _is_one_of_three(self) -> Self:
        if [self.linear, self.polynomial is not None, self.table is not None].count(True) != 1:
            raise ValueError("write either scale and offset, or a polynomial, or a table")
        if self.scale == 0:
            raise ValueError("a scale of 0 makes every value the same; write for example 1.02")
        if self.polynomial is not None and not 1 <= len(self.polynomial) <= 10:
            raise ValueError("a polynomial has 1 to 10 coefficients; write for example [0, 1.02, 0.003]")
        if self.table is not None:
            raws = [raw for raw, _ in self.table]
            if len(raws) < 2 or any(after <= before for before, after in pairwise(raws)):
                raise ValueError("a table has two pairs or more, their raw values rising: [[0, 1.5], [100, 98]]")
        return self
