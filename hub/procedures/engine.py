"""The engine: it takes every run from step to step. Pure: it owns no clock, no thread and no connection.

A run goes through its steps, then through `finally`; when it did not end by itself (a failure, a stop, a restarted hub)
every channel that it may have set and that `finally` does not name is set to its safe value. Each call returns what the
hub must do, in order: the run is saved before a command leaves, so a hub killed at any time knows where each run was.
"""

from collections.abc import Mapping

from hub.contract.config.procedures import Procedure, SetStep, WaitStep
from hub.contract.description import Description
from hub.contract.errors import Code, Refused
from hub.procedures import plan
from hub.procedures.check import check
from hub.procedures.effects import Effect, Ended, Moment, Save, Send
from hub.procedures.restore import restore
from hub.procedures.run import Awaits, Phase, Run, digest

OUTCOME_TIMEOUT = 30.0
"""Seconds after which a command without an outcome counts as failed. The hub gives one within 10: this is a net."""


class Engine:
    """All procedures and their runs. `descriptions` is the hub's own live mapping and is only looked at."""

    def __init__(self, procedures: Mapping[str, Procedure], descriptions: Mapping[str, Description]) -> None:
        self._procedures = procedures
        self._descriptions = descriptions
        self._runs: dict[str, Run] = {}

    def start(self, name: str, by: str, run_id: str, now: Moment) -> list[Effect]:
        """Begin a run. Raises Refused: unknown_target, busy (it or the owner of a channel runs), bad_config."""
        procedure = self._procedure(name)
        self._refuse_taken(name, procedure)
        problems = check(procedure, self._descriptions)
        if problems:
            raise Refused(Code.BAD_CONFIG, f"{name} cannot start: {problems[0][1]}")
        return self._begin(
            name, procedure, Run(run_id, name, procedure.title or name, by, digest(procedure), now.ms), now
        )

    def stop(self, name: str, by: str, now: Moment) -> list[Effect]:
        """End the run by `finally` and safe values; nothing when none runs or it is ending. Raises Refused."""
        procedure = self._procedure(name)
        run = self._runs.get(name)
        if run is None or run.outcome != "done":
            return []
        run.outcome, run.reason = "stopped", f"stopped by {by}"
        began_to_end = run.stopping
        if not began_to_end:
            run.enter(Phase.FINALLY)
        if began_to_end or run.awaits is Awaits.AGENTS:
            return [self._save(run, procedure)]
        return self._proceed(run, procedure, now)

    def reset(self, name: str, by: str, run_id: str, now: Moment) -> list[Effect]:
        """Stop the run if there is one, make all channels of the procedure safe, and forget its last run.

        Raises Refused (unknown_target, busy: another procedure owns a channel).
        """
        procedure = self._procedure(name)
        run = self._runs.get(name)
        if run is not None:
            run.forget, run.reached = True, len(procedure.steps)
            return self.stop(name, by, now) or [self._save(run, procedure)]
        self._refuse_taken(name, procedure)
        run = Run(run_id, name, procedure.title or name, by, digest(procedure), now.ms)
        run.outcome, run.reason, run.forget = "stopped", f"reset by {by}", True
        run.reached = len(procedure.steps)
        run.enter(Phase.FINALLY)
        return self._begin(name, procedure, run, now)

    def clear(self, name: str) -> list[Effect]:
        """Forget the last run. Raises Refused (unknown_target, busy: it is running)."""
        self._procedure(name)
        if name in self._runs:
            raise Refused(Code.BUSY, f"{name} is running; stop it first.")
        return [Save(name, None)]

    def on_outcome(self, command_id: str, status: str, reason: str | None, now: Moment) -> list[Effect]:
        """A command's outcome. Those of other commands, and of steps that nobody waits for any more, are left aside."""
        for run in self._runs.values():
            if run.awaits is Awaits.OUTCOME and run.command_id == command_id:
                return self._after_set(run, None if status == "done" else reason or status, now)
        return []

    def on_time(self, now: Moment) -> list[Effect]:
        """Go on with every run whose wait is over."""
        effects: list[Effect] = []
        for run in [run for run in self._runs.values() if run.due <= now.mono]:
            if run.awaits is Awaits.OUTCOME:
                effects += self._after_set(run, "the hub heard of no outcome", now)
                continue
            if run.awaits is Awaits.TIME:
                run.index += 1
            effects += self._proceed(run, self._procedures[run.procedure], now)
        return effects

    def next_due(self) -> float | None:
        """When `on_time` is to be called next, on the clock of `Moment.mono`."""
        return min((run.due for run in self._runs.values()), default=None)

    def restore(self, runs: Mapping[str, dict[str, object]], now: Moment) -> list[Effect]:
        """Take up the runs that a hub before this one left behind, as each procedure's `on_restart` says."""
        effects: list[Effect] = []
        for name, data in runs.items():
            procedure = self._procedures.get(name)
            run = restore(name, data, procedure, now)
            if isinstance(run, Run) and procedure is not None:
                self._runs[name] = run
                effects.append(self._save(run, procedure))
            elif isinstance(run, Save):
                effects.append(run)
        return effects

    def _procedure(self, name: str) -> Procedure:
        if name not in self._procedures:
            names = ", ".join(self._procedures) or "none"
            raise Refused(Code.UNKNOWN_TARGET, f"There is no procedure {name[:40]!r}; there are {names}.")
        return self._procedures[name]

    def _refuse_taken(self, name: str, procedure: Procedure) -> None:
        wanted = plan.owned(procedure)
        for other in self._runs:
            if other == name:
                raise Refused(Code.BUSY, f"{name} is already running.")
            shared = sorted(wanted & plan.owned(self._procedures[other]))
            if shared:
                raise Refused(
                    Code.BUSY, f"{name} cannot start: {other} is running and owns {shared[0]}; stop it first."
                )

    def _begin(self, name: str, procedure: Procedure, run: Run, now: Moment) -> list[Effect]:
        self._runs[name] = run
        return self._proceed(run, procedure, now)

    def _proceed(self, run: Run, procedure: Procedure, now: Moment) -> list[Effect]:
        """Do the action that the run has come to; past the last one of a phase, enter the next phase."""
        actions = plan.actions(procedure, run, self._descriptions)
        while run.index >= len(actions):
            if run.phase is Phase.SAFE or (run.phase is Phase.FINALLY and run.outcome == "done"):
                return self._end(run, procedure, now)
            run.enter(Phase.FINALLY if run.phase is Phase.STEPS else Phase.SAFE)
            actions = plan.actions(procedure, run, self._descriptions)
        if run.phase is Phase.STEPS:
            run.reached = max(run.reached, run.index + 1)
        step = actions[run.index]
        if isinstance(step, WaitStep):
            run.awaits, run.due, run.until = Awaits.TIME, now.mono + step.wait, now.ms + round(step.wait * 1000)
            return [self._save(run, procedure)]
        run.awaits, run.due, run.until = Awaits.OUTCOME, now.mono + OUTCOME_TIMEOUT, None
        return [self._save(run, procedure), self._send(run, procedure, step)]

    def _send(self, run: Run, procedure: Procedure, step: SetStep) -> Send:
        device, channel = step.set.split(".")
        return Send(run.command_id, f"{procedure.stand}/{device}", channel, step.to, run.run, run.by)

    def _after_set(self, run: Run, problem: str | None, now: Moment) -> list[Effect]:
        procedure = self._procedures[run.procedure]
        if problem is not None:
            said = f"{self._stage(run, procedure)}: {problem}"
            if run.phase is Phase.STEPS and procedure.on_failure == "continue":
                run.reason = run.reason or said
            else:
                run.fail(said)
            if run.phase is Phase.STEPS and procedure.on_failure == "abort":
                return self._end(run, procedure, now)
            if run.phase is Phase.STEPS and procedure.on_failure == "safe":
                run.enter(Phase.FINALLY)
                return self._proceed(run, procedure, now)
        run.index += 1
        return self._proceed(run, procedure, now)

    def _end(self, run: Run, procedure: Procedure, now: Moment) -> list[Effect]:
        del self._runs[run.procedure]
        kept = None if run.forget else run.to_json(procedure, run.outcome, now.ms)
        return [Save(run.procedure, kept), Ended(run.procedure, run.run, run.outcome)]

    def _save(self, run: Run, procedure: Procedure) -> Save:
        return Save(run.procedure, run.to_json(procedure, self._stage(run, procedure)))

    def _stage(self, run: Run, procedure: Procedure) -> str:
        actions = plan.actions(procedure, run, self._descriptions)
        return plan.label(actions[run.index]) if run.index < len(actions) else "ending"
