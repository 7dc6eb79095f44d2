"""What the units start runs, says when it is ready, and tells systemd's watchdog that it lives."""

import os
import shlex
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from hub.cli.units import units
from hub.contract.config.load import load
from hub.contract.places import Places
from tests.servers import free_port, wait_until

ROOT = Path(__file__).parents[2]


class Machine:
    """Runs services by what stands in their units; only the folders are a test's own."""

    def __init__(self, folder: Path) -> None:
        config = (ROOT / "config.yaml").read_text()
        for port in ("8080", "11883", "16379"):
            config = config.replace(f"port: {port}", f"port: {free_port()}")
        self.places = Places(folder / "config.yaml", folder / "var", folder / "secrets")
        self.places.config.write_text(config)
        self._units = units(load(self.places.config))

    @contextmanager
    def running(self, name: str, instance: str = "") -> Iterator["Notices"]:
        """The service runs inside the block, which begins when it is ready."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
            receiver.bind("")  # the kernel finds a name
            notices = Notices(receiver)
            process = subprocess.Popen(
                self.command(name, instance),
                env=self.environment() | {"NOTIFY_SOCKET": receiver.getsockname().decode().replace("\0", "@")},
                cwd="/",
                start_new_session=True,
            )
            try:
                wait_until(lambda: notices.heard("READY=1") or process.poll() is not None, f"{name} ready")
                assert process.poll() is None, f"{name} ended with code {process.returncode}"
                yield notices
            finally:
                process.terminate()
                process.wait(15)
                receiver.shutdown(socket.SHUT_RDWR)
                notices.join()

    def command(self, name: str, instance: str = "") -> list[str]:
        """What stands behind ExecStart."""
        text = self._units[f"clayhub-{name}{'@' if instance else ''}.service"].replace("%i", instance)
        line = next(line.partition("=")[2] for line in text.splitlines() if line.startswith("ExecStart="))
        line = line.replace("/opt/clayhub/", f"{ROOT}/").replace("/var/lib/clayhub/", f"{self.places.var}/")
        return shlex.split(line)

    def environment(self) -> dict[str, str]:
        """As systemd gives it: little beside what the unit says."""
        runtime = os.environ["XDG_RUNTIME_DIR"]
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "RUNTIME_DIRECTORY": runtime,
            **self.places.to_environment(),
        }


class Notices(threading.Thread):
    """What a service tells systemd. As systemd does, it listens all the time: a service would wait for its ear."""

    def __init__(self, receiver: socket.socket) -> None:
        super().__init__(daemon=True)
        self._receiver = receiver
        self._heard: list[str] = []
        self.start()

    def run(self) -> None:
        """Listen, until the socket is shut down."""
        while notice := self._receiver.recv(4096):
            self._heard += notice.decode().splitlines()

    def heard(self, notice: str) -> int:
        """How often it was told."""
        return self._heard.count(notice)

    def wait_for_watchdog(self) -> None:
        """Wait until the service has said three times that it lives."""
        wait_until(lambda: self.heard("WATCHDOG=1") >= 3, "the watchdog fed")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine whose Redis and Mosquitto run."""
    machine = Machine(tmp_path_factory.mktemp("machine"))
    subprocess.run(machine.command("render"), env=machine.environment(), cwd="/", check=True, capture_output=True)
    with ExitStack() as stack:
        stack.enter_context(machine.running("redis"))
        stack.enter_context(machine.running("mosquitto"))
        yield machine


def test_hub_agent_and_panel_keep_the_watchdog_fed(machine: Machine) -> None:
    with (
        machine.running("hub") as hub,
        machine.running("agent", "bench") as agent,
        machine.running("web") as web,
    ):
        for service in (hub, agent, web):
            service.wait_for_watchdog()
