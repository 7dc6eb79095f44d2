"""From the POST of a command to its new state at a browser's WebSocket, with a simulated relay that answers at once."""

import http.client
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Event, Request, TextMessage

from hub.contract import topics
from hub.state import keys as redis_keys
from hub.state.sessions import Sessions
from tests.bench.figures import Figure
from tests.bench.ingest import DEVICES, half_load
from tests.bench.installation import RELAY, Installation, all_but_the_load, loaded
from tests.bench.load import AGENT, keys
from tests.bench.relay import instant_relay
from tests.servers import wait_until
from tests.web.panel import Visitor

CHANNEL = "ch0"
COMMANDS = 300
PATIENCE = 10


def measure(folder: Path, rate: float) -> list[Figure]:
    """The figures; `rate` is what the hub can take, of which half is the load."""
    with instant_relay() as url, all_but_the_load(loaded(folder, DEVICES, url)) as installation:
        wait_until(lambda: installation.redis.hexists(redis_keys.STATE, RELAY), "the relay has a state")
        operator = Operator(installation)
        operator.command(20)
        idle = operator.command(COMMANDS)
        bare = _round_trips(installation)
        with half_load(installation, rate, 60):
            operator.command(20)
            busy = operator.command(COMMANDS)
        operator.close()
    return [
        Figure("command to new state, idle, p50", _percentile(idle, 50), "ms", goal=5),
        Figure("command to new state, idle, p99", _percentile(idle, 99), "ms"),
        Figure("command to new state, half load, p50", _percentile(busy, 50), "ms"),
        Figure("command to new state, half load, p99", _percentile(busy, 99), "ms", goal=50),
        Figure("bare QoS 1 round trip, p50", _percentile(bare, 50), "ms"),
        Figure("command, idle, over bare round trip", _percentile(idle, 50) / _percentile(bare, 50), ""),
    ]


class Operator:
    """A browser without eyes: signed in by a one-time link, with the page's CSRF token, a kept connection, a socket."""

    def __init__(self, installation: Installation) -> None:
        web = installation.config.web
        visitor = Visitor(f"http://{web.host}:{web.port}")
        visitor.get(f"/link/{Sessions(installation.redis).create_link('operator')}")
        self._headers = {
            "Content-Type": "application/json",
            "X-CSRFToken": visitor.token(),
            "Cookie": visitor.cookie,
            "Origin": visitor.address,
        }
        self._http = http.client.HTTPConnection(web.host, web.port)
        self._live = Live(web.host, web.port, self._headers)

    def command(self, count: int) -> list[float]:
        """Switch the relay to and fro; each time the milliseconds until the socket showed it."""
        self._http.close()  # the panel has let go of it meanwhile
        self._http.connect()
        self._http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        took = []
        for number in range(count):
            value = number % 2 == 0
            began = time.perf_counter()
            body = orjson.dumps({"key": RELAY, "channel": CHANNEL, "value": value})
            self._http.request("POST", "/api/command", body, self._headers)
            answer = self._http.getresponse()
            text = answer.read()
            assert answer.status == 202, text
            self._wait_for(value)
            took.append((time.perf_counter() - began) * 1000)
        return took

    def close(self) -> None:
        """Leave."""
        self._live.close()
        self._http.close()

    def _wait_for(self, value: bool) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            state = orjson.loads(self._live.receive()).get("devices", {}).get(RELAY, {}).get("state")
            if state is not None and state[CHANNEL] is value:
                return
        raise AssertionError(f"{CHANNEL} was not shown as {value} within {PATIENCE} s")


class Live:
    """A WebSocket without a thread of its own, which would be measured too."""

    def __init__(self, host: str, port: int, headers: dict[str, str]) -> None:
        self._socket = socket.create_connection((host, port), PATIENCE)
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._events = self._arrivals()
        fields = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._socket.sendall(self._protocol.send(Request(f"{host}:{port}", "/socket", extra_headers=fields)))
        assert isinstance(next(self._events), AcceptConnection)

    def receive(self) -> str:
        """The next message."""
        text = ""
        for event in self._events:
            assert isinstance(event, TextMessage), f"the socket says {event}"
            text += event.data
            if event.message_finished:
                break
        return text

    def close(self) -> None:
        """Leave."""
        self._socket.close()

    def _arrivals(self) -> Iterator[Event]:
        while True:
            self._protocol.receive_data(self._socket.recv(65_536))
            yield from self._protocol.events()


def _round_trips(installation: Installation) -> list[float]:
    """Milliseconds from a paho client to the broker and back to itself, at QoS 1."""
    heard = threading.Event()
    ready = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv311)
    client.username_pw_set(f"agent-{AGENT}", installation.password(f"agent-{AGENT}"))
    client.on_socket_open = lambda *found: found[2].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.on_subscribe = lambda *_: ready.set()
    client.on_message = lambda *_: heard.set()
    client.connect("127.0.0.1", installation.config.mqtt.port)
    client.loop_start()
    topic = topics.set_of(keys(1)[0], "echo")
    client.subscribe(topic, 1)
    assert ready.wait(PATIENCE)
    took = []
    for _ in range(COMMANDS):
        heard.clear()
        began = time.perf_counter()
        client.publish(topic, b"1", 1)
        assert heard.wait(PATIENCE), "the broker does not answer"
        took.append((time.perf_counter() - began) * 1000)
    client.disconnect()
    client.loop_stop()
    return took


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]
