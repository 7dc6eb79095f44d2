"""The settings of a simulated SBA-5, by the words of the string commands that change them."""

import re
from dataclasses import dataclass

Settings = dict[str, float]

ZEROING_SECONDS = {"S": 21.0, "M": 40.0, "L": 90.0}


@dataclass(frozen=True)
class Setting:
    """What one word takes, and what it is when the instrument leaves the factory.

    The limits of A, C, F, S and U are known. Those of the others, and all factory values but the stream interval and
    the averaging limit, are our choice.
    """

    factory: float
    low: float
    high: float
    whole: bool = True


SETTINGS = {
    "A": Setting(20, -10_000, 10_000),  # minutes between zeroings; 0: none
    "B": Setting(6, 0, 100_000, whole=False),  # ppm beyond which a new average begins; 0: no averaging
    "C": Setting(2, 0, 2),  # decimals of CO2
    "F": Setting(255, 0, 255),  # which fields a measurement has
    "J": Setting(0, 0, 1),  # a millivolt field before the status
    "K": Setting(1, 0, 1),  # source lamp
    "L": Setting(0, 0, 100_000, whole=False),  # ppm below which status 4 is given
    "P": Setting(1, 0, 1),  # pump
    "U": Setting(1, 0.1, 10, whole=False),  # user's scale factor of CO2
    "W": Setting(0, 0, 1),  # which port has the zero gas
    "S,11,": Setting(1, 0.1, 36_000, whole=False),  # seconds between streamed measurements
    "S,16,": Setting(0, 0, 1),  # a CRC after each line
}

_WHOLE, _DECIMAL = re.compile(r" *-?\d{1,9}"), re.compile(r" *-?\d{1,9}(\.\d*)?")


def factory() -> Settings:
    """The settings that `]` brings back. `E` holds the seconds that a zeroing takes."""
    return {word: setting.factory for word, setting in SETTINGS.items()} | {"E": ZEROING_SECONDS["S"]}


def parse(command: str) -> tuple[str, float] | None:
    """The word and the value of a string command; None when the instrument does not know it."""
    if command[:1] == "E":
        seconds = ZEROING_SECONDS.get(command[1:])
        return None if seconds is None else ("E", seconds)
    word = command[:5] if command[:2] == "S," else command[:1]
    setting = SETTINGS.get(word)
    if setting is None or not (_WHOLE if setting.whole else _DECIMAL).fullmatch(command[len(word) :]):
        return None
    value = float(command[len(word) :])
    return (word, value) if setting.low <= value <= setting.high else None
