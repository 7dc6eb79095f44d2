"""One run of a procedure: where it stands, and how that is written down so that a restarted hub knows."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Self

from hub.contract.config.procedures import Procedure


class Phase(StrEnum):
    """The parts of a run, in their order. `safe` comes only when the steps did not end by themselves."""

    STEPS = "steps"
    FINALLY = "finally"
    SAFE = "safe"


class Awaits(StrEnum):
    """What a run waits for until `due`."""

    OUTCOME = "outcome"
    TIME = "time"
    AGENTS = "agents"


@dataclass
class Run:
    """A run that has not ended. `due` and `awaits` are of this hub process; all else survives it."""

    run: str
    procedure: str
    title: str
    by: str
    digest: str
    """Of the procedure's text: a run goes on only in the procedure that it began."""
    started: int
    phase: Phase = Phase.STEPS
    index: int = 0
    """The action of the phase that is being done."""
    reached: int = 0
    """How many steps were begun: their channels may have been set."""
    outcome: str = "done"
    """What the run will have ended with."""
    reason: str | None = None
    until: int | None = None
    """When the present wait ends, in ms since 1970."""
    forget: bool = False
    """Whether nothing of it is kept in the end."""
    due: float = 0.0
    awaits: Awaits = Awaits.TIME

    @property
    def command_id(self) -> str:
        """The same for the same step of the same run, so that an agent asked twice acts once."""
        return f"{self.run}/{self.index}" if self.phase is Phase.STEPS else f"{self.run}/{self.phase}/{self.index}"

    @property
    def stopping(self) -> bool:
        """Whether the run is past its steps, on the way to its end."""
        return self.phase is not Phase.STEPS

    def enter(self, phase: Phase) -> None:
        """Begin another part of the run."""
        self.phase, self.index, self.until = phase, 0, None

    def fail(self, reason: str) -> None:
        """Note that the run failed; of several failures the first is told."""
        self.reason = f"{self.reason}; {reason}" if self.outcome == "stopped" else self.reason or reason
        self.outcome = "failed"

    def to_json(self, procedure: Procedure, stage: str, ended: int | None = None) -> dict[str, object]:
        """The run as panel and command line see it, with what `from_json` needs."""
        kept = asdict(self)
        del kept["due"], kept["awaits"]
        in_steps = {Phase.STEPS: self.index, Phase.FINALLY: len(procedure.steps) + self.index}
        steps = len(procedure.steps) + len(procedure.finally_)
        return kept | {
            "state": self.outcome if ended is not None else "stopping" if self.stopping else "running",
            "stage": stage,
            "step": min(in_steps.get(self.phase, steps) + 1, steps),
            "steps": steps,
            "ended": ended,
        }

    @classmethod
    def from_json(cls, data: dict[str, object]) -> Self:
        """The run that `to_json` wrote down. Raises KeyError or ValueError when it is not one of this version's."""
        names = cls.__dataclass_fields__.keys() - {"due", "awaits"}
        run = cls(**{name: data[name] for name in names})  # type: ignore[arg-type]
        run.phase = Phase(run.phase)
        return run


def digest(procedure: Procedure) -> str:
    """12 hex digits that change when the procedure's text does."""
    return sha256(procedure.model_dump_json(by_alias=True).encode()).hexdigest()[:12]
