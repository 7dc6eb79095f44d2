"""What a hub needs to know to begin."""

from dataclasses import dataclass
from pathlib import Path

import redis

from hub.contract.config.schema import Config
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
