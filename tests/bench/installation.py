"""An installation to measure: clayhub's own processes with its own configuration files, on free ports."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import orjson
import redis
from ruamel.yaml import YAML

from agents.outbox.place import in_memory
from hub.cli import preflight, processes
from hub.cli.child import Program
from hub.cli.installation import client
from hub.cli.render import render
from hub.contract.config.load import load
from hub.contract.config.schema import Config
from hub.contract.places import Places
from tests.bench.load import AGENT, STAND, keys
from tests.servers import free_port, wait_until

ROOT = Path(__file__).parents[2]

RELAY = "instant/relay"

Data = dict[str, dict[str, object]]


def shipped(folder: Path) -> Path:
    """The demonstration's config.yaml, with ports of its own."""
    return _write(folder, _shipped())


def loaded(folder: Path, devices: int, relay: str | None = None) -> Path:
    """The demonstration without its schedules, and beside it an agent with so many devices that the bench plays.

    `relay` is the URL of a relay board that the demonstration's agent serves too, as `RELAY`.
    """
    data = _shipped()
    if relay is not None:
        board = {"driver": "esp32_relay", "address": relay}
        stand, device = RELAY.split("/")
        data["stands"][stand] = {"agent": next(iter(data["agents"])), "devices": {device: board}}
    del data["schedules"]
    data["agents"][AGENT] = {}
    nowhere = {"driver": "esp32_relay", "address": "http://127.0.0.1:9"}
    data["stands"][STAND] = {"agent": AGENT, "devices": {key.split("/")[1]: nowhere for key in keys(devices)}}
    return _write(folder, data)


class Installation:
    """Started processes by their names, and what is needed to talk to them."""

    def __init__(self, config_file: Path) -> None:
        folder = config_file.parent
        self.places = Places(config_file, folder / "var", folder / "secrets")
        self.config: Config = load(config_file)
        render(self.config, self.places)
        self.redis: redis.Redis = client(self.config, self.places)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def environment(self) -> Mapping[str, str]:
        """Of its processes."""
        return preflight.environment(self.places.to_environment())

    def password(self, account: str) -> str:
        """Of a broker's account."""
        return self.places.read_secret(self.places.password_file(account))

    def start(self, program: Program) -> None:
        """Start it and wait until it serves."""
        ready = program.ready()
        with (self.places.var / f"{program.name}.log").open("ab") as log:
            self.running[program.name] = subprocess.Popen(
                program.argv, env=self.environment, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        wait_until(ready, f"{program.name} ready (see {log.name})", 30)

    def stop(self) -> None:
        """End all, the last started first."""
        for process in reversed(self.running.values()):
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.close()

    def close(self) -> None:
        """Leave nothing behind, not even in memory."""
        self.redis.close()
        shutil.rmtree(in_memory(self.places, self.environment), ignore_errors=True)


@contextmanager
def started(installation: Installation) -> Iterator[None]:
    """Everything that `clayhub up` starts."""
    try:
        for stage in processes.stages(installation.config, installation.places, installation.redis):
            for program in stage:
                installation.start(program)
        yield
    finally:
        installation.stop()


@contextmanager
def all_but_the_load(config_file: Path) -> Iterator[Installation]:
    """Everything that `clayhub up` starts, the agent apart that the bench plays."""
    installation = Installation(config_file)
    try:
        for stage in processes.stages(installation.config, installation.places, installation.redis):
            for program in stage:
                if program.name != f"agent-{AGENT}":
                    installation.start(program)
        yield installation
    finally:
        installation.stop()


@contextmanager
def only_the_broker(config_file: Path) -> Iterator[Installation]:
    """The same broker with the same access rules, and nothing else."""
    installation = Installation(config_file)
    stages = processes.stages(installation.config, installation.places, installation.redis)
    try:
        installation.start(next(program for stage in stages for program in stage if program.name == "mosquitto"))
        yield installation
    finally:
        installation.stop()


@contextmanager
def up(config_file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The supervisor's process, once all runs."""
    installation = Installation(config_file)
    log = config_file.parent / "up.log"
    with log.open("wb") as output:
        argv = [sys.executable, "-m", "hub.cli.main", "up"]
        process = subprocess.Popen(argv, env=installation.environment, cwd=ROOT, stdout=output, stderr=output)
    try:
        wait_until(lambda: "/link/" in log.read_text() or process.poll() is not None, "clayhub up", 60)
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        process.terminate()
        process.wait(15)
        installation.close()


def _shipped() -> Data:
    data: Data = YAML(typ="safe", pure=True).load(ROOT / "config.yaml")
    for server in ("web", "mqtt", "redis"):
        data[server]["port"] = free_port()
    return data


def _write(folder: Path, data: Data) -> Path:
    folder.mkdir(parents=True)
    path = folder / "config.yaml"
    path.write_bytes(orjson.dumps(data))  # JSON is YAML
    return path
