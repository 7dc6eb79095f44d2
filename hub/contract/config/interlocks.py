"""Interlocks in config.yaml: under which condition outputs of a stand must keep their safe values."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from hub.contract.condition import Condition
from hub.contract.config.fields import ChannelId, Items, Model, Reference, Title

DEVICE = "interlocks"
"""The device by which everybody sees a stand's interlocks, and its driver: it is the agent itself, without hardware."""
RESET = "reset"
"""Its channel by which a person releases what is latched."""


def _condition(text: str) -> str:
    Condition(text)
    return text


def _not_reset(name: str) -> str:
    if name == RESET:
        raise ValueError(f"{RESET!r} is the channel that resets interlocks; choose another name")
    return name


ConditionText = Annotated[str, AfterValidator(_condition)]
InterlockId = Annotated[ChannelId, AfterValidator(_not_reset)]


class Interlock(Model):
    """`{when: chamber.int_temp > 40, outputs: [lamp.white]}`. An input that is not known trips it."""

    title: Title | None = None
    """What the panel calls it; by default its name."""
    when: ConditionText | None = None
    """It trips while this is true, or not known."""
    needs: ConditionText | None = None
    """It trips while this is not true."""
    outputs: Annotated[Items[Reference], Field(min_length=1)]
    """The channels of the stand that must then keep their `safe` values."""
    latched: bool = False
    """Whether it stays tripped after its cause has gone, until somebody resets it."""

    @model_validator(mode="after")
    def _has_one_condition(self) -> Self:
        if (self.when is None) == (self.needs is None):
            raise ValueError("an interlock has either `when` or `needs`; write for example when: chamber.int_temp > 40")
        return self

    @property
    def condition(self) -> str:
        """The text after `when` or `needs`."""
        return self.when or self.needs or ""
