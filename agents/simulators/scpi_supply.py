"""A simulated laboratory power supply with 10 Ω connected, which understands SCPI: `MEAS:VOLT?`, `VOLT 12`, `OUTP ON`.

An unknown command is not answered; `SYST:ERR?` tells of it afterwards. Lines end with LF or CR LF, answers with LF.
"""

import random
from dataclasses import dataclass
from math import inf, isfinite

from agents.simulators.surroundings import Exchange

LOAD = 10.0
"""Ω"""
LIMITS = {"VOLT": 30.0, "CURR": 3.0}
NO_NUMBER = "9.91E+37"
"""What SCPI writes where there is no number (SCPI-99, volume 1, 7.2.1.5)."""
NO_ERROR = '+0,"No error"'


@dataclass(frozen=True)
class ScpiSupplyFaults:
    """What can be wrong with it; a fault lasts as long as it stands in the file.

    `overload`: it has no number to show. `stuck`: it takes commands and does nothing.
    """

    silent: bool = False
    garbage: bool = False
    truncated: bool = False
    unplugged: bool = False
    overload: bool = False
    stuck: bool = False


class ScpiSupply:
    """The instrument. `now` is its own time, in seconds."""

    def __init__(self, seed: str, _now: float, _exchange: Exchange) -> None:
        self._faults = ScpiSupplyFaults()
        self._noise = random.Random(seed)  # noqa: S311 (noise, not a secret)
        self._typed = b""
        self._set = {"VOLT": 0.0, "CURR": 1.0}
        self._on = False
        self._error = NO_ERROR

    def suffer(self, faults: ScpiSupplyFaults, _now: float) -> None:
        """From now on have these faults and no others."""
        self._faults = faults

    def receive(self, data: bytes, _now: float) -> list[tuple[str, bytes]]:
        """The commands that became whole with these bytes, each with its answer."""
        *lines, self._typed = (self._typed + data)[-1000:].split(b"\n")
        commands = [line.decode("ascii", "backslashreplace").strip() for line in lines]
        return [(command, self._sent(self._answer(command.upper()))) for command in commands]

    def stream(self, _now: float) -> bytes:
        """It says nothing by itself."""
        return b""

    def wake_at(self, _now: float) -> float:
        """Never."""
        return inf

    def _answer(self, command: str) -> str | None:
        word, _, argument = command.partition(" ")
        match word:
            case "*IDN?":
                return "clayhub,simulated supply,0,1.0"
            case "MEAS:VOLT?" | "MEAS:CURR?":
                return self._measured(word)
            case "VOLT?" | "CURR?":
                return f"{self._set[word[:4]]:+.6E}"
            case "OUTP?":
                return "1" if self._on else "0"
            case "SYST:ERR?":
                error, self._error = self._error, NO_ERROR
                return error
        if not self._faults.stuck and not self._takes(word, argument):
            self._error = '-100,"Command error"'
        return None

    def _takes(self, word: str, argument: str) -> bool:
        """Carry out a command; False when it is none."""
        if word == "OUTP" and argument in ("0", "1", "ON", "OFF"):
            self._on = argument in ("1", "ON")
            return True
        try:
            value = float(argument)
        except ValueError:
            return False
        if word not in LIMITS or not isfinite(value) or not 0 <= value <= LIMITS[word]:
            return False
        self._set[word] = value
        return True

    def _measured(self, word: str) -> str:
        if self._faults.overload:
            return NO_NUMBER
        volts = min(self._set["VOLT"], self._set["CURR"] * LOAD) if self._on else 0.0
        value = volts if word == "MEAS:VOLT?" else volts / LOAD
        return f"{value + self._noise.gauss(0, 1e-4):+.6E}"

    def _sent(self, answer: str | None) -> bytes:
        if answer is None or self._faults.silent:
            return b""
        data = answer.encode() + b"\n"
        if self._faults.garbage:
            data = bytes(self._noise.randrange(128, 256) for _ in data) + b"\n"
        return data[:-1] if self._faults.truncated else data
