"""How fast readings get into Redis, and how that compares to a bare subscriber that only counts them."""

import secrets
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.contract.config.load import file_hash
from hub.state import keys as redis_keys
from tests.bench.figures import Figure
from tests.bench.installation import ROOT, Installation, all_but_the_load, loaded, only_the_broker
from tests.bench.load import AGENT, Load
from tests.bench.processes import cpu_seconds
from tests.bench.progress import Progress
from tests.servers import wait_until

DEVICES, VALUES = 20, 8
COUNT = 30_000
WINDOW = 6_000
"""Readings on their way, well below the broker's queue of 10,000."""
ROUNDS = 3
PATIENCE = 120


def measure(folder: Path) -> tuple[list[Figure], float]:
    """The figures, and the readings a second that the hub took: the median of rounds between which both take turns."""
    stored, counted = [], []
    with (
        all_but_the_load(loaded(folder / "hub", DEVICES)) as whole,
        only_the_broker(loaded(folder / "bare", DEVICES)) as bare,
    ):
        for _ in range(ROUNDS):
            stored.append(COUNT / into_redis(whole, DEVICES, VALUES, COUNT)[0])
            counted.append(COUNT / _counted(bare))
    rate = statistics.median(stored)
    ratio = statistics.median(ours / theirs for ours, theirs in zip(stored, counted, strict=True))
    return [
        Figure("ingest at QoS 1, stored", rate, "messages/s"),
        Figure("ingest at QoS 1, stored", rate * VALUES, "values/s"),
        Figure("bare paho subscriber that only counts", statistics.median(counted), "messages/s"),
        Figure("ratio of the two", ratio, "", goal=0.7, at_most=False),
    ], rate


def into_redis(installation: Installation, devices: int, values: int, count: int) -> tuple[float, float]:
    """Seconds until state and history of `count` readings are stored; processor seconds of hub and Redis meanwhile."""
    pids = [installation.running[name].pid for name in ("hub", "redis")]
    with load(installation, devices, values, count) as (go, progress, epoch):
        wait_until(lambda: _sequence(installation)[0] == epoch, "the hub knows the load")
        used, began = cpu_seconds(pids), time.monotonic()
        go()
        while (arrived := stored(installation, epoch)) < count:
            progress.write(arrived)
            time.sleep(0.003)
            _in_time(began, arrived)
        took, used = time.monotonic() - began, cpu_seconds(pids) - used
        progress.write(count)
    return took, used


def stored(installation: Installation, epoch: str) -> int:
    """Up to which number of the load's epoch all is stored."""
    kept, n = _sequence(installation)
    return n if kept == epoch else 0


@contextmanager
def half_load(installation: Installation, rate: float, seconds: float) -> Iterator[None]:
    """Half of what the hub can take, for so long or as long as the block needs."""
    count = int(rate / 2 * seconds)
    over = threading.Event()
    with load(installation, DEVICES, VALUES, count, rate / 2) as (go, progress, epoch):

        def follow() -> None:
            while not over.wait(0.02):
                progress.write(stored(installation, epoch))

        follower = threading.Thread(target=follow)
        wait_until(lambda: _sequence(installation)[0] == epoch, "the hub knows the load")
        go()
        follower.start()
        try:
            yield
        finally:
            over.set()
            follower.join()
            progress.write(count)


@contextmanager
def load(
    installation: Installation, devices: int, values: int, count: int, rate: float | None = None
) -> Iterator[tuple[Callable[[], None], Progress, str]]:
    """A load that is ready to go: how to let it go, the number that it follows, its epoch."""
    epoch = secrets.token_hex(4)
    shared = installation.places.var / f"load-{epoch}"
    progress = Progress(shared)
    told = Load(
        port=installation.config.mqtt.port,
        password=installation.password(f"agent-{AGENT}"),
        epoch=epoch,
        devices=devices,
        values=values,
        count=count,
        window=WINDOW,
        config=file_hash(installation.places.config),
        progress=str(shared),
        rate=rate,
    )
    with _process("tests.bench.load") as process:
        assert process.stdin is not None
        process.stdin.write(told.encode())
        process.stdin.flush()
        _wait_ready(process)

        def go() -> None:
            assert process.stdin is not None
            process.stdin.write(b"go\n")
            process.stdin.flush()

        yield go, progress, epoch


def _sequence(installation: Installation) -> tuple[str, int]:
    found = installation.redis.hget(redis_keys.SEQUENCE, AGENT)
    epoch, _, n = found.decode().partition(" ") if isinstance(found, bytes) else ("", "", "0")
    return epoch, int(n)


def _counted(installation: Installation) -> float:
    """Seconds until a bare subscriber has counted the same load at the same broker."""
    with load(installation, DEVICES, VALUES, COUNT) as (go, progress, epoch):
        shared = installation.places.var / f"load-{epoch}"
        arguments = (str(installation.config.mqtt.port), "hub", installation.password("hub"), str(shared))
        with _process("tests.bench.counter", *arguments) as counter:
            _wait_ready(counter)
            began = time.monotonic()
            go()
            while (arrived := progress.read()) < COUNT:
                time.sleep(0.003)
                _in_time(began, arrived)
            return time.monotonic() - began


@contextmanager
def _process(module: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    argv = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def _wait_ready(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n", "the load did not start"


def _in_time(began: float, arrived: int) -> None:
    assert time.monotonic() - began < PATIENCE, f"only {arrived} readings arrived"
