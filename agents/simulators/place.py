"""Where a simulated device lives: its name, its files, and its clock."""

import time
from pathlib import Path

from agents.simulators.log import RequestLog


class Place:
    """The surroundings of one simulated device, alike for all kinds."""

    def __init__(self, folder: Path, name: str, speed: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self.name, self.speed = folder.absolute(), name, speed
        self.log = RequestLog(self.file("log"))

    def file(self, ending: str) -> Path:
        """One of the device's files: `address`, `log`, `faults`, `tty` or `socket`."""
        return self._folder / f"{self.name}.{ending}"

    def of_stand(self, ending: str) -> Path:
        """The same of the stand that the device belongs to."""
        return self._folder / f"{self.name.partition('.')[0]}.{ending}"

    @property
    def device(self) -> str:
        """The device's name in its stand."""
        return self.name.partition(".")[2]

    def now(self) -> float:
        """The device's own time, in seconds; it runs `speed` times as fast as ours."""
        return time.monotonic() * self.speed

    def last_address(self) -> str | None:
        """The address of the run before, if there was one."""
        try:
            return self.file("address").read_text().strip()
        except FileNotFoundError:
            return None

    def announce(self, address: str) -> None:
        """Say where the device is to be found; a reader sees the old line or the new one, never half of it."""
        draft = self.file("address.new")
        draft.write_text(address + "\n")
        draft.replace(self.file("address"))
