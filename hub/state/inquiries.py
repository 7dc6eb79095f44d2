"""The thread that hears what panel and command line ask of the hub, as soon as it is asked."""

import logging
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
import redis

from hub.state import keys
from hub.state.record import Record

log = logging.getLogger(__name__)

BLOCK = 1.0
"""Seconds of one look; the client's timeout must be longer."""


class Inquiry(NamedTuple):
    """One request."""

    entry: str
    """Its name in the stream, by which the hub deletes it."""
    deadline: int
    """In ms since 1970, by the clock of Redis."""
    record: Record


class Inquiries:
    """Requests that are in Redis already come first. `hear` is called in this thread and must only enqueue."""

    def __init__(self, client: redis.Redis, hear: Callable[[Inquiry], None]) -> None:
        self._redis, self._hear = client, hear
        self._cursor = "0-0"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inquiries", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a look that has begun may go on for `BLOCK` seconds and is not waited for."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except redis.RedisError:  # the hub's loop says so
                self._stopping.wait(0.5)
            except Exception:  # the top of this thread: one bad entry must not stop the others
                log.exception("a request in Redis cannot be read; I go on with the next.")
        self._redis.close()

    def _look(self) -> None:
        streams: Any = self._redis.xread({keys.REQUESTS: self._cursor}, block=int(BLOCK * 1000))
        for entry, fields in streams[0][1] if streams else ():
            self._cursor = entry.decode()
            if not self._stopping.is_set():
                self._hear(Inquiry(self._cursor, int(fields[b"deadline"]), orjson.loads(fields[b"j"])))
