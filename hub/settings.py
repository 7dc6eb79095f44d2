"""What a hub needs to know to begin."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import redis

from hub.contract.config.schema import Config
from hub.link.link import Incoming, Link
from hub.state.connect import connect


@dataclass(frozen=True)
class Settings:
    """config.yaml, its hash, and the secrets."""

    config: Config
    config_hash: str
    redis_password: str
    mqtt_password: str
    var: Path
    """The folder with what Redis keeps."""
    notify_urls: tuple[str, ...] = ()
    """Where notices of alarms go."""

    def connect(self) -> redis.Redis:
        """A new connection to Redis. A frozen Redis holds up the hub's loop no longer than the lock lasts."""
        place = self.config.redis
        return connect(place.host, place.port, self.redis_password, timeout=2.0)

    def link(
        self,
        subscriptions: Sequence[tuple[str, int]],
        on_message: Callable[[Incoming], None],
        on_up: Callable[[], None],
    ) -> Link:
        """A new link to the broker, not yet begun."""
        return Link(
            "hub",
            host=self.config.mqtt.host,
            port=self.config.mqtt.port,
            account="hub",
            password=self.mqtt_password,
            version=4,  # 2.5 times cheaper for paho to read than MQTT 5
            subscriptions=subscriptions,
            on_message=on_message,
            on_up=on_up,
            on_down=lambda _reason: None,
        )
