"""Procedures (lists of steps) and the schedules that start them: in config.yaml, or made at run time."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from hub.contract.config.fields import (
    Cron,
    Duration,
    Instant,
    Items,
    Missed,
    Model,
    Name,
    Reference,
    Scalar,
    StandId,
    Title,
    Zone,
)


class SetStep(Model):
    """`{set: fans.left, to: true}`: command a channel and wait for the outcome."""

    set: Reference
    to: Scalar
    label: Title | None = None


class WaitStep(Model):
    """`{wait: 240s, label: ventilating}`."""

    wait: Duration
    label: Title | None = None


def _kind(step: object) -> str:
    """Which step it is; what is neither is judged as the one that its other words belong to."""
    words = step.keys() if isinstance(step, dict) else ()
    return "WaitStep" if "wait" in words or isinstance(step, WaitStep) else "SetStep"


Step = Annotated[Annotated[SetStep, Tag("SetStep")] | Annotated[WaitStep, Tag("WaitStep")], Discriminator(_kind)]


class Procedure(Model):
    """Steps done one after another. `finally` is done in the end, however the steps ended."""

    title: Title | None = None
    stand: StandId
    on_failure: Literal["safe", "abort", "continue"] = "safe"
    """When a step fails: do `finally` and end (safe), end at once (abort), or go on with the next step (continue)."""
    on_restart: Literal["safe", "resume"] = "safe"
    """When the hub restarts in the middle: do `finally` and end, or go on where it was."""
    steps: Annotated[Items[Step], Field(min_length=1)]
    finally_: Items[SetStep] = Field(default=(), alias="finally")


class Schedule(Model):
    """When something happens: `every` (aligned to the clock), `cron` (in `zone`) or `at` (once)."""

    title: Title | None = None
    every: Annotated[Duration, Field(ge=1)] | None = None
    offset: Duration = 0.0
    """Shifts `every` against the clock: every 10m with offset 2m runs at :02, :12, ..."""
    cron: Cron | None = None
    zone: Zone = "UTC"
    at: Instant | None = None
    procedure: Name | None = None
    stand: StandId | None = None
    set: Reference | None = None
    to: Scalar | None = None
    missed: Missed | None = None
    """A run that fell due while the hub was down: run it at once or skip it. Left out: only a `set` to the channel's
    safe value is run."""
    enabled: bool = True

    @model_validator(mode="after")
    def _one_of_each(self) -> "Schedule":
        if sum(when is not None for when in (self.every, self.cron, self.at)) != 1:
            raise ValueError("a schedule has exactly one of every, cron and at; write for example every: 10m")
        if (self.procedure is None) == (self.set is None):
            raise ValueError("a schedule has either procedure or set; write for example procedure: ventilation")
        if self.set is not None and (self.stand is None or self.to is None):
            raise ValueError("a schedule that sets a channel names stand, set and to")
        return self
