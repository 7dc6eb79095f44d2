"""Signals as something to wait for, in one place, without code that runs at any moment."""

import os
import select
import signal
from types import FrameType
from typing import Self

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """As a context manager it takes over the signals that end us, and those that tell of an ended child.

    A terminal that was closed counts as a request to stop, too: the SIGHUP of its end reaches only the first program
    that was started in it, which need not be us. A program that was told to survive that (`nohup`) does.
    """

    def __init__(self, terminal: int = 0) -> None:
        """`terminal` is the file descriptor of the standard input, which need not be a terminal."""
        self.stops = 0
        """How often we were asked to stop."""
        self._read, self._write = os.pipe()
        self._survives = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        self._poll = select.poll()
        self._poll.register(self._read, select.POLLIN)
        self._terminal = terminal
        if os.isatty(terminal) and not self._survives:
            self._poll.register(terminal, select.POLLHUP)

    def __enter__(self) -> Self:
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        taken = {*STOPPING, signal.SIGCHLD} - ({signal.SIGHUP} if self._survives else set())
        self._before = {number: signal.signal(number, self._count) for number in taken}
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
        for file, _what in self._poll.poll(seconds * 1000):
            if file == self._read:
                os.read(self._read, 1000)
            else:
                self._poll.unregister(self._terminal)
                self.stops += 1

    def _count(self, number: int, _frame: FrameType | None) -> None:
        self.stops += number in STOPPING
