"""A simulated device in a process of its own, as `clayhub up` runs it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from tests.servers import freeze, wait_until

ROOT = Path(__file__).parents[2]


class Simulated:
    """`with Simulated("sba5", folder) as device:` runs it; `address` is where it is, `log` what it saw.

    Those of one folder make one stand, which `Simulated("world", folder)` surrounds.
    """

    def __init__(self, driver: str, folder: Path, *more: str) -> None:
        self.driver, self.folder, self.more = driver, folder, more
        self.name = "stand" if driver == "world" else f"stand.{driver}"
        self.process: subprocess.Popen[bytes]

    def file(self, ending: str) -> Path:
        return self.folder / f"{self.name}.{ending}"

    def start(self) -> Self:
        command = [sys.executable, "-m", "agents.simulators", self.driver]
        files = ["--name", self.name, "--folder", str(self.folder)]
        before = self.file("address").stat().st_ino if self.file("address").exists() else None
        self.process = subprocess.Popen([*command, *files, *self.more], cwd=ROOT)

        def announced() -> bool:
            assert self.process.poll() is None, "the simulator ended"
            return self.file("address").exists() and self.file("address").stat().st_ino != before

        wait_until(announced, f"address of {self.driver}")
        return self

    def stop(self) -> int:
        self.thaw()
        self.process.terminate()
        return self.process.wait(30)

    def freeze(self) -> None:
        """As `kill -STOP` does while nothing is asked."""
        wait_until(lambda: _sleeps(self.process.pid), f"{self.driver} to wait for a request")
        freeze(self.process.pid)

    def thaw(self) -> None:
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGCONT)

    @property
    def address(self) -> str:
        return self.file("address").read_text().strip()

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file("log").read_text().splitlines()]

    @property
    def requests(self) -> list[str]:
        return [entry["request"] for entry in self.log]

    def suffer(self, **faults: object) -> None:
        """Ask for these faults and no others, as a visitor does."""
        self.file("faults").write_text(json.dumps(faults))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()


def _sleeps(pid: int) -> bool:
    return ") S" in Path(f"/proc/{pid}/stat").read_text()
