"""How soon all works again: readings of every device, commands by panel and MQTT to every agent, the panel itself."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import redis

from hub.contract import strict, times, topics
from hub.link.link import Incoming, Link
from hub.state import keys
from tests.faults.campaign.laboratory import DEVICES
from tests.faults.campaign.ledger import Asked, Ledger
from tests.faults.campaign.load import Load, own
from tests.faults.campaign.panel import Panel
from tests.faults.campaign.system import System

PATIENCE = 40.0
"""Seconds after which it is given up."""
ANSWER = 1.0
"""Seconds for the outcome of a command that is tried."""
BY_PANEL = {"left": "bench/second", "right": "room/third"}
BY_MQTT = {"left": "bench/first", "right": "room/third"}


class Recovery:
    """Measures it again and again."""

    def __init__(self, system: System, load: Load, ledger: Ledger) -> None:
        self._system, self._load, self._ledger = system, load, ledger
        self._redis = system.open_redis(timeout=1.0)
        self._panels = {agent: Panel(system.web, system.truth, ledger) for agent in BY_PANEL}
        self._pool = ThreadPoolExecutor(8)

    def close(self) -> None:
        """Nothing is measured any more."""
        self._pool.shutdown()
        self._redis.close()

    def measure(self, since: float) -> dict[str, float]:
        """Seconds after `since` until each thing worked; PATIENCE and more when it did not."""
        link = self._citizen()
        jobs: dict[str, Callable[[], bool]] = {"readings": lambda: self._fresh(since), "web": self._healthy}
        jobs["socket"] = lambda: self._load.socket_heard > since
        jobs |= {f"panel to {agent}": self._panel(agent) for agent in BY_PANEL}
        jobs |= {f"mqtt to {agent}": self._mqtt(agent, link) for agent in BY_MQTT}
        link.start()
        found = {name: self._pool.submit(_until, job, since) for name, job in jobs.items()}
        seconds = {name: future.result() for name, future in found.items()}
        link.stop()
        return seconds

    def _fresh(self, since: float) -> bool:
        try:
            states: Any = self._redis.hgetall(keys.STATE)
        except redis.RedisError:
            return False
        found = {key.decode(): orjson.loads(state.split(b" ", 1)[1])["ts"] for key, state in states.items()}
        return all(key in found and times.seconds(found[key]) > since for key in DEVICES)

    def _healthy(self) -> bool:
        return next(iter(self._panels.values())).healthy()

    def _panel(self, agent: str) -> Callable[[], bool]:
        def attempt() -> bool:
            asked = self._panels[agent].command(BY_PANEL[agent], "probe", own)
            return asked is not None and asked.id is not None and _done(asked)

        return attempt

    def _mqtt(self, agent: str, link: Link) -> Callable[[], bool]:
        key = BY_MQTT[agent]

        def attempt() -> bool:
            if not link.connected:
                return False
            asked = self._ledger.ask("mqtt", key, "probe")
            self._ledger.taken(asked, f"c{asked.value}")
            sent = link.publish(topics.set_of(key, "probe"), b'{"value":%d,"id":"c%d"}' % (asked.value, asked.value))
            return sent and _done(asked)

        return attempt

    def _citizen(self) -> Link:
        """A client that comes now, as somebody's mosquitto_pub would."""
        return Link(
            "citizen",
            host="127.0.0.1",
            port=self._system.usual["mqtt"],
            account="operator",
            password=self._system.secret("operator"),
            version=5,
            subscriptions=[("clayhub/+/+/result", 0)],
            on_message=self._hear,
            on_up=lambda: None,
            on_down=lambda _reason: None,
        )

    def _hear(self, incoming: Incoming) -> None:
        found = strict.loads_object(incoming.payload)
        self._ledger.result(str(found["id"]), str(found["status"]))


def _done(asked: Asked) -> bool:
    end = time.monotonic() + ANSWER
    while not asked.results and time.monotonic() < end:
        time.sleep(0.005)
    return "done" in asked.results


def _until(works: Callable[[], bool], since: float) -> float:
    while not works() and time.time() - since < PATIENCE:
        time.sleep(0.1)
    return round(time.time() - since, 2)
