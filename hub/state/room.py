"""How full Redis is, and how some of its memory is freed."""

from typing import Any

import redis

from hub.state import keys

STEP = 0.1
"""Share of the readings that is trimmed at once: a few milliseconds of Redis's time."""


class Room:
    """Every method may raise redis.RedisError."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def used(self) -> float:
        """The share of its memory that Redis uses; 0 when nothing limits it."""
        memory: Any = self._redis.info("memory")
        return memory["used_memory"] / memory["maxmemory"] if memory["maxmemory"] else 0.0

    def trim(self) -> None:
        """Forget the oldest readings, `STEP` of them, but never the latest `keys.READINGS_FLOOR`."""
        count: Any = self._redis.xlen(keys.READINGS)
        kept = max(keys.READINGS_FLOOR, int(count * (1 - STEP)))
        self._redis.xtrim(keys.READINGS, maxlen=kept, approximate=True)
