"""A simulated SBA-5 CO2 analyser: bytes in, bytes out.

A single character acts at once; a word with a value acts at its CR and is acknowledged by its echo and `OK`, each with
CR LF. LF is left aside, so that CR and CR LF end a command alike. What is known of the instrument ends in a few places
where something had to be chosen: an unknown word or a value out of range is not acknowledged and changes nothing;
single characters are not acknowledged; `M` is answered by nothing while the instrument warms up or zeroes (its `W` and
`Z` lines come by themselves, streaming switched off or not); the wording of `?` and `V`; a `Z` line every 1.6 s, which
makes 25 of them in a zeroing of 40 s.
"""

import random
from dataclasses import dataclass
from math import exp, inf

from agents.simulators import sba5_line, sba5_settings
from agents.simulators.sba5_cell import Cell
from agents.simulators.surroundings import Exchange

SINGLE = "M!@Z]?VX"
COLD, HOT, WARMING = 22.0, 55.0, 120.0
"""degC when switched on, degC of the thermostats, and the time constant between them in seconds."""
WARM_UP_LINE, ZERO_LINE = 1.0, 1.6
"""Seconds from one `W` or `Z` line to the next."""
LONGEST_COMMAND = 64


@dataclass(frozen=True)
class Sba5Faults:
    """What can be wrong with it; the fault lasts as long as it stands in the file.

    `warm_up` is an instrument that was switched off and on: its settings are those last saved by `X`. `unplugged` takes
    the serial port away. `status` replaces the status of a measurement.
    """

    silent: bool = False
    truncated: bool = False
    garbage: bool = False
    warm_up: bool = False
    zeroing: bool = False
    unplugged: bool = False
    status: int = 0

    def __post_init__(self) -> None:
        if self.status not in range(len(sba5_line.MESSAGES)):
            raise ValueError("status takes 0 to 6")


class Sba5:
    """The instrument. Times are seconds of one clock that only goes forward."""

    def __init__(self, seed: str, now: float, exchange: Exchange) -> None:
        self.faults = Sba5Faults()
        self._cell = Cell(seed, now, exchange)
        self._noise = random.Random(seed)  # noqa: S311 (noise, not a secret)
        self._saved = sba5_settings.factory()
        self._switch_on(now)

    def _switch_on(self, now: float) -> None:
        self._on_since = now
        self._settings = dict(self._saved)
        self._typed = ""
        self._streaming = True
        self._zero_from, self._zero_until = -inf, -inf
        self._next_zero = now + self._zero_interval()
        self._next_line = now

    def suffer(self, faults: Sba5Faults, now: float) -> None:
        """From now on have these faults and no others."""
        before, self.faults = self.faults, faults
        if faults.warm_up and not before.warm_up:
            self._switch_on(now)
        if faults.zeroing and not before.zeroing:
            self._zero(now)
        if before.zeroing and not faults.zeroing:
            self._zero_until = now

    def receive(self, data: bytes, now: float) -> list[tuple[str, bytes]]:
        """Take bytes from the line; return each command that they completed, with the bytes of its answer."""
        if self.faults.silent:
            return [(data.decode("ascii", "backslashreplace"), b"")]
        done = []
        for char in data.decode("latin-1"):
            if char == "\r" or (not self._typed and char in SINGLE):
                command, self._typed = self._typed or char, ""
                if command != "\r":
                    done.append((command, self._sent(self._answer(command, now))))
            elif char != "\n":
                self._typed = (self._typed + char)[-LONGEST_COMMAND:]
        return done

    def stream(self, now: float) -> bytes:
        """The line that the instrument sends by itself now, if one is due."""
        if now >= self._next_zero:
            self._zero(now)
        if now < self.wake_at(now) or self.faults.silent:
            return b""
        if self.faults.warm_up:
            line, pause = f"W,{HOT - (HOT - COLD) * exp((self._on_since - now) / WARMING):.1f}", WARM_UP_LINE
        elif self._zeroing(now):
            line, pause = self._zero_line(now), ZERO_LINE
        else:
            line, pause = self._measurement(now, streamed=True), self._settings["S,11,"]
        self._next_line = now + pause
        return self._sent([line])

    def wake_at(self, now: float) -> float:
        """When to call `stream` next."""
        speaks = self._streaming or self.faults.warm_up or self._zeroing(now)
        return min(self._next_zero, self._next_line if speaks else inf)

    def _answer(self, command: str, now: float) -> list[str]:
        if command not in SINGLE:
            return self._set(command, now)
        if command == "M" and not self.faults.warm_up and not self._zeroing(now):
            return [self._measurement(now, streamed=False)]
        if command == "?":
            return [" ".join(f"{word}={value:g}" for word, value in self._settings.items())]
        if command == "V":
            return ["SBA-5 simulated, serial number 0, firmware 0"]
        if command in "!@":
            self._streaming, self._next_line = command == "@", now
        elif command == "Z":
            self._zero(now)
        elif command == "X":
            self._saved = dict(self._settings)
        elif command == "]":
            self._settings = sba5_settings.factory()
            self._next_zero = now + self._zero_interval()
        return []

    def _set(self, command: str, now: float) -> list[str]:
        known = sba5_settings.parse(command)
        if known is None:
            return []
        word, value = known
        self._settings[word] = value
        if word == "A":
            self._next_zero = now if value else inf
        return [command, "OK"]

    def _zero(self, now: float) -> None:
        self._zero_from, self._zero_until = now, now + self._settings["E"]
        self._next_zero, self._next_line = now + self._zero_interval(), now

    def _zero_interval(self) -> float:
        return abs(self._settings["A"]) * 60 or inf

    def _zeroing(self, now: float) -> bool:
        return self.faults.zeroing or now < self._zero_until

    def _zero_line(self, now: float) -> str:
        steps = round((self._zero_until - self._zero_from) / ZERO_LINE)
        return f"Z,{min(steps, 1 + int((now - self._zero_from) / ZERO_LINE))} of {steps}"

    def _measurement(self, now: float, *, streamed: bool) -> str:
        sample = self._cell.sample(now, self._settings)
        status = self.faults.status or (4 if sample.co2 < self._settings["L"] else 0)
        return sba5_line.measurement(
            sample, self._settings, sba5_line.MESSAGES[status] if streamed else f"{status:02d}"
        )

    def _sent(self, lines: list[str]) -> bytes:
        crc = bool(self._settings["S,16,"])
        data = "".join((sba5_line.with_crc(line) if crc else line) + "\r\n" for line in lines).encode()
        if data and self.faults.garbage:
            data = bytes(self._noise.randrange(256) for _ in range(8)) + data[:-3]
        return data[: len(data) // 2] if self.faults.truncated else data
