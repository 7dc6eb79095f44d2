"""One process of the installation: what is run, whether it serves, and when it is started again."""

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub.cli.logs import Log

Check = Callable[[], bool]

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0
"""Seconds before a process that ended is started again; each pause is twice the one before."""

SETTLED = 30.0
"""A process that ran for so many seconds begins again with the first pause when it ends."""


@dataclass(frozen=True)
class Program:
    """What to run. `ready` is called before the start; the check that it returns says whether the process serves."""

    name: str
    argv: tuple[str, ...]
    ready: Callable[[], Check]
    turn: int
    """When it is stopped: 0 first."""
    grace: float
    """Seconds that it has to end by itself."""


class Child:
    """A program's process, the present one or the last. Times are seconds of one clock that only goes forward."""

    def __init__(self, program: Program, log: Log, environment: Mapping[str, str]) -> None:
        self.program, self.log = program, log
        self.turn, self.grace = program.turn, program.grace
        self.restart_at: float | None = None
        self.missed = False
        """It has ended, this was said, and it does not serve again yet."""
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._check: Check | None = None
        self._started, self._pause = 0.0, FIRST_PAUSE

    @property
    def name(self) -> str:
        """The program's name."""
        return self.program.name

    @property
    def pid(self) -> int:
        """Of the process, which leads a session of its own. There must have been one."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._process.pid

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def started(self) -> bool:
        """Whether there ever was a process."""
        return self._process is not None

    def start(self, now: float) -> None:
        """Start it in a session of its own, so that a Ctrl-C in our terminal reaches only us. Raises OSError."""
        self._check, self._started, self.restart_at = self.program.ready(), now, None
        with self.log.open() as log:
            self._process = subprocess.Popen(
                self.program.argv,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def serves(self) -> bool:
        """Whether the process has become ready since it was started."""
        if self._check is not None and self._check():
            self._check = None
        return self._check is None

    def plan_restart(self, now: float) -> float:
        """Decide when to start it again; returns the pause in seconds."""
        self._pause = FIRST_PAUSE if now - self._started > SETTLED else min(self._pause * 2, LONGEST_PAUSE)
        self.restart_at = now + self._pause
        return self._pause

    def ending(self) -> str:
        """How the process ended, in words."""
        code = self._process.returncode if self._process is not None else None
        if code is None:
            return "does not run"
        return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
