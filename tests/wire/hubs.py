"""A whole hub in a thread of the test, with real servers around it."""

import threading
from typing import Any

import orjson
import redis

from hub.contract.command import Status
from hub.contract.config.schema import Config
from hub.service import Service
from hub.settings import Settings
from hub.state import keys
from hub.state.record import Record
from hub.state.requests import Requests
from hub.state.view import View
from tests.servers import MosquittoServer, RedisServer, wait_until
from tests.wire.speaker import LAMP, Speaker, lamp_config

Json = dict[str, Any]


def entries(client: redis.Redis, stream: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """A whole stream."""
    found: Any = client.xrange(stream)
    return list(found)


class RunningHub:
    """A hub that runs, and what panel and command line have in hand."""

    def __init__(self, config: Config, redis_server: RedisServer, notify_urls: tuple[str, ...] = ()) -> None:
        self.words: list[str] = []
        self.frozen, self.thawed = threading.Event(), threading.Event()
        self.thawed.set()
        settings = Settings(config, "hash", redis_server.password, "secret", redis_server.folder, notify_urls)
        self.service = Service(settings, self._notify)
        self._thread = threading.Thread(target=self.service.run, daemon=True)
        self._thread.start()

    def _notify(self, word: str) -> None:
        """Called from the hub's loop at least every second: here it can be frozen."""
        self.words.append(word)
        if not self.thawed.is_set():
            self.frozen.set()
            self.thawed.wait(30)

    def stop(self) -> None:
        """End it as SIGTERM does."""
        self.service.stop()
        self._thread.join(30)
        assert not self._thread.is_alive()


class Lab:
    """Broker, Redis, a hub and an agent, and short words for what tests look at."""

    def __init__(
        self, broker: MosquittoServer, redis_server: RedisServer, notify_urls: tuple[str, ...] = (), **more: object
    ) -> None:
        self.broker, self.redis_server = broker, redis_server
        self.config = lamp_config(broker.port, redis_server.port, **more)
        self.redis: redis.Redis = redis_server.client()
        self.view, self.requests = View(self.redis), Requests(self.redis)
        self.hubs = [RunningHub(self.config, redis_server, notify_urls)]
        self.agents: list[Speaker] = []
        wait_until(lambda: "READY=1" in self.hubs[0].words, "hub ready")

    def second_hub(self, notify_urls: tuple[str, ...] = ()) -> RunningHub:
        """One more."""
        self.hubs.append(RunningHub(self.config, self.redis_server, notify_urls))
        return self.hubs[-1]

    def agent(self, **more: str) -> Speaker:
        """An agent that the hub knows to be there."""
        speaker = Speaker(self.broker.port, **more)
        self.agents.append(speaker)
        wait_until(lambda: self._is_followed(speaker), "the agent is online")
        wait_until(lambda: LAMP in self.view.snapshot()["devices"], "the lamp has described itself")
        return speaker

    def ask(self, channel: str, value: object, key: str = LAMP) -> str:
        """Ask to set a channel, as the panel does."""
        return self.requests.send("set", "anna", "panel", key=key, channel=channel, value=value)  # type: ignore[arg-type]

    def outcome(self, request_id: str) -> Record:
        """The record of the request, once it is final."""
        record = self.requests.wait(request_id, 10)
        assert record is not None
        assert record["status"] != Status.PENDING
        return record

    def lamp(self) -> Json:
        """The lamp as a panel sees it."""
        found: Json = self.view.snapshot()["devices"][LAMP]
        return found

    def history(self) -> list[tuple[str, int] | str]:
        """Epoch and number of every reading, and the gaps between."""
        return [
            f"gap {fields[b'gap'].decode()}" if b"gap" in fields else (fields[b"e"].decode(), int(fields[b"n"]))
            for _, fields in entries(self.redis, keys.READINGS)
        ]

    def audit(self) -> list[str]:
        """The statuses on record, oldest first."""
        return [orjson.loads(fields[b"j"])["status"] for _, fields in entries(self.redis, keys.AUDIT)]

    def _is_followed(self, speaker: Speaker) -> bool:
        speaker.heartbeat()
        agent = self.view.snapshot()["agents"].get("pi")
        return agent is not None and agent["boot"] == speaker.boot

    def close(self) -> None:
        """End everything."""
        for speaker in self.agents:
            speaker.stop()
        for hub in self.hubs:
            hub.stop()
        self.redis.close()
