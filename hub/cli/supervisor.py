"""The supervisor of `clayhub up`: starts the processes in order, each waited for, restarts what ends, stops all.

They stop in an order of their own, so that agents end when nobody commands them any more, and while broker, simulators
and devices are still there: they make their outputs safe.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from hub.cli.child import Child, Program
from hub.cli.logs import Log
from hub.cli.record import Entry, Record
from hub.cli.running import kill_session, stop
from hub.cli.signals import Signals
from hub.contract.errors import ClayhubError, Code

START_TIMEOUT = 60.0
"""Seconds for a stage to become ready: generous, as an old Raspberry Pi takes its time."""

POLL, TICK = 0.02, 0.5
"""Seconds between looks at a stage that starts, and at a whole that runs (an ended process is noticed at once)."""


class Supervisor:
    """Owns all processes of one `clayhub up`. `say` shows one line to the person at the terminal."""

    def __init__(
        self,
        stages: Sequence[Sequence[Program]],
        record: Record,
        logs: Path,
        environment: Mapping[str, str],
        say: Callable[[str], None],
    ) -> None:
        self._stages = [
            [Child(program, Log(logs / f"{program.name}.log"), environment) for program in stage] for stage in stages
        ]
        self._record, self._say = record, say

    def run(self, when_ready: Callable[[], None]) -> None:
        """Start all, call `when_ready`, and keep all running until asked to stop. Raises ClayhubError."""
        with Signals() as signals:
            try:
                if self._start_all(signals):
                    when_ready()
                while not signals.stops:
                    signals.wait(self._until_next())
                    self._look_after(time.monotonic())
                self._say("Stopping; outputs are made safe first.")
            finally:
                self._stop_all(signals)

    def _start_all(self, signals: Signals) -> bool:
        """Start stage after stage. False when asked to stop meanwhile. Raises ClayhubError."""
        for stage in self._stages:
            for child in stage:
                self._start(child)
            limit = time.monotonic() + START_TIMEOUT
            while not all(self._is_up(child) for child in stage):
                signals.wait(POLL)
                if signals.stops:
                    return False
                if time.monotonic() > limit:
                    late = ", ".join(child.name for child in stage if not child.serves())
                    raise ClayhubError(
                        Code.INTERNAL,
                        f"{late} did not become ready within {START_TIMEOUT:g} s; see {stage[0].log.path.parent}.",
                    )
        return True

    def _is_up(self, child: Child) -> bool:
        if not child.alive():
            raise ClayhubError(
                Code.INTERNAL,
                f"{child.name} {child.ending()} when it was started: {child.log.last_line()} "
                f"(its whole log: {child.log.path})",
            )
        return child.serves()

    def _look_after(self, now: float) -> None:
        for child in self._children():
            for line in child.log.warnings(now):
                self._say(f"{child.name}: {line}")
            if child.restart_at is not None:
                if now >= child.restart_at:
                    self._start(child)
            elif not child.alive():
                kill_session(child.pid)
                pause = child.plan_restart(now)
                self._tell_end(child, pause)
            elif child.missed and child.serves():
                child.missed = False
                self._say(f"{child.name} runs again.")

    def _tell_end(self, child: Child, pause: float) -> None:
        """Say it once: what ends again and again before it serves is not news."""
        if not child.missed:
            child.missed = True
            self._say(
                f"{child.name} {child.ending()}; it is started again in {pause:g} s. Last line: {child.log.last_line()}"
            )

    def _until_next(self) -> float:
        planned = [child.restart_at for child in self._children() if child.restart_at is not None]
        return max(0.0, min([TICK, *(at - time.monotonic() for at in planned)]))

    def _start(self, child: Child) -> None:
        child.start(time.monotonic())
        self._record.add(Entry.of(child.name, child.turn, child.pid, child.grace))

    def _stop_all(self, signals: Signals) -> None:
        stop([child for child in self._children() if child.started()], hurry=lambda: signals.stops > 1)
        self._record.clear()

    def _children(self) -> Iterable[Child]:
        return (child for stage in self._stages for child in stage)
