"""A pty between a simulated instrument and its driver, in place of a serial line.

The simulator keeps the driver's end open itself, so that drivers may come and go, and in raw mode, so that a shell's
`cat` and `echo` find a plain line too.
"""

import os
import select
import signal
import time
import tty
from typing import Protocol, TypeVar

from agents.simulators.faults import FaultFile
from agents.simulators.place import Place

LOOK_AT_FAULTS = 0.5
"""Seconds of the device between looks at the fault file."""

ANSWER_DELAY = 0.03
"""Seconds before an answer, about what its 60 characters take at 19200 baud.

Some clients close and open the port between command and answer; what the instrument sends before that is lost.
"""


class LineFaults(Protocol):
    """What can be wrong with whatever hangs on the line."""

    @property
    def unplugged(self) -> bool:
        """Whether the port is gone."""
        ...


F = TypeVar("F", bound=LineFaults)
F_contra = TypeVar("F_contra", bound=LineFaults, contravariant=True)


class Instrument(Protocol[F_contra]):
    """What can hang on the line. `now` is the device's own time, in seconds."""

    def suffer(self, faults: F_contra, now: float) -> None:
        """From now on have these faults and no others."""

    def receive(self, data: bytes, now: float) -> list[tuple[str, bytes]]:
        """The commands that became whole with these bytes, each with the answer to send."""
        ...

    def stream(self, now: float) -> bytes:
        """What the instrument sends by itself."""
        ...

    def wake_at(self, now: float) -> float:
        """When it next has something to send by itself; infinity when never."""
        ...


class SerialLine:
    """One pty, which drivers open by the name of a link to it."""

    def __init__(self, place: Place) -> None:
        self._place, self._path = place, place.file("tty")
        self._ends: tuple[int, int] | None = None

    def plug(self) -> None:
        """Make the port appear and say where it is, unless it is there."""
        if self._ends is not None:
            return
        ours, theirs = self._ends = os.openpty()
        tty.setraw(theirs)
        os.set_blocking(ours, False)
        draft = self._place.file("tty.new")
        draft.unlink(missing_ok=True)
        draft.symlink_to(os.ttyname(theirs))
        draft.replace(self._path)
        self._place.announce(str(self._path))

    def unplug(self) -> None:
        """Make the port go away, under a client's hands if one has it open."""
        if self._ends is not None:
            self._path.unlink(missing_ok=True)
            for end in self._ends:
                os.close(end)
            self._ends = None

    def read(self, seconds: float) -> bytes:
        """What a client sent; empty after `seconds` without anything."""
        if self._ends is None:
            time.sleep(seconds)
            return b""
        ready, _, _ = select.select([self._ends[0]], [], [], seconds)
        return self._received() if ready else b""

    def lose(self, *_: object) -> None:
        """Lose what a client sent that was not read yet.

        At SIGCONT: what came while this process was frozen is lost on an instrument that hangs, too, and its client has
        given up.
        """
        while self._received():
            pass

    def write(self, data: bytes) -> None:
        """Send to whoever listens. What nobody has read for long falls away, as on a serial line."""
        if self._ends is not None and data:
            try:
                os.write(self._ends[0], data)
            except BlockingIOError:
                return

    def _received(self) -> bytes:
        try:
            return os.read(self._ends[0], 4096) if self._ends is not None else b""
        except BlockingIOError:
            return b""


def run(instrument: Instrument[F], place: Place, faults: FaultFile[F]) -> None:
    """Serve the instrument until the process is told to end."""
    line = SerialLine(place)
    signal.signal(signal.SIGCONT, line.lose)
    try:
        while True:
            current = faults.current()
            instrument.suffer(current, place.now())
            if current.unplugged:
                line.unplug()
            else:
                line.plug()
            pause = min(LOOK_AT_FAULTS, max(0.0, instrument.wake_at(place.now()) - place.now()))
            exchange(instrument, place, line, pause / place.speed)
    finally:
        line.unplug()


def exchange(instrument: Instrument[F], place: Place, line: SerialLine, seconds: float) -> None:
    """Wait for a command at most `seconds`, answer it, and send what the instrument has to say by itself."""
    for command, answer in instrument.receive(line.read(seconds), place.now()):
        time.sleep(ANSWER_DELAY)
        place.log.add(command, answer)
        line.write(answer)
    line.write(instrument.stream(place.now()))
