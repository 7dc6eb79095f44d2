"""Run one simulated device: `python -m agents.simulators sba5 --name phytotron.co2 --folder var/simulators`.

In the folder it writes NAME.address, where a driver finds it, and NAME.log, the requests it saw; it follows
NAME.faults, a JSON object that says what shall be wrong with the device.
"""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from agents.simulators import http_board, serial_line
from agents.simulators.esp32_relay import Esp32Relay, Esp32RelayFaults
from agents.simulators.faults import FaultFile
from agents.simulators.place import Place
from agents.simulators.sba5 import Sba5, Sba5Faults

DRIVERS = ("sba5", "esp32_relay")


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m agents.simulators", description="Run one simulated device.")
    parser.add_argument("driver", choices=DRIVERS, help="the driver whose device to simulate")
    parser.add_argument("--name", required=True, help="STAND.DEVICE, the name of its files")
    parser.add_argument("--folder", required=True, type=Path, help="where its files lie")
    parser.add_argument("--seed", type=int, default=1, help="of its noise (default: 1)")
    parser.add_argument("--speed", type=float, default=1.0, help="seconds of the device in one second (default: 1)")
    return parser.parse_args()


def stop(_signal: int, _frame: FrameType | None) -> None:
    """End as at Ctrl-C: what is open is closed on the way out."""
    sys.exit(0)


def main() -> None:
    """Run until SIGTERM or Ctrl-C."""
    asked = arguments()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    place = Place(asked.folder, asked.name, asked.speed)
    if asked.driver == "sba5":
        serial_line.run(Sba5(asked.seed, place.now()), place, FaultFile(place.file("faults"), Sba5Faults))
    else:
        http_board.run(Esp32Relay(asked.seed, place.now()), place, FaultFile(place.file("faults"), Esp32RelayFaults))


if __name__ == "__main__":
    main()
