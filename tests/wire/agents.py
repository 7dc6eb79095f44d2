"""An agent at a real broker, and an ear that hears all that is said there."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from agents.agent import Agent
from agents.assemble import assemble
from agents.catalog.catalog import entries
from agents.interlocks.latches import Latches
from agents.outbox.outbox import Outbox
from hub.contract.config.load import load
from hub.contract.interlock import interlocks
from hub.contract.presence import Heartbeat
from hub.link.link import Incoming, Link
from tests.agents.bench import DRIVERS, SHELF, Hardware
from tests.proxy import Proxy
from tests.servers import MosquittoServer, wait_until

CONFIG = """
version: 1
mqtt: {port: PORT}
agents: {a1: {title: The one under test}}
stands:
  s:
    agent: a1
    interlocks: INTERLOCKS
    devices:
"""


class Ear:
    """A client that hears everything, and speaks for others."""

    def __init__(self, port: int, account: str = "ear", password: str = "") -> None:
        self.heard: list[Incoming] = []
        self._news = threading.Condition()
        up = threading.Event()
        self.link = Link(
            "ear",
            host="127.0.0.1",
            port=port,
            account=account,
            password=password,
            version=5,
            subscriptions=[("#", 1)],
            on_message=self._hear,
            on_up=up.set,
            on_down=lambda _reason: None,
        )
        self.link.start()
        assert up.wait(30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.link.stop()

    def _hear(self, message: Incoming) -> None:
        with self._news:
            self.heard.append(message)
            self._news.notify_all()

    def all(self, topic: str) -> list[Any]:
        """What was said on a topic so far: JSON, or text where it is none."""
        return [said(message) for message in list(self.heard) if message.topic == topic]

    def wait(self, topic: str, fits: Callable[[Any], bool] = lambda _said: True, count: int = 1) -> Any:  # noqa: ANN401
        """The last of the first `count` fitting messages on a topic."""
        end = time.monotonic() + 30
        with self._news:
            while True:
                found = [one for one in self.all(topic) if fits(one)]
                if len(found) >= count:
                    return found[count - 1]
                assert self._news.wait(end - time.monotonic()), f"{topic}: heard only {self.all(topic)[-5:]}"

    def until(self, topic: str, word: str) -> None:
        """Wait until the latest word on a topic is this; how often it was said before does not matter."""
        wait_until(lambda: self.all(topic)[-1:] == [word], f"{topic}: {word}")

    def say(self, topic: str, payload: str | bytes, *, retain: bool = False, qos: int = 1) -> None:
        """Publish."""
        assert self.link.publish(
            topic, payload.encode() if isinstance(payload, str) else payload, retain=retain, qos=qos
        )

    def ask(self, channel: str, payload: str, request_id: str, device: str = "s/heat") -> Any:  # noqa: ANN401
        """`set` a channel with an id, and wait for the result."""
        self.say(f"clayhub/{device}/{channel}/set", f'{{"value": {payload}, "id": "{request_id}"}}')
        return self.result(request_id, device)

    def result(self, request_id: str, device: str = "s/heat") -> Any:  # noqa: ANN401
        """The result of the request with this id."""
        return self.wait(f"clayhub/{device}/result", lambda result: result["id"] == request_id)

    def beat(self) -> Heartbeat:
        """The agent's latest heartbeat."""
        self.wait("clayhub/agent/a1/heartbeat")
        return Heartbeat(**self.all("clayhub/agent/a1/heartbeat")[-1])


def said(message: Incoming) -> Any:  # noqa: ANN401
    """A payload as JSON, or as text where it is none."""
    try:
        return json.loads(message.payload)
    except ValueError:
        return message.payload.decode()


def assembled(
    broker: MosquittoServer | Proxy,
    folder: Path,
    devices: str,
    notify: Callable[[str], None] = lambda _state: None,
    locks: str = "{}",
) -> Agent:
    """The agent a1 with these devices (YAML below `devices:`) and interlocks (in one line), not yet running."""
    file = folder / "config.yaml"
    text = CONFIG.replace("PORT", str(broker.port)).replace("INTERLOCKS", locks)
    file.write_text(text + "".join(f"      {x}\n" for x in devices.splitlines()))
    config = load(file)
    found = entries(config, DRIVERS)
    for entry in found.values():
        SHELF.setdefault(str(entry.given["address"]), Hardware())
    return assemble(
        "a1",
        found,
        [each for each in interlocks(config) if each.agent == "a1"],
        broker=config.mqtt,
        password="",
        config_hash="0" * 12,
        outbox=Outbox(folder / "memory", folder / "outbox"),
        latches=Latches(folder / "interlocks.json"),
        simulators=folder,
        notify=notify,
    )


@contextmanager
def agent(broker: MosquittoServer | Proxy, folder: Path, devices: str, locks: str = "{}") -> Iterator[None]:
    """The agent a1 with these devices (YAML below `devices:`) and interlocks inside the block, connected."""
    up = threading.Event()
    made = assembled(broker, folder, devices, lambda state: up.set() if state == "READY=1" else None, locks)
    thread = threading.Thread(target=made.run, name="agent a1", daemon=True)
    thread.start()
    try:
        assert up.wait(30)
        yield
    finally:
        made.stop()
        thread.join(30)
        assert not thread.is_alive()
