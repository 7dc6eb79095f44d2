"""Sends notices of alarms, in a thread that only gets messages: whatever becomes of a notice, the hub goes on."""

import importlib
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from hub.alarms.notices import Notice
from hub.contract.errors import ConfigError

log = logging.getLogger(__name__)

Send = Callable[[Notice], bool]
"""Sends a notice to one address; False when it could not."""

FIRST_PAUSE, LONGEST_PAUSE = 10.0, 300.0
"""Seconds until what could not be sent is tried again; each pause is twice the one before."""
MOST_WAITING = 100
"""Notices for one address; beyond, the oldest is dropped."""


class Address:
    """One place where notices go, in order. `name` says which it is without its passwords."""

    def __init__(self, name: str, send: Send) -> None:
        self.name, self._sender = name, send
        self.waiting: deque[Notice] = deque(maxlen=MOST_WAITING)
        self._pause, self._next = 0.0, 0.0

    def due(self) -> float:
        """When there is something to send, on the monotonic clock."""
        return self._next if self.waiting else 1e18

    def turn(self, now: float) -> None:
        """Try to send what has waited longest."""
        if self.send(self.waiting[0]):
            self.waiting.popleft()
            if self._pause:
                log.warning("notices reach %s again.", self.name)
            self._pause = self._next = 0.0
            return
        if not self._pause:
            log.warning("a notice cannot be sent to %s; I keep trying. `clayhub alarms test` says more.", self.name)
        self._pause = min(self._pause * 2, LONGEST_PAUSE) or FIRST_PAUSE
        self._next = now + self._pause

    def send(self, notice: Notice) -> bool:
        """Send it at once; False when it could not be sent."""
        try:
            return self._sender(notice)
        except Exception:  # the top of what others wrote: a plug-in's fault must not keep the other addresses waiting
            log.debug("sending to %s failed.", self.name, exc_info=True)
            return False


class Notifier:
    """`open_addresses` is called in the thread, for it may take long; it may raise ConfigError."""

    def __init__(self, open_addresses: Callable[[], Sequence[Address]]) -> None:
        self._open = open_addresses
        self._queue: queue.SimpleQueue[Notice | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def put(self, notice: Notice) -> None:
        """Hand over a notice; never waits. Without a thread that sends, it is dropped."""
        if self._thread.is_alive():
            self._queue.put(notice)

    def stop(self) -> None:
        """End; a notice that is on its way is not waited for."""
        self._queue.put(None)

    def _run(self) -> None:
        try:
            addresses = self._open()
        except ConfigError as error:
            log.error("%s Nobody is told of alarms.", error)
            return
        while True:
            due = min((address.due() for address in addresses), default=1e18)
            try:
                notice = self._queue.get(timeout=min(max(0.0, due - time.monotonic()), 3600.0))
            except queue.Empty:
                pass
            else:
                if notice is None:
                    return
                for address in addresses:
                    address.waiting.append(notice)
            for address in addresses:
                if address.due() <= time.monotonic():
                    address.turn(time.monotonic())


def apprise_addresses(urls: Sequence[str]) -> list[Address]:
    """An address for each of Apprise's URLs. Raises ConfigError."""
    try:  # an optional extra, of 25 MB in memory: who sends no notices has it neither installed nor loaded
        apprise = importlib.import_module("apprise")
    except ModuleNotFoundError:
        raise ConfigError("Notices need the Python package apprise: install clayhub[notify].") from None
    found = []
    for number, url in enumerate(urls, 1):
        scheme, target = url.partition(":")[0][:20], apprise.Apprise()
        if not target.add(url):
            raise ConfigError(f"Address {number} in notify.urls ({scheme}) is none that Apprise knows.")
        found.append(Address(f"address {number} ({scheme})", _sender(target.notify)))
    return found


def _sender(notify: Callable[..., object]) -> Send:
    return lambda notice: bool(notify(title=notice.title, body=notice.body))
