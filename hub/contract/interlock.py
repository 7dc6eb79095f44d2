"""Interlocks as those understand them who evaluate them: what each looks at, what it trips on, and what to say of it.

An agent evaluates an interlock whose inputs are all its own; any other is the hub's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hub.contract.channels import Action, Channel, Choice
from hub.contract.condition import Condition
from hub.contract.config import interlocks as config_interlocks
from hub.contract.config.interlock_devices import PERIOD, TITLE, device_key, evaluator
from hub.contract.config.interlocks import DEVICE, RESET
from hub.contract.config.schema import Config
from hub.contract.description import Description

STATES = ("normal", "blocked", "tripped", "latched", "waiting")
NORMAL, BLOCKED, TRIPPED, LATCHED, WAITING = STATES
"""`blocked`: tripped, which is no trouble. `latched`: the cause has gone, nobody has reset it. `waiting`: inputs are
not known yet since the start."""


class Point(NamedTuple):
    """A channel of a device anywhere; `key` is `stand/device`."""

    key: str
    channel: str


class Unknown(str):
    """Stands for a value that cannot be believed, and says why: `is stale`."""

    __slots__ = ()


@dataclass(frozen=True)
class Interlock:
    """One interlock of a stand."""

    stand: str
    name: str
    title: str
    agent: str | None
    """Who evaluates it; None: the hub."""
    condition: Condition
    needed: bool
    """Whether the condition must hold (`needs`); else it must not (`when`)."""
    latched: bool
    inputs: Mapping[str, Point]
    """By the words of the condition."""
    outputs: tuple[Point, ...]

    @property
    def label(self) -> str:
        """`lamp_overheats (Lamp too hot)`."""
        return f"{self.name} ({self.title})" if self.title != self.name else self.name

    @property
    def permissive(self) -> bool:
        """Whether it only says what must come first, as the valve before the pump: to lack that is no trouble."""
        return self.needed and not self.latched

    @property
    def rule(self) -> str:
        """What it trips on, as it stands in config.yaml."""
        return f"needs {self.condition.text}" if self.needed else self.condition.text

    def cause(self, values: Mapping[str, bool | float | Unknown]) -> str | None:
        """Why it trips with these values of its inputs: `chamber.int_temp is 41.2`. None when all is well."""
        known = {name: float(value) for name, value in values.items() if not isinstance(value, Unknown)}
        if self.condition.holds(known) is self.needed:
            return None
        doubts = {name: value for name, value in values.items() if isinstance(value, Unknown)}
        return ", ".join(f"{name} {_said(value)}" for name, value in sorted((doubts or values).items()))

    def reason(self, cause: str) -> str:
        """Why a command is refused: which interlock it is, what it trips on, and what is the case."""
        return f"{self.label}: {self.rule}; {cause}."


def interlocks(config: Config) -> list[Interlock]:
    """All of an installation. Every reference in `config` leads somewhere, as `load` has seen to."""
    return [
        _interlock(config, stand, name, each)
        for stand, entry in config.stands.items()
        for name, each in entry.interlocks.items()
    ]


def describe(found: Iterable[Interlock]) -> dict[str, Description]:
    """The devices `interlocks` as everybody sees them, by `stand/interlocks`: those that an agent evaluates."""
    stands: dict[str, list[Interlock]] = {}
    for each in found:
        if each.agent is not None:
            stands.setdefault(each.stand, []).append(each)
    return {f"{stand}/{DEVICE}": _description(each) for stand, each in stands.items()}


def _interlock(config: Config, stand: str, name: str, entry: config_interlocks.Interlock) -> Interlock:
    condition = Condition(entry.condition)
    inputs = {reference: point(stand, reference) for reference in sorted(condition.references)}
    return Interlock(
        stand=stand,
        name=name,
        title=entry.title or name,
        agent=evaluator(config, stand, entry),
        condition=condition,
        needed=entry.needs is not None,
        latched=entry.latched,
        inputs=inputs,
        outputs=tuple(point(stand, reference) for reference in entry.outputs),
    )


def point(stand: str, reference: str) -> Point:
    """What `device.channel` of the stand, or `stand.device.channel`, names."""
    return Point(device_key(stand, reference), reference.rpartition(".")[2])


def _said(value: bool | float | Unknown) -> str:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, bool):
        return "is ON" if value else "is OFF"
    return f"is {value:.12g}"


def _description(of_stand: Sequence[Interlock]) -> Description:
    channels: list[Channel] = [Choice(each.name, each.title, options=STATES) for each in of_stand]
    if any(each.latched for each in of_stand):
        channels.append(Action(RESET, "Reset", writable=True, confirm="dialog"))
    stand, agent = of_stand[0].stand, of_stand[0].agent
    return Description(stand, DEVICE, TITLE, DEVICE, agent or "", PERIOD, "anyone", tuple(channels))
