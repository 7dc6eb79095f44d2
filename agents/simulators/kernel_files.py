"""The kernel's files of sensors, in a folder of the simulator's own: 1-wire thermometers, an IIO sensor, an LED.

A file keeps no log of who read it.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from agents.simulators.faults import FaultFile
from agents.simulators.place import Place
from agents.simulators.surroundings import Exchange
from agents.simulators.values import noise
from agents.simulators.world import Quantities

REFRESH = 0.5
"""Seconds of the device between two values."""

AIR, ROOTS = "28-0316a2795dff", "28-0316a2796cbb"
"""The ids of the two thermometers."""

IIO = "sys/bus/iio/devices/iio:device0"
LED = "sys/class/leds/pump/brightness"


@dataclass(frozen=True)
class W1Faults:
    """What can be wrong: sensors that are missing, a line that is disturbed or held at 0 V, and sensors that have just
    got their power (85 degrees)."""

    missing: tuple[str, ...] = ()
    disturbed: bool = False
    held: bool = False
    power_on: bool = False


@dataclass(frozen=True)
class FileFaults:
    """What can be wrong with files: `missing` takes the sensor's away, `garbage` is what its files then hold."""

    missing: bool = False
    garbage: str = ""


F = TypeVar("F")


def w1(place: Place, seed: str, exchange: Exchange) -> None:
    """The two thermometers, below NAME.w1, until the process is told to end."""

    def lay(folder: Path, faults: W1Faults, found: Quantities, now: float) -> None:
        temperatures = {AIR: found.temperature, ROOTS: found.roots_temperature}
        for sensor, temperature in temperatures.items():
            if sensor in faults.missing:
                shutil.rmtree(folder / sensor, ignore_errors=True)
            else:
                shown = 85.0 if faults.power_on else temperature + noise(f"{seed} {sensor}", now, 0.02)
                replace(folder / sensor / "w1_slave", slave(shown, faults))

    _run(place, "w1", W1Faults, exchange, lay)


def file(place: Place, seed: str, exchange: Exchange) -> None:
    """An IIO sensor for temperature and humidity and an LED, below NAME.files, until the process is told to end."""

    def lay(folder: Path, faults: FileFaults, found: Quantities, now: float) -> None:
        led = folder / LED
        if not led.exists():
            replace(led, "0\n")
        values = {"in_temp_input": found.temperature, "in_humidityrelative_input": found.humidity}
        for name, value in values.items():
            if faults.missing:
                (folder / IIO / name).unlink(missing_ok=True)
            else:
                shown = round(1000 * (value + noise(f"{seed} {name}", now, 0.05)))
                replace(folder / IIO / name, faults.garbage or f"{shown}\n")

    _run(place, "files", FileFaults, exchange, lay)


def slave(temperature: float, faults: W1Faults) -> str:
    """What the kernel shows of a thermometer: twelve bits after the point of 1/16 degree, nine bytes and their sum."""
    steps = round(temperature * 16)
    data = steps.to_bytes(2, "little", signed=True) + b"\x4b\x46\x7f\xff\x0c\x10"
    data = bytes(9) if faults.held else data + bytes([crc8(data)])
    shown = data.hex(" ")
    verdict = "NO" if faults.disturbed else "YES"
    thousandths = 0 if faults.held else int(steps * 62.5)
    return f"{shown} : crc={data[8]:02x} {verdict}\n{shown} t={thousandths}\n"


def crc8(data: bytes) -> int:
    """The sum at the end of a thermometer's bytes (Maxim's application note 27)."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8C if crc & 1 else 0)
    return crc


def replace(path: Path, text: str) -> None:
    """A reader sees the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text)
    draft.replace(path)


def _run(
    place: Place,
    ending: str,
    kind: type[F],
    exchange: Exchange,
    lay: Callable[[Path, F, Quantities, float], None],
) -> None:
    folder, faults = place.file(ending), FaultFile(place.file("faults"), kind)
    announced = False
    while True:
        now = place.now()
        lay(folder, faults.current(), exchange({}, now), now)
        if not announced:
            place.announce(str(folder))
            announced = True
        time.sleep(REFRESH / place.speed)
