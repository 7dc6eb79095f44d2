"""A heated plate on a serial line of the test's own, which fails when the test wants it to: at a word, in a word."""

import contextlib
import os
import select
import threading
import tty
from pathlib import Path
from typing import Self

RIG = """\
  rig:
    agent: bench
    devices:
      plate:
        driver: serial_line
        address: ADDRESS
        period: 100ms
        timeout: 4s
        terminator: LF
        channels:
          heat: {ask: "HEAT?", set: "HEAT {value}", unit: "%", low: 0, high: 100, safe: 0}
          temp: {ask: "TEMP?", unit: "°C", absent: -255, frozen_after: 500ms, rails: [0, 400]}
        derived:
          excess: {formula: temp - 20, unit: K}
    interlocks:
      plate_too_hot: {when: plate.temp > 90, outputs: [plate.heat]}
alarms:
  too_cold: {stand: rig, channel: plate.temp, low: 15}
"""
"""The plate as config.yaml describes it."""


class Instrument:
    """The plate. As a context manager it is plugged in. The attributes may be set while it runs."""

    def __init__(self, address: Path) -> None:
        self.address = address
        self.heard: list[str] = []
        """What it was told and asked."""
        self.heat, self.temp = 0.0, ""
        """As it was set; what it says of its temperature, by default a value that changes a little."""
        self.silent = False
        self.noise = b""
        """Sent before each answer."""
        self.half = False
        """Sends the first half of each answer only, and no line end."""
        self.dies_at = ""
        """The beginning of the line at which it is pulled out; it still does what the line says."""
        self._ends: tuple[int, int] | None = None

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.pull()

    def plug(self) -> None:
        """Its port appears."""
        self._ends = os.openpty()
        tty.setraw(self._ends[1])
        self.address.symlink_to(os.ttyname(self._ends[1]))
        threading.Thread(target=self._serve, args=self._ends, daemon=True).start()

    def pull(self) -> None:
        """Its port disappears, under the hands of who has it open."""
        ends, self._ends = self._ends, None
        if ends is not None:
            self.address.unlink()
            for end in ends:
                os.close(end)

    def _serve(self, ours: int, _theirs: int) -> None:
        said = b""
        with contextlib.suppress(OSError, ValueError):  # it was pulled out
            while select.select([ours], [], []):
                said += os.read(ours, 4096)
                *lines, said = said.split(b"\n")
                for line in lines:
                    self._take(line.decode(), ours)

    def _take(self, line: str, ours: int) -> None:
        self.heard.append(line)
        word, _, value = line.partition(" ")
        if value:
            self.heat = float(value)
        if self.dies_at and line.startswith(self.dies_at):
            self.dies_at = ""
            self.pull()
        elif not value and not self.silent:
            answer = f"{self._shown(word)}\n".encode()
            os.write(ours, self.noise + (answer[: len(answer) // 2] if self.half else answer))

    def _shown(self, word: str) -> str:
        return f"{self.heat}" if word == "HEAT?" else self.temp or f"{20 + len(self.heard) % 10 / 10}"
