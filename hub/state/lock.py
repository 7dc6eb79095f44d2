"""The lock that lets one hub work and makes a second one wait, and the clock of Redis that comes with it."""

import time
from pathlib import Path

import orjson
import redis

from hub.state import keys

SECONDS = 3
"""How long the lock holds without being renewed."""

_TAKE = Path(__file__).with_name("lock.lua").read_text()
_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('TIME')
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


class LockLostError(Exception):
    """This hub does not hold the lock any more; nothing was done."""


class Lock:
    """Every method may raise redis.RedisError."""

    def __init__(self, client: redis.Redis, boot: str, config: str) -> None:
        self.boot, self._config = boot, config
        self._take = client.register_script(_TAKE)
        self._renew = client.register_script(_RENEW)
        self._release = client.register_script(_RELEASE)
        self.value = b""
        """What stands in Redis while this hub holds the lock."""
        self.token = 0
        self.offset = 0.0
        """Seconds to add to the monotonic clock for the time of Redis since 1970."""

    def take(self) -> bool:
        """Try to get the lock, under a new and greater token."""
        value = self._take(keys=[keys.HUB, keys.TOKEN], args=[self.boot, self._config, SECONDS * 1000])
        if value is None:
            return False
        self.value, self.token = value, orjson.loads(value)["token"]
        self.renew()
        return True

    def renew(self) -> None:
        """Hold it for `SECONDS` more. Raises LockLostError."""
        now = self._renew(keys=[keys.HUB], args=[self.value, SECONDS * 1000])
        if now is None:
            raise LockLostError
        self.offset = int(now[0]) + int(now[1]) / 1e6 - time.monotonic()

    def release(self) -> None:
        """Let the next hub begin at once."""
        self._release(keys=[keys.HUB], args=[self.value])
