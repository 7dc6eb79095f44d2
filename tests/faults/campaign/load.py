"""What goes on all the time: commands by MQTT, panel and program, leases that are renewed and left, a live socket."""

import random
import threading
import time
from collections.abc import Callable

import redis
from simple_websocket import ConnectionClosed
from simple_websocket import ConnectionError as NotConnected

from hub.contract import strict, topics
from hub.contract.errors import ClayhubError, Refused
from hub.contract.presence import HubHeartbeat
from hub.contract.topics import Leaf
from hub.link.link import Incoming, Link
from hub.state.connect import connect
from hub.state.requests import Requests
from tests.faults.campaign.ledger import Asked, Ledger
from tests.faults.campaign.panel import TROUBLE, Panel
from tests.faults.campaign.system import System

OPEN = ("bench/first", "room/third")
"""Devices that anybody may set."""
ALL = ("bench/first", "bench/second", "room/third")


def own(asked: Asked) -> int:
    """The command's own number."""
    return asked.value


def zero(_asked: Asked) -> int:
    """Off."""
    return 0


class Load:
    """To be used in a `with`. `commands` are the guarded commands that an agent got, as the agent got them."""

    def __init__(self, system: System, ledger: Ledger, seed: int) -> None:
        self._system, self.ledger = system, ledger
        self._chance = random.Random(seed)
        self.heartbeats: list[tuple[float, int]] = []
        """When the hub's heartbeats came, and their tokens."""
        self.commands: list[tuple[str, bytes]] = []
        self.socket_heard = 0.0
        """When the live socket said something last."""
        self._ending = threading.Event()
        self.operator = self._link("operator", [("clayhub/+/+/result", 0), (topics.HUB_HEARTBEAT, 0)])
        self._spies = [self._link(f"agent-{name}", [("clayhub/+/+/command", 0)]) for name in ("left", "right")]
        self.hub = self._link("hub", [])
        """Somebody who has the hub's password, and misuses it."""
        jobs = (self._by_mqtt, self._by_panel, self._by_program, self._watch)
        self._threads = [
            threading.Thread(target=self._run, args=(job,), name=job.__name__, daemon=True) for job in jobs
        ]
        self.crashed: list[str] = []

    def __enter__(self) -> "Load":
        for link in (self.operator, self.hub, *self._spies):
            link.start()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(10)
        for link in (self.operator, self.hub, *self._spies):
            link.stop()

    def set(self, key: str, channel: str, by: str = "mqtt", *, forbidden: bool = False, twice: bool = False) -> Asked:
        """One `set`; `twice`: the same message two times, with one id."""
        asked = self.ledger.ask(by, key, channel, forbidden=forbidden)
        self.ledger.taken(asked, f"c{asked.value}")
        payload = b'{"value": %d, "id": "c%d"}' % (asked.value, asked.value)
        for _ in range(2 if twice else 1):
            if not self.operator.publish(topics.set_of(key, channel), payload, retain=forbidden):
                asked.refused = True
        return asked

    def _run(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:  # the top of this thread: a campaign without its load proves nothing
            self.crashed.append(f"{job.__name__}: {error!r}")
            raise

    def _by_mqtt(self) -> None:
        """Hold each output for a while by setting it again and again; then say nothing until its lease has ended."""
        silent_until = dict.fromkeys(OPEN, 0.0)
        while not self._ending.wait(0.4):
            for key in OPEN:
                if time.monotonic() < silent_until[key] or not self.operator.connected:
                    continue
                self.set(key, "client")
                if self._chance.random() < 0.5:
                    self.set(key, self._chance.choice(("timed", "guarded")))
                if self._chance.random() < 0.2:
                    silent_until[key] = time.monotonic() + 5
                if key == OPEN[0]:
                    self.set(key, "program")

    def _by_panel(self) -> None:
        """Switch outputs on, for the hub to renew, and off again."""
        panel = Panel(self._system.web, self._system.truth, self.ledger)
        while not self._ending.wait(0.5):
            panel.command(self._chance.choice(ALL), "panel", zero if self._chance.random() < 0.2 else own)

    def _by_program(self) -> None:
        password = (self._system.folder / "secrets/redis.password").read_text().strip()
        with connect("127.0.0.1", self._system.usual["redis"], password, timeout=3) as client:
            self._ask(Requests(client))

    def _ask(self, requests: Requests) -> None:
        while not self._ending.wait(0.3):
            key = self._chance.choice(ALL[1:])
            channel = self._chance.choice(("program", "guarded"))
            asked = self.ledger.ask("program", key, channel)
            try:
                found = requests.send("set", "campaign", "cli", key=key, channel=channel, value=asked.value)
                self.ledger.taken(asked, found)
            except ClayhubError:
                asked.refused = True
            except redis.RedisError:
                continue  # perhaps it was taken

    def _watch(self) -> None:
        """Be a browser that shows the panel."""
        panel = Panel(self._system.web, self._system.truth, self.ledger)
        while not self._ending.wait(0.5):
            try:
                socket = panel.socket()
            except (*TROUBLE, ConnectionClosed, NotConnected):
                panel.sign_in_again()
                continue
            try:
                while not self._ending.is_set():
                    said = socket.receive(timeout=5)
                    if said is None:
                        break  # it says something every second: this one is dead
                    if '"trouble"' not in said[:40]:
                        self.socket_heard = time.time()
            except ConnectionClosed:
                continue
            finally:
                socket.sock.close()

    def _link(self, account: str, subscriptions: list[tuple[str, int]]) -> Link:
        return Link(
            f"campaign {account}",
            host="127.0.0.1",
            port=self._system.usual["mqtt"],
            account=account,
            password=self._system.secret(account),
            version=5,
            subscriptions=subscriptions,
            on_message=self._hear,
            on_up=lambda: None,
            on_down=lambda _reason: None,
        )

    def _hear(self, incoming: Incoming) -> None:
        leaf = topics.parse(incoming.topic).leaf
        try:
            match leaf:
                case Leaf.HEARTBEAT:
                    self.heartbeats.append((time.time(), HubHeartbeat.decode(incoming.payload).token))
                case Leaf.COMMAND:
                    self.commands.append((incoming.topic, incoming.payload))
                case Leaf.RESULT:
                    found = strict.loads_object(incoming.payload)
                    self.ledger.result(str(found["id"]), str(found["status"]))
        except Refused:
            return
