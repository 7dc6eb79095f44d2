"""What becomes of a run that the hub left in the middle: killed, restarted, or started with another config.yaml."""

from hub.contract.config.procedures import Procedure, WaitStep
from hub.procedures.effects import Moment, Save
from hub.procedures.run import Awaits, Phase, Run, digest

AGENTS_PAUSE = 3.0
"""Seconds before a restored run goes on: until an agent's heartbeat is heard, the hub refuses commands for it."""


def restore(name: str, data: dict[str, object], procedure: Procedure | None, now: Moment) -> Run | Save | None:
    """The run to go on with, or what to keep of it instead; None when it had ended before."""
    if data.get("state") not in ("running", "stopping"):
        return None
    try:
        run = Run.from_json(data)
    except (KeyError, ValueError):  # of another version of clayhub
        return Save(name, None)
    if procedure is None:
        gone = {"state": "failed", "stage": "failed", "reason": "its procedure is no longer in config.yaml"}
        return Save(name, {**data, **gone, "until": None, "ended": now.ms})
    run.awaits, run.due = Awaits.AGENTS, now.mono + AGENTS_PAUSE
    if run.digest != digest(procedure):
        run.digest, run.reached = digest(procedure), len(procedure.steps)
        _give_up(run, "config.yaml was changed while it ran")
    elif run.phase is Phase.STEPS and procedure.on_restart == "safe":
        _give_up(run, "the hub was restarted")
    elif run.until is not None and run.phase is Phase.STEPS:
        _wait_on(run, procedure, now)
    return run


def _give_up(run: Run, reason: str) -> None:
    if run.outcome == "done":
        run.outcome, run.reason = "stopped", reason
    run.enter(Phase.FINALLY)


def _wait_on(run: Run, procedure: Procedure, now: Moment) -> None:
    """Wait for the rest of the present wait. The clock may have been set meanwhile: never longer than all of it."""
    step = procedure.steps[run.index]
    if isinstance(step, WaitStep) and run.until is not None:
        rest = min(run.until / 1000 - now.wall, step.wait)
        run.awaits, run.due = Awaits.TIME, now.mono + max(rest, AGENTS_PAUSE)
        run.until = now.ms + round((run.due - now.mono) * 1000)
