"""Signals as something to wait for, in one place, without code that runs at any moment."""

import os
import select
import signal
from types import FrameType
from typing import Self

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """As a context manager it takes over the signals that end us, and those that tell of an ended child."""

    def __init__(self) -> None:
        self.stops = 0
        """How often we were asked to stop."""
        self._read, self._write = os.pipe()

    def __enter__(self) -> Self:
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._before = {number: signal.signal(number, self._count) for number in (*STOPPING, signal.SIGCHLD)}
        self._fd_before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._fd_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._read)
        os.close(self._write)

    def wait(self, seconds: float) -> None:
        """Wait for a signal, at most so long."""
        if select.select([self._read], [], [], seconds)[0]:
            os.read(self._read, 1000)

    def _count(self, number: int, _frame: FrameType | None) -> None:
        self.stops += number in STOPPING
