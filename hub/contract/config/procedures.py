"""Procedures (lists of steps) and the schedules that start them: in config.yaml, or made at run time."""

from typing import Annotated, Literal, Self

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
    at_least,
)


class SetStep(Model):
    """`{set: fans.left, to: true}`: command a channel and wait for the outcome."""

    set: Reference
    """`device.channel` of the procedure's stand."""
    to: Scalar
    """The value."""
    label: Title | None = None
    """What the panel calls this step."""


class WaitStep(Model):
    """`{wait: 240s, label: ventilating}`."""

    wait: Duration
    """How long."""
    label: Title | None = None
    """What the panel calls this step."""


def _kind(step: object) -> str:
    """Which step it is; what is neither is judged as the one that its other words belong to."""
    words = step.keys() if isinstance(step, dict) else ()
    return "WaitStep" if "wait" in words or isinstance(step, WaitStep) else "SetStep"


Step = Annotated[Annotated[SetStep, Tag("SetStep")] | Annotated[WaitStep, Tag("WaitStep")], Discriminator(_kind)]


class Procedure(Model):
    """Steps done one after another."""

    title: Title | None = None
    """What the panel calls it; by default its name."""
    stand: StandId
    """The stand whose channels it sets."""
    on_failure: Literal["safe", "abort", "continue"] = "safe"
    """When a step fails: do `finally` and end (safe), end at once (abort), or go on with the next step (continue)."""
    on_restart: Literal["safe", "resume"] = "safe"
    """When the hub restarts in the middle: do `finally` and end, or go on where it was."""
    steps: Annotated[Items[Step], Field(min_length=1)]
    """What is done, in this order; each `set` waits until the device has confirmed it."""
    finally_: Items[SetStep] = Field(default=(), alias="finally")
    """What is done in the end, however the steps ended."""


class Schedule(Model):
    """When something happens: `every` (aligned to the clock), `cron` (in `zone`) or `at` (once)."""

    title: Title | None = None
    """What the panel calls it; by default its name."""
    every: Annotated[Duration, at_least("1s")] | None = None
    """How often, aligned to the clock: 10m runs at :00, :10, :20 and so on."""
    offset: Duration = Field(default=0.0, json_schema_extra={"default": "0s"})
    """Shifts `every` against the clock: every 10m with offset 2m runs at :02, :12 and so on."""
    cron: Cron | None = None
    """Minute, hour, day, month and weekday, such as `30 8 * * mon-fri`."""
    zone: Zone = "UTC"
    """The time zone in which `cron` is meant, such as Europe/Prague."""
    at: Instant | None = None
    """Once, at an instant that names its zone, such as `2026-11-23T08:00:00Z`."""
    procedure: Name | None = None
    """The procedure that is started."""
    stand: StandId | None = None
    """With `set`: the stand."""
    set: Reference | None = None
    """Instead of a procedure, one channel is set: `device.channel`."""
    to: Scalar | None = None
    """With `set`: the value."""
    missed: Missed | None = None
    """A run that fell due while the hub was down: run it at once or skip it. Left out: only a `set` to the channel's
    safe value is run."""
    enabled: bool = True
    """Whether it runs from the beginning; panel and command line start and stop it later."""

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if sum(when is not None for when in (self.every, self.cron, self.at)) != 1:
            raise ValueError("a schedule has exactly one of every, cron and at; write for example every: 10m")
        if (self.procedure is None) == (self.set is None):
            raise ValueError("a schedule has either procedure or set; write for example procedure: ventilation")
        if self.set is not None and (self.stand is None or self.to is None):
            raise ValueError("a schedule that sets a channel names stand, set and to")
        if self.procedure is not None and (self.stand is not None or self.to is not None):
            raise ValueError("stand and to belong to set; a procedure names its stand itself")
        if self.offset and self.every is None:
            raise ValueError("offset belongs to every; leave it out")
        if self.zone != "UTC" and self.cron is None:
            raise ValueError("zone belongs to cron; leave it out")
        return self
