"""Real Redis and Mosquitto for tests: each on a free port, in a folder of its own, stopped by its process id.

A `Server` can also be killed, frozen and started again, so that a test can show what becomes of clayhub meanwhile.
"""

import fcntl
import getpass
import os
import resource
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

T = TypeVar("T")

_given: set[int] = set()
_PORTS = range(20_000, 32_000)
"""Below Linux's range for outgoing connections (32768 and up), so that no client takes one before its server does."""
_claims = os.open(Path(tempfile.gettempdir(), f"clayhub-test-ports-{os.getuid()}"), os.O_RDWR | os.O_CREAT, 0o600)
"""A byte for each port, locked by the process of tests that was given it: `make test` runs several, and there may be
another clayhub under test."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on, and that is given to nobody else as long as these tests run."""
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            if port not in _given:
                fcntl.lockf(_claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
                _given.add(port)
                return port


def wait_until(condition: Callable[[], T], what: str, seconds: float = 30) -> T:
    """The first true answer of `condition`, asked again and again; AssertionError naming `what` after `seconds`."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < end, f"{what}: not within {seconds:g} s"
        time.sleep(0.005)
    return answer


def listens(port: int) -> bool:
    """Whether a server accepts connections at the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def freeze(pid: int) -> None:
    """As `kill -STOP` does, which on a busy machine takes a moment for each thread: return when all stand still."""
    os.kill(pid, signal.SIGSTOP)
    tasks = Path(f"/proc/{pid}/task")
    wait_until(lambda: all(_stands_still(task) for task in tasks.iterdir()), f"{pid} to stand still")


def _stands_still(task: Path) -> bool:
    try:
        return ") T" in (task / "stat").read_text()
    except OSError:
        return True  # it has ended meanwhile


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """A process stands still inside the block."""
    freeze(pid)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


class Server:
    """A server process of a test's own. As a context manager it runs inside the block."""

    def __init__(self, argv: list[str], port: int, folder: Path) -> None:
        program = shutil.which(argv[0], path=f"{os.environ['PATH']}:/usr/sbin")
        assert program, f"{argv[0]} is not installed: run `make test`, which installs what the tests need"
        self.port = port
        self.folder = folder
        self.log = folder / f"{argv[0]}.log"
        self._argv = [program, *argv[1:]]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The running process."""
        assert self._process, f"{self._argv[0]} was not started"
        return self._process

    def start(self) -> None:
        """Start it and wait until it is ready; AssertionError with the server's own words when it is not."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._argv,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                restore_signals=False,  # a file that must not grow (RLIMIT_FSIZE) is an error, not the end
            )
        try:
            wait_until(lambda: self.process.poll() is not None or self.ready(), f"{self._argv[0]} ready")
            assert self.process.poll() is None, f"{self._argv[0]} ended with code {self.process.returncode}"
        except AssertionError as problem:
            self.stop()
            raise AssertionError(f"{problem}\n{self.log.read_text(errors='replace')}") from None

    def ready(self) -> bool:
        """Whether it serves."""
        return listens(self.port)

    def stop(self) -> None:
        """End it politely, by force when it does not answer within 5 s; nothing when it does not run."""
        if self._process is None or self._process.poll() is not None:
            return
        self.signal(signal.SIGCONT)
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """End it as a power cut would: kill -9."""
        self.process.kill()
        self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal: SIGSTOP freezes it, SIGCONT lets it go on, SIGHUP makes Mosquitto read its rules again."""
        self.process.send_signal(number)


class RedisServer(Server):
    """A Redis with a password and an append-only file, as clayhub runs it."""

    def __init__(self, folder: Path) -> None:
        self.password = secrets.token_hex(16)
        port = free_port()
        config = folder / "redis.conf"
        config.write_text(
            f'bind 127.0.0.1\nport {port}\nrequirepass {self.password}\ndir "{folder}"\nsave ""\nappendonly yes\n'
        )
        super().__init__(["redis-server", str(config)], port, folder)

    def kill(self) -> None:
        """The same once all that it has answered has left its own memory: tests/slow_disk.py is for when it has not."""
        self.has_written()
        super().kill()

    def has_written(self) -> None:
        """Wait until all that it has answered so far is in its file, which outlives `kill -9`."""
        with self.client() as client:
            wait_until(lambda: not client.info("persistence")["aof_buffer_length"], "all is in its file")

    def client(self) -> redis.Redis:
        """A client that gives bytes and never retries; the caller closes it."""
        return redis.Redis(host="127.0.0.1", port=self.port, password=self.password, retry=Retry(NoBackoff(), 0))

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """No file of it may grow: to the process that is what a full disk is, but for the name of the error."""
        size = max(path.stat().st_size for path in self.folder.glob("appendonlydir/*"))
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        try:
            yield
        finally:
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def ready(self) -> bool:
        """Whether it answers PING: while it loads its file it accepts connections but serves none."""
        client = self.client()
        try:
            return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError):
            return False
        finally:
            client.close()


class MosquittoServer(Server):
    """A Mosquitto run from the given configuration file, whose listener is at `port`."""

    def __init__(self, config: Path, port: int) -> None:
        super().__init__(["mosquitto", "-c", str(config)], port, config.parent)


def open_mosquitto(folder: Path) -> MosquittoServer:
    """A Mosquitto that lets everybody in, for tests of the link; tests of the access rules bring their own file."""
    port = free_port()
    config = folder / "mosquitto.conf"
    config.write_text(
        f"user {getpass.getuser()}\nlistener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
        "max_queued_messages 10000\n"  # as clayhub's own has it; by default a slow receiver loses what is beyond 1,000
    )
    return MosquittoServer(config, port)
