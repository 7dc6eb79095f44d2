"""The whole installation that suffers: `clayhub up` with simulated devices, its servers behind a network of ours."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

import redis

from agents.outbox.place import in_memory
from hub.contract.places import Places
from hub.state.connect import connect
from tests.cli.installation import Installation
from tests.faults.campaign.laboratory import config
from tests.servers import free_port, wait_until
from tests.slow_disk import NotAllowedError, SlowDisk

ROOT = Path(__file__).parents[3]
DISK = "400m"
"""Of the small file system that holds `var`; Redis alone may have some 130 MB of append-only files."""

WRAPPER = """\
#!/bin/sh
# As {program}, which it starts, but one port further: the network of the campaign listens at the usual one.
for file; do :; done
sed 's/{word} {port}\\b/{word} {real}/' "$file" > {folder}/{program}.conf
exec {path} {option} {folder}/{program}.conf
"""


class System(Installation):
    """To be used in a `with`. `small_disk` says whether `var` has a file system of its own that can be filled."""

    def __init__(self, folder: Path, house: Path = ROOT) -> None:
        super().__init__(folder)
        self.house = house
        text = config()
        for usual, port in self.ports.items():
            text = text.replace(f"port: {usual}", f"port: {port}")
        self.config.write_text(text)
        self.real = {"mqtt": free_port(), "redis": free_port()}
        self.usual = {"mqtt": self.ports["11883"], "redis": self.ports["16379"]}
        self.web = self.ports["8080"]
        self.var = folder / "var"
        self.small_disk = self._mount()
        (folder / "simulators").mkdir()
        (self.var / "simulators").symlink_to(folder / "simulators")  # the truth is kept also when the disk is full
        self._wrap("mosquitto", "-c", "listener", "mqtt")
        self._wrap("redis-server", "", "port", "redis")
        self.environment |= {"PATH": f"{folder}/bin:{os.environ['PATH']}", "PYTHONPATH": str(house)}
        self.truth: redis.Redis
        """A client that goes past the network."""
        self._proxy: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        ports = [str(each[name]) for name in ("mqtt", "redis") for each in (self.usual, self.real)]
        argv = [sys.executable, "-m", "tests.proxy", *ports]
        started = self._begin()
        try:
            self._proxy = subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            assert self._proxy.stdout is not None
            assert self._proxy.stdout.readline() == "ready\n"
            self._wait_until_up(started)
            self.truth = self.open_redis()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _begin(self) -> subprocess.Popen[bytes]:
        """Start it, and wait until it has seen that the ports are free."""
        with self.said.open("wb") as out:
            argv = [sys.executable, "-m", "hub.cli.main", "up"]
            self.running = subprocess.Popen(
                argv, cwd=self.house, env=self.environment, stdout=out, stderr=out, start_new_session=True
            )
        process = self.running
        wait_until(lambda: process.poll() is not None or "Starting" in self.text(), "clayhub up", 60)
        return process

    def _wait_until_up(self, process: subprocess.Popen[bytes]) -> None:
        wait_until(lambda: process.poll() is not None or "Ctrl-C" in self.text(), "clayhub up", 60)
        assert process.poll() is None, self.text()

    def __exit__(self, *_: object) -> None:
        """Stop all, and give the small disk back."""
        super().__exit__()
        if hasattr(self, "truth"):
            self.truth.close()
        if self._proxy is not None:
            self._proxy.terminate()
            self._proxy.communicate()
        shutil.rmtree(self.memory(""), ignore_errors=True)
        if self.small_disk:
            subprocess.run(["umount", "-l", str(self.var)])

    def network(self, mode: str, link: str) -> None:
        """What the network does from now on to `mqtt` or `redis`; see `Proxy.turn`."""
        assert self._proxy is not None
        assert self._proxy.stdin is not None
        assert self._proxy.stdout is not None
        self._proxy.stdin.write(f"{mode} {self.usual[link]}\n")
        self._proxy.stdin.flush()
        self._proxy.stdout.readline()

    def open_redis(self, timeout: float = 5.0) -> redis.Redis:
        """A client that goes past the network; the caller closes it."""
        password = (self.folder / "secrets/redis.password").read_text().strip()
        return connect("127.0.0.1", self.real["redis"], password, timeout=timeout)

    def secret(self, account: str) -> str:
        """The password of an MQTT account."""
        return (self.folder / f"secrets/mqtt-{account}.password").read_text().strip()

    def memory(self, agent: str) -> Path:
        """The agent's folder in memory, which a power cut would empty."""
        return in_memory(Places.from_environment(self.environment), self.environment) / agent

    def pid(self, name: str) -> int | None:
        """Of a process, by its name in the record of `clayhub up`; `web-worker` is gunicorn's. None when it is away."""
        try:
            if name != "web-worker":
                return self.processes()[name]
            web = self.processes()["web"]
            return int(Path(f"/proc/{web}/task/{web}/children").read_text().split()[0])
        except (OSError, KeyError, IndexError, ValueError):
            return None

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send it to the process, and to all of its session where that means the whole (freeze, thaw)."""
        pid = self.pid(name)
        if pid is not None:
            try:
                os.kill(pid, number) if number == signal.SIGKILL else os.killpg(pid, number)
            except ProcessLookupError:
                return

    def slow_disk(self) -> SlowDisk | None:
        """Redis's, from now on; None while there is no Redis. Raises NotAllowedError."""
        pid = self.pid("redis")
        return None if pid is None else SlowDisk(pid)

    @property
    def disk_can_be_slow(self) -> bool:
        """Whether that is allowed here."""
        try:
            disk = self.slow_disk()
        except NotAllowedError:
            return False
        if disk is not None:
            disk.end()
        return True

    def _mount(self) -> bool:
        self.var.mkdir()
        argv = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "clayhub-campaign", str(self.var)]
        return os.geteuid() == 0 and subprocess.run(argv, capture_output=True).returncode == 0

    def _wrap(self, program: str, option: str, word: str, server: str) -> None:
        path = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
        assert path, f"{program} is not installed"
        (self.folder / "bin").mkdir(exist_ok=True)
        script = self.folder / "bin" / program
        script.write_text(
            WRAPPER.format(
                program=program,
                path=path,
                option=option,
                word=word,
                folder=self.folder,
                port=self.usual[server],
                real=self.real[server],
            )
        )
        script.chmod(0o755)
