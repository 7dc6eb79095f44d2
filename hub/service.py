"""The hub process: it waits for the lock, works as long as it holds, and begins anew.

A hub works only with the lock in Redis in hand. Whatever makes it lose the lock (another hub, a Redis that lost its
data, a freeze) ends its tenure; the next one starts with what is in Redis and with what the broker has kept.
"""

import logging
import secrets
import threading
from collections.abc import Callable

import redis

from hub.herald import Herald
from hub.notifier import Notifier, apprise_addresses
from hub.reserve import Reserve
from hub.settings import Settings
from hub.state.lock import Lock, LockLostError
from hub.state.refusal import cannot_save
from hub.state.restored import Memory
from hub.tenure import Tenure

log = logging.getLogger(__name__)

PAUSE = 0.5
"""Seconds between attempts to get the lock."""


class Service:
    """`notify` gets the words for systemd: READY=1 and WATCHDOG=1."""

    def __init__(self, settings: Settings, notify: Callable[[str], None]) -> None:
        self._settings, self._notify = settings, notify
        self._boot = secrets.token_hex(4)
        self._stopping = threading.Event()
        self._tenure: Tenure | None = None
        self._memory = Memory({}, {}, {})
        self._notifier = Notifier(lambda: apprise_addresses(settings.notify_urls))
        self._reserve = Reserve(settings.var)
        self._herald = Herald(settings, self._notifier.put)
        self._told = ""

    def stop(self) -> None:
        """Make `run` return soon; may be called from a signal handler or another thread."""
        self._stopping.set()
        tenure = self._tenure
        if tenure is not None:
            tenure.wake()

    def run(self) -> None:
        """Be the hub until `stop`."""
        if self._settings.notify_urls:
            self._notifier.start()
        client = self._settings.connect()
        lock = Lock(client, self._boot, self._settings.config_hash)
        while not self._stopping.is_set():
            try:
                if lock.take():
                    self._work(lock)
                else:
                    self._tell("another hub holds the lock in Redis; I wait until it ends (3 s when it was killed).")
            except redis.RedisError as error:
                if cannot_save(error):
                    self._reserve.give_up()
                self._herald.failed(error, self._memory)
            except LockLostError:
                self._tell("the lock in Redis was lost; I begin anew.")
            self._notify("WATCHDOG=1")
            self._stopping.wait(PAUSE)
        client.close()
        self._herald.rest()
        self._notifier.stop()

    def _work(self, lock: Lock) -> None:
        tenure = self._tenure = Tenure(self._settings, lock, self._reserve, self._memory, self._notifier.put)
        if self._herald.rest() or self._told:
            log.warning("at work.")
            self._told = ""
        try:
            tenure.run(self._stopping.is_set, self._notify)
        finally:
            self._tenure = None
            self._memory = tenure.end()

    def _tell(self, what: str) -> None:
        if what != self._told:
            log.warning("%s", what)
            self._told = what
