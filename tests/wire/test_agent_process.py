"""The agent as a process of its own, with simulated devices: how it starts, what it survives, how it ends."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.agents.simulated import ROOT, Simulated
from tests.servers import MosquittoServer, wait_until
from tests.wire.agents import Ear

CONFIG = """
version: 1
mqtt: {port: PORT}
agents: {a1: {title: The one under test}}
stands:
  stand:
    agent: a1
    simulate: true
    devices:
      esp32_relay: {driver: esp32_relay, address: http://192.0.2.1, period: 100ms}
      sba5: {driver: sba5, address: /dev/ttyUSB0, period: 100ms}
"""
BOARD = "stand/esp32_relay"
STATE = f"clayhub/{BOARD}/state"


class Installation:
    """A folder with config.yaml and secrets, for agents started from it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        (folder / "config.yaml").write_text(CONFIG.replace("PORT", str(port)))
        (folder / "secrets").mkdir()
        (folder / "secrets" / "mqtt-agent-a1.password").write_text("secret\n")
        self.simulators = folder / "var" / "simulators"
        self.simulators.mkdir(parents=True)

    def start(self, name: str = "a1", python: str = sys.executable, **environment: str) -> subprocess.Popen[str]:
        """`python -m agents NAME`."""
        places = {"CLAYHUB_CONFIG": str(self.folder / "config.yaml"), "CLAYHUB_SECRETS": str(self.folder / "secrets")}
        return subprocess.Popen(
            [python, "-m", "agents", name],
            cwd=ROOT,
            env=os.environ | places | environment,
            stderr=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def running(self, **options: str) -> Iterator[subprocess.Popen[str]]:
        """An agent inside the block; afterwards it has ended."""
        process = self.start(**options)
        try:
            yield process
        finally:
            process.kill()
            print(process.communicate()[1])


@pytest.fixture
def installation(tmp_path: Path, broker: MosquittoServer) -> Installation:
    return Installation(tmp_path, broker.port)


@pytest.fixture
def board(installation: Installation) -> Iterator[Simulated]:
    with Simulated("esp32_relay", installation.simulators) as device:
        yield device


def is_set(ear: Ear, channel: str) -> None:
    """Switch it on. An agent that was just connected, or stood still, asks for it again."""
    wait_until(lambda: ear.ask(channel, "true", f"a{len(ear.heard)}", BOARD)["status"] == "done", f"{channel} on")


def test_sigterm_leaves_the_outputs_safe_and_ends_well(installation: Installation, ear: Ear, board: Simulated) -> None:
    with installation.running() as process:
        ear.wait(f"clayhub/{BOARD}/availability", lambda said: said == "online")
        is_set(ear, "ch0")
        process.terminate()
        assert process.wait(15) == 0
    ear.wait("clayhub/agent/a1/availability", lambda said: said == "offline")
    assert ear.all(STATE)[-1]["ch0"] is False
    posts = [entry["request"] for entry in board.log if "/relay" in str(entry["request"])]
    assert '"channel":0,"state":0' in str(posts[-4]).replace(" ", "")


def test_after_a_kill_it_starts_safe(installation: Installation, ear: Ear, board: Simulated) -> None:
    with installation.running() as process:
        ear.wait(f"clayhub/{BOARD}/availability", lambda said: said == "online")
        is_set(ear, "ch0")
        before = ear.beat().boot
        process.kill()
        ear.wait("clayhub/agent/a1/availability", lambda said: said == "offline")
    states = ear.all(STATE)
    assert states[-1]["ch0"] is True
    with installation.running():
        ear.wait("clayhub/agent/a1/heartbeat", lambda beat: beat["boot"] != before)
        is_set(ear, "ch1")
    states = ear.all(STATE)[len(states) :]
    assert not any(state["ch0"] for state in states), "never on, not for a moment"


def test_a_frozen_device_fails_its_command_and_leaves_the_others_alone(
    installation: Installation, ear: Ear, board: Simulated
) -> None:
    with Simulated("sba5", installation.simulators), installation.running():
        ear.wait("clayhub/stand/sba5/state", count=3)
        ear.wait(f"clayhub/{BOARD}/availability", lambda said: said == "online")
        board.freeze()
        ear.say(f"clayhub/{BOARD}/ch0/set", '{"value": true, "id": "a1"}')
        ear.wait("clayhub/stand/sba5/state", count=len(ear.all("clayhub/stand/sba5/state")) + 5)
        result = ear.result("a1", BOARD)
        assert (result["status"], result["code"]) == ("failed", "no_answer")
        assert ear.wait(f"clayhub/{BOARD}/availability", lambda said: said == "fault")
        board.thaw()
        ear.until(f"clayhub/{BOARD}/availability", "online")
        assert ear.all(STATE)[-1]["ch0"] is False


def test_systemd_hears_that_it_is_ready_and_lives(installation: Installation, broker: MosquittoServer) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        address = installation.folder / "notify"
        manager.bind(str(address))
        manager.settimeout(30)
        broker.stop()
        with installation.running(NOTIFY_SOCKET=str(address)):
            assert manager.recv(100) == b"WATCHDOG=1", "it works, though it cannot be ready without the broker"
            broker.start()
            words = {manager.recv(100) for _ in range(2)}
            while b"READY=1" not in words:
                words.add(manager.recv(100))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a_1", "config.yaml:4: agents: there is no agent 'a_1'; did you mean 'a1'?"),
        ("a1", "mqtt-agent-a1.password cannot be read"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(installation: Installation, name: str, told: str) -> None:
    (installation.folder / "secrets" / "mqtt-agent-a1.password").unlink()
    process = installation.start(name)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert told in said
    assert "Traceback" not in said


def test_without_a_configuration_it_says_where_it_looked(installation: Installation) -> None:
    process = installation.start(CLAYHUB_CONFIG="/nowhere/config.yaml")
    _, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert said.startswith("/nowhere/config.yaml: there is no such file")


def test_it_runs_with_its_own_dependencies_only(installation: Installation, ear: Ear, board: Simulated) -> None:
    python = ROOT / ".venv-agent" / "bin" / "python"
    assert python.exists(), "run `make test`, which makes .venv-agent as on a machine that only runs an agent"
    look = "import importlib.util as u; print([m for m in ('redis', 'flask', 'apscheduler') if u.find_spec(m)])"
    assert subprocess.run([python, "-c", look], capture_output=True, text=True, check=True).stdout == "[]\n"
    with installation.running(python=str(python)) as process:
        ear.wait(STATE, count=2)
        assert ear.ask("ch0", "true", "a1", BOARD)["status"] == "done"
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
