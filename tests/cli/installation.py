"""An installation of a test's own: the shipped config.yaml on free ports, in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from click.testing import CliRunner, Result
from redis import Redis

from hub.cli.installation import client
from hub.cli.main import main
from hub.contract.config.load import load
from hub.contract.places import Places
from tests.servers import free_port, wait_until

SHIPPED = Path(__file__).parents[2] / "config.yaml"


class Installation:
    """The shipped installation on ports of its own, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.config, self.said = folder, folder / "config.yaml", folder / "said"
        self.running: subprocess.Popen[bytes] | None = None
        self.ports = {"8080": free_port(), "11883": free_port(), "16379": free_port()}
        text = SHIPPED.read_text()
        for usual, port in self.ports.items():
            text = text.replace(f"port: {usual}", f"port: {port}")
        self.config.write_text(text)
        self.environment = {
            **os.environ,
            "CLAYHUB_CONFIG": str(self.config),
            "CLAYHUB_VAR": str(folder / "var"),
            "CLAYHUB_SECRETS": str(folder / "secrets"),
        }

    def edit(self, old: str, new: str) -> None:
        text = self.config.read_text()
        assert old in text
        self.config.write_text(text.replace(old, new, 1))

    def clayhub(self, *arguments: str, given: str = "") -> Result:
        """The command, within this process."""
        return CliRunner().invoke(main, arguments, input=given, env=self.environment)

    def process(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The command in a process of its own, as for those that go on running."""
        return subprocess.run(
            [sys.executable, "-m", "hub.cli.main", *arguments],
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=30,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End what a failed test has left."""
        if self.running is not None and self.running.poll() is None:
            self.stop()

    def start(self) -> str:
        """`clayhub up`, until it greets; returns what it has said."""
        with self.said.open("wb") as out:
            argv = [sys.executable, "-m", "hub.cli.main", "up"]
            self.running = subprocess.Popen(argv, env=self.environment, stdout=out, stderr=out, start_new_session=True)
        process = self.running
        wait_until(lambda: process.poll() is not None or "Ctrl-C" in self.text(), "clayhub up", 60)
        assert process.poll() is None, self.text()
        return self.text()

    def text(self) -> str:
        """What `clayhub up` has said so far."""
        return self.said.read_text()

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ctrl-C, and wait for the end; returns the exit code."""
        assert self.running is not None
        self.running.send_signal(number)
        return self.running.wait(20)

    def redis(self) -> Redis:
        """A client of its Redis; the caller closes it."""
        return client(load(self.config), Places.from_environment(self.environment))

    def processes(self) -> dict[str, int]:
        """The process ids by name, as noted for the next `clayhub up`."""
        entries = json.loads((self.folder / "var/run/processes.json").read_text())
        return {entry["name"]: entry["pid"] for entry in entries}

    def seen(self, device: str) -> list[dict[str, Any]]:
        """The requests that a simulated device saw."""
        log = self.folder / "var/simulators" / f"{device}.log"
        return [json.loads(line) for line in log.read_text().rpartition("\n")[0].splitlines()]  # the last may be half

    def outputs(self) -> list[int]:
        """The four relays as the board last told them."""
        answers = [entry["answer"] for entry in self.seen("phytotron.chamber") if entry["request"] == "GET /info"]
        return [json.loads(answers[-1])[f"ch{number}"] for number in range(4)]
