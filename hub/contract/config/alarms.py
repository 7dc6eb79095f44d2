"""Alarms in config.yaml: limits of channels, and how somebody is told who is not looking."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from hub.contract.config.fields import Duration, Model, Reference, StandId, Title, Zone, at_least

Priority = Literal["low", "medium", "high", "critical"]
Finite = Annotated[float, Field(allow_inf_nan=False)]


def _time_of_day(text: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text, re.ASCII):
        raise ValueError(f"{text[:40]!r} is no time of day; write for example 08:00")
    return text


TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
"""`08:00`, on a clock of 24 hours."""


class Alarm(Model):
    """`{stand: phytotron, channel: chamber.int_temp, high: 40}`: a channel that leaves its limits."""

    stand: StandId
    """The stand of the channel."""
    channel: Reference
    """`device.channel` of that stand; a number."""
    low: Finite | None = None
    """The alarm comes when the value is below."""
    high: Finite | None = None
    """The alarm comes when the value is above."""
    hysteresis: Annotated[Finite, Field(ge=0)] = 0.0
    """How far the value must be back within the limit before the alarm goes; ISA-18.2 calls it deadband."""
    delay: Duration = Field(default=0.0, json_schema_extra={"default": "0s"})
    """How long the value must be outside before the alarm comes."""
    priority: Priority = "medium"
    """How urgent it is."""
    latched: bool = False
    """Whether it stays until somebody has acknowledged it, even if the value is back."""
    message: Title | None = None
    """What is wrong and what to do; by default which limit is passed."""

    @model_validator(mode="after")
    def _has_limits(self) -> Self:
        if self.low is None and self.high is None:
            raise ValueError("an alarm needs a limit; write for example high: 40")
        if self.low is not None and self.high is not None and self.high - self.low <= 2 * self.hysteresis:
            raise ValueError("there is no value between low and high at which the alarm would go; move them apart")
        return self


class Notify(Model):
    """Whom to tell stands in the secret file notify.urls; here stands what and when."""

    priority: Priority = "low"
    """Alarms less urgent than this are not told."""
    repeat: Annotated[Duration, at_least("1m")] = Field(default=3600.0, json_schema_extra={"default": "1h"})
    """An alarm that nobody acknowledges is told again so often."""
    sign_of_life: TimeOfDay | None = None
    """When, each day, to say that all is well or which alarms there are; by default never."""
    zone: Zone = "UTC"
    """The time zone of `sign_of_life`, such as Europe/Prague."""
