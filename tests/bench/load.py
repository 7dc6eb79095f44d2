"""The load: an agent that has prepared all it says, and says it as fast as broker and hub take it.

A process of its own: `python -m tests.bench.load`, told by one JSON object on its standard input (see `Load`). It
prepares its readings, describes its devices, prints `ready`, waits for a line, and publishes at QoS 1.
"""

import select
import socket
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from hub.contract import times, topics
from hub.contract.channels import Number
from hub.contract.description import Description
from hub.contract.presence import Availability, Heartbeat
from hub.contract.reading import Reading
from hub.contract.topics import Leaf
from tests.bench import packets
from tests.bench.progress import Progress

STAND, AGENT = "load", "load"
CHUNK = 32
"""Messages handed to the kernel at once."""
UNACKNOWLEDGED = 5_000
"""Messages that the broker may not have acknowledged yet; far below the 65,535 packet ids there are."""


@dataclass(frozen=True)
class Load:
    """What to publish, and where."""

    port: int
    password: str
    epoch: str
    devices: int
    values: int
    """Of each reading."""
    count: int
    """Readings in all."""
    window: int
    """Readings that may be on their way: fewer than the broker queues, as it drops what is too much."""
    config: str
    """The hash of config.yaml."""
    progress: str
    """The file that says how many have arrived."""
    rate: float | None = None
    """Readings a second; None: as many as will go."""

    def encode(self) -> bytes:
        """One line of JSON."""
        return orjson.dumps(asdict(self)) + b"\n"


class Publisher:
    """One connection to the broker, and what has been said over it."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._progress = Progress(Path(load.progress))
        self._socket = socket.create_connection(("127.0.0.1", load.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(packets.connect(f"load-{load.epoch}", f"agent-{AGENT}", load.password))
        if self._socket.recv(4) != packets.CONNACK_OK:
            raise SystemExit("The broker refused the load's account.")
        self._sent = self._acknowledged = self._beat = 0
        self._partial = 0
        self._next_beat = 0.0

    def describe(self) -> None:
        """Take leave for the load before this one, say what the devices are, and give the first sign of life."""
        self._say(topics.agent(AGENT, Leaf.AVAILABILITY), Availability.OFFLINE.encode(), retain=True)
        for key in keys(self._load.devices):
            _, device = key.split("/")
            channels = tuple(Number(f"v{index}") for index in range(self._load.values))
            info = Description(STAND, device, device, "load", AGENT, 1.0, "anyone", channels)
            self._say(topics.device(key, Leaf.INFO), info.encode(), retain=True)
        self._live()

    def wait_for_go(self) -> None:
        """Be there, as any agent, until standard input has a line."""
        while not select.select([sys.stdin], [], [], 0.1)[0]:
            self._live()

    def run(self, prepared: list[bytes]) -> None:
        """Publish all that is prepared; returns when all of it has arrived."""
        began = time.monotonic()
        while (arrived := self._progress.read()) < len(prepared):
            self._live()
            allowed = min(len(prepared), self._acknowledged + UNACKNOWLEDGED, arrived + self._load.window)
            if self._load.rate is not None:
                allowed = min(allowed, int((time.monotonic() - began) * self._load.rate))
            chunk = prepared[self._sent : min(allowed, self._sent + CHUNK)]
            if chunk:
                self._socket.sendall(b"".join(chunk))
                self._sent += len(chunk)
            self._hear(0.0 if chunk else 0.001)

    def _hear(self, timeout: float) -> None:
        if select.select([self._socket], [], [], timeout)[0]:
            whole = self._partial + len(self._socket.recv(65_536))
            acknowledged, self._partial = divmod(whole, packets.PUBACK_LENGTH)
            self._acknowledged += acknowledged

    def _live(self) -> None:
        """A heartbeat each second, as of any agent."""
        if time.monotonic() < self._next_beat:
            return
        self._next_beat = time.monotonic() + 1
        self._beat += 1
        oldest = self._progress.read() + 1
        epoch = self._load.epoch
        beat = Heartbeat(
            epoch, self._beat, times.instant(time.time()), epoch, oldest, self._sent, self._load.config, {}
        )
        self._say(topics.agent(AGENT, Leaf.HEARTBEAT), beat.encode())

    def _say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self._socket.sendall(packets.publish(topic, payload, retain=retain))


def keys(devices: int) -> list[str]:
    """The devices' keys."""
    return [f"{STAND}/d{index}" for index in range(devices)]


def prepare(load: Load) -> list[bytes]:
    """Every reading as the packet that carries it, going round the devices."""
    targets = [topics.device(key, Leaf.STATE) for key in keys(load.devices)]
    names = [f"v{index}" for index in range(load.values)]
    ts = times.instant(time.time())
    return [
        packets.publish(
            targets[n % len(targets)],
            Reading(
                ts, load.epoch, n, {name: (n * 7 + place) % 1000 / 10 for place, name in enumerate(names)}
            ).encode(),
            n % 65_535 + 1,
        )
        for n in range(1, load.count + 1)
    ]


def main() -> None:
    """Be the load that standard input asks for."""
    load = Load(**orjson.loads(sys.stdin.buffer.readline()))
    prepared = prepare(load)
    publisher = Publisher(load)
    publisher.describe()
    print("ready", flush=True)
    publisher.wait_for_go()
    publisher.run(prepared)


if __name__ == "__main__":
    main()
