"""Run one simulated device: `python -m agents.simulators sba5 --name phytotron.co2 --folder var/simulators`.

In the folder it writes NAME.address, where a driver finds it, and NAME.log, the requests it saw; it follows
NAME.faults, a JSON object that says what shall be wrong with the device.

`world --name phytotron` runs the physical world that the stand's devices share; without one, each has its own.
"""

import argparse
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from agents.simulators import http_board, kernel_files, outside, serial_line, surroundings, world_socket
from agents.simulators.esp32_relay import Esp32Relay
from agents.simulators.esphome import Esphome
from agents.simulators.faults import FaultFile
from agents.simulators.http_board import Board
from agents.simulators.place import Place
from agents.simulators.pwm_lamp import PwmLamp
from agents.simulators.sba5 import Sba5, Sba5Faults
from agents.simulators.scpi_supply import ScpiSupply, ScpiSupplyFaults
from agents.simulators.serial_line import Instrument
from agents.simulators.surroundings import Exchange
from agents.simulators.weather_station import WeatherStation

INSTRUMENTS: dict[str, tuple[Callable[[str, float, Exchange], Instrument[Any]], type]] = {
    "sba5": (Sba5, Sba5Faults),
    "serial_line": (ScpiSupply, ScpiSupplyFaults),
}
"""On a serial line, by their drivers: each with what can be wrong with it."""

BOARDS: dict[str, Callable[[str, float, Exchange], Board[Any]]] = {
    "esp32_relay": Esp32Relay,
    "pwm_lamp": PwmLamp,
    "http_json": WeatherStation,
    "esphome": Esphome,
}
"""On the network, by their drivers."""


def modbus_server(place: Place, seed: str, exchange: Exchange) -> None:
    """A Modbus instrument, which needs pymodbus."""
    from agents.simulators import modbus  # noqa: PLC0415 (the others need, and load, nothing but Python)

    modbus.run(place, seed, exchange)


def tasmota(place: Place, seed: str, exchange: Exchange) -> None:
    """A device that speaks MQTT, which needs a broker and an MQTT client."""
    from agents.simulators import tasmota  # noqa: PLC0415 (as above)

    tasmota.run(place, seed, exchange)


def pins(place: Place, _seed: str, _exchange: Exchange) -> None:
    """Pins, which gpiozero pretends in the driver's own process: here is only what stands for them."""
    place.file("pins").touch()
    place.announce(str(place.file("pins")))
    signal.pause()


OTHERS: dict[str, Callable[[Place, str, Exchange], None]] = {
    "file": kernel_files.file,
    "w1": kernel_files.w1,
    "modbus": modbus_server,
    "gpio": pins,
    "mqtt": tasmota,
}
"""Those that need neither, by their drivers."""


def arguments() -> argparse.Namespace:
    """What the command line says."""
    known = (*INSTRUMENTS, *BOARDS, *OTHERS, "world")
    parser = argparse.ArgumentParser(prog="python -m agents.simulators", description="Run one simulated device.")
    parser.add_argument("driver", help=f"the driver whose device to simulate: {', '.join(known)}, or one of your own")
    parser.add_argument("--name", required=True, help="STAND.DEVICE (of a world: STAND), the name of its files")
    parser.add_argument("--folder", required=True, type=Path, help="where its files lie")
    parser.add_argument("--drivers", type=Path, default=Path("drivers"), help="the folder of drivers of your own")
    parser.add_argument("--seed", type=int, default=1, help="of its noise (default: 1)")
    parser.add_argument("--speed", type=float, default=1.0, help="seconds of the device in one second (default: 1)")
    parser.add_argument(
        "--relay",
        action="append",
        default=[],
        type=named,
        metavar="DEVICE.SOURCE=NAME",
        help="of a world: a relay's name",
    )
    return parser.parse_args()


def named(text: str) -> tuple[str, str]:
    """`chamber.ch0=fan_left`, in two. Raises ValueError."""
    output, name = text.split("=")
    return output, name


def stop(_signal: int, _frame: FrameType | None) -> None:
    """End as at Ctrl-C: what is open is closed on the way out."""
    sys.exit(0)


def find_outside(driver: str, folder: Path) -> None:
    """Add the simulator of a driver from outside to those there are."""
    if driver not in {**INSTRUMENTS, **BOARDS, **OTHERS}:
        instrument, board = outside.load(folder, driver)
        if instrument is not None:
            INSTRUMENTS[driver] = instrument
        else:
            BOARDS[driver] = board


def main() -> None:
    """Run until SIGTERM or Ctrl-C."""
    asked = arguments()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    place = Place(asked.folder, asked.name, asked.speed)
    if asked.driver == "world":
        world_socket.run(place, asked.seed, dict(asked.relay))
        return
    find_outside(asked.driver, asked.drivers)
    seed, now, exchange = f"{asked.seed} {asked.name}", place.now(), surroundings.shared(place, asked.seed)
    if asked.driver in INSTRUMENTS:
        make, faults = INSTRUMENTS[asked.driver]
        serial_line.run(make(seed, now, exchange), place, FaultFile(place.file("faults"), faults))
    elif asked.driver in OTHERS:
        OTHERS[asked.driver](place, seed, exchange)
    else:
        board = BOARDS[asked.driver](seed, now, exchange)
        http_board.run(board, place, FaultFile(place.file("faults"), type(board.faults)))


if __name__ == "__main__":
    main()
