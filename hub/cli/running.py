"""Processes that run: how they are known again, and how they are ended in good order."""

import contextlib
import math
import os
import signal
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Protocol

PAUSE = 0.01


class Running(Protocol):
    """A process that leads a session of its own."""

    @property
    def pid(self) -> int: ...

    @property
    def turn(self) -> int:
        """When it is stopped: 0 first, those of one turn together."""

    @property
    def grace(self) -> float:
        """Seconds that it has to end by itself."""

    def alive(self) -> bool: ...


def start_time(pid: int) -> str | None:
    """When the process started, in clock ticks since this boot; None when there is none or it has ended.

    A process id is used again sooner or later; with its start time it means one process only.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def stop(processes: Collection[Running], hurry: Callable[[], bool] = lambda: False) -> None:
    """End the processes turn by turn: politely, then by force when their grace is over.

    While `hurry()` is true, half a second is the longest grace. Frozen processes are thawed, so that an agent can still
    make its outputs safe, and reach what it needs for it.
    """
    for process in processes:
        send(process.pid, signal.SIGCONT)
    for turn in sorted({process.turn for process in processes}):
        together = [process for process in processes if process.turn == turn]
        for process in together:
            send(process.pid, signal.SIGTERM)
        begin = time.monotonic()
        for process in together:
            while process.alive() and time.monotonic() - begin < min(process.grace, 0.5 if hurry() else math.inf):
                time.sleep(PAUSE)
        for process in together:
            kill_session(process.pid)
        while any(process.alive() for process in together):
            time.sleep(PAUSE)


def send(pid: int, *numbers: signal.Signals) -> None:
    """Send signals to a process that may have ended."""
    with contextlib.suppress(ProcessLookupError):
        for number in numbers:
            os.kill(pid, number)


def kill_session(pid: int) -> None:
    """Kill what is left of a session by its leader, also when the leader has ended and left workers behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
