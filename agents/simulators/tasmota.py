"""A simulated plug with Tasmota and a climate sensor, on a Mosquitto of its own (so it needs that, and an MQTT client).

`tele/plug/LWT` says Online or Offline (retained). `tele/plug/SENSOR` comes every 10 s, and when `cmnd/plug/TelePeriod`
is sent without a payload. `cmnd/plug/POWER` with ON, OFF or nothing is answered on `stat/plug/POWER`.
"""

import getpass
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from agents.simulators.faults import FaultFile
from agents.simulators.place import Place
from agents.simulators.ports import HOST, free_port
from agents.simulators.surroundings import Exchange
from hub.link.link import Incoming, Link

TELE_PERIOD = 10.0
"""Seconds of the device from one SENSOR message to the next."""
LOOK_AT_FAULTS = 0.5
"""Seconds of the device between looks at the fault file."""


@dataclass(frozen=True)
class TasmotaFaults:
    """What can be wrong with it; a fault lasts as long as it stands in the file.

    `offline`: it has lost its power. `silent`: it hears commands and answers none. `absent`: its sensor gives null.
    `garbage`: its sensor's message is no JSON.
    """

    offline: bool = False
    silent: bool = False
    absent: bool = False
    garbage: bool = False


class Tasmota:
    """The plug. What it has to say are topics with their payloads."""

    def __init__(self, exchange: Exchange) -> None:
        self.faults = TasmotaFaults()
        self._exchange = exchange
        self._power = False

    def presence(self) -> bytes:
        """What stands on LWT."""
        return b"Offline" if self.faults.offline else b"Online"

    def sensor(self, now: float) -> Iterator[tuple[str, bytes]]:
        """The sensor's message, unless it is offline."""
        if self.faults.offline or self.faults.silent:
            return
        found = self._exchange({}, now)
        temperature = None if self.faults.absent else round(found.temperature, 1)
        data = {"AM2301": {"Temperature": temperature, "Humidity": round(found.humidity, 1)}, "TempUnit": "C"}
        yield "tele/plug/SENSOR", b"{" if self.faults.garbage else json.dumps(data).encode()

    def hear(self, topic: str, payload: bytes, now: float) -> Iterator[tuple[str, bytes]]:
        """Carry out a command; yields what it says then."""
        if self.faults.offline:
            return
        if topic == "cmnd/plug/TelePeriod" and not payload:
            yield from self.sensor(now)
        if topic == "cmnd/plug/POWER" and payload in (b"ON", b"OFF", b""):
            self._power = payload == b"ON" if payload else self._power
            if not self.faults.silent:
                yield "stat/plug/POWER", b"ON" if self._power else b"OFF"


def run(place: Place, _seed: str, exchange: Exchange) -> None:
    """Serve until the process is told to end."""
    plug, faults = Tasmota(exchange), FaultFile(place.file("faults"), TasmotaFaults)
    with broker(place) as port, linked(port) as (link, heard):
        place.announce(f"mqtt://{HOST}:{port}")
        tele = place.now()
        said = b""
        while True:
            plug.faults = faults.current()
            if plug.presence() != said and link.publish("tele/plug/LWT", plug.presence(), retain=True):
                said = plug.presence()
            if place.now() >= tele:
                tele += TELE_PERIOD
                say(link, plug.sensor(place.now()))
            try:
                message = heard.get(timeout=LOOK_AT_FAULTS / place.speed)
            except Empty:
                continue
            place.log.add(f"{message.topic} {message.payload.decode('ascii', 'backslashreplace')}".rstrip(), b"")
            say(link, plug.hear(message.topic, message.payload, place.now()))


def say(link: Link, messages: Iterator[tuple[str, bytes]]) -> None:
    """Publish what the plug says."""
    for topic, payload in messages:
        link.publish(topic, payload)


@contextmanager
def linked(port: int) -> Iterator[tuple[Link, "SimpleQueue[Incoming]"]]:
    """A link to the broker, up, and the messages that come by it."""
    heard, up = SimpleQueue[Incoming](), SimpleQueue[None]()
    link = Link(
        "plug",
        host=HOST,
        port=port,
        account="",
        password="",
        version=4,
        subscriptions=[("cmnd/plug/#", 1)],
        on_message=heard.put,
        on_up=lambda: up.put(None),
        on_down=lambda _reason: None,
    )
    link.start()
    up.get()
    try:
        yield link, heard
    finally:
        link.stop(0.2)


@contextmanager
def broker(place: Place) -> Iterator[int]:
    """A Mosquitto of the plug's own, that lets everybody of this machine in. Gives its port."""
    port, config = free_port(place), place.file("mosquitto.conf")
    config.write_text(
        f"user {getpass.getuser()}\nlistener {port} {HOST}\nallow_anonymous true\npersistence false\n"
        "set_tcp_nodelay true\nlog_dest none\n"
    )
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise SystemExit("mosquitto is not installed: sudo apt-get install mosquitto")
    process = subprocess.Popen([program, "-c", str(config)])
    try:
        yield port
    finally:
        process.terminate()
        process.wait()
