"""A link to the broker that comes back by itself: connects for ever, with growing pauses, and says so once."""

import logging
import threading
from collections.abc import Callable, Sequence

from hub.link.connection import Connection, Incoming, Terms

__all__ = ["Incoming", "Link"]

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 4.0
"""Seconds between attempts; each pause is twice the one before. However long the broker was away, all goes on within
seconds of its return."""


class Link:
    """The three callbacks run in other threads: they should only enqueue, and must not raise."""

    def __init__(
        self,
        name: str,
        *,
        host: str,
        port: int,
        account: str,
        password: str,
        version: int,
        subscriptions: Sequence[tuple[str, int]],
        on_message: Callable[[Incoming], None],
        on_up: Callable[[], None],
        on_down: Callable[[str], None],
        will: tuple[str, bytes] | None = None,
    ) -> None:
        self._name = name
        self._terms = Terms(host, port, account, password, version, subscriptions, will)
        self._on_message, self._on_up, self._on_down = on_message, on_up, on_down
        self._stopping = threading.Event()
        self._connection: Connection | None = None
        self._told = False
        self._thread = threading.Thread(target=self._run, name=f"link-{name}", daemon=True)

    @property
    def connected(self) -> bool:
        """Whether the subscriptions are acknowledged and messages flow."""
        return self._connection is not None

    @property
    def alive(self) -> bool:
        """Whether the thread that makes connections runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        """Let the last message be acknowledged, at most `timeout` seconds, and say good-bye (no last will)."""
        connection = self._connection
        self._stopping.set()
        if connection is not None:
            connection.flush(timeout)
            connection.close()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, correlation: bytes | None = None
    ) -> bool:
        """Send a message. False when there is no connection: then it is dropped, not kept."""
        connection = self._connection
        return connection is not None and connection.publish(topic, payload, qos, retain, correlation)

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            was_up = False
            try:
                was_up, reason = self._live()
            except OSError as error:
                reason = error.strerror or str(error)
            except Exception as error:  # noqa: BLE001 - the top of this thread, which must make connections for ever
                reason = repr(error)
            if self._stopping.is_set():
                return
            pause = FIRST_PAUSE if was_up else pause
            self._tell(reason)
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _live(self) -> tuple[bool, str]:
        """One connection from beginning to end: whether it was up, and why it ended. Raises OSError."""
        connection = Connection(self._terms, self._on_message, lambda: self._came_up(connection))
        try:
            connection.open()
            if not connection.wait_until_up():
                return False, connection.reason
            return True, connection.wait_until_ended()
        finally:
            was_up, self._connection = self._connection is not None, None
            connection.close()
            if was_up:
                self._on_down(connection.reason)

    def _came_up(self, connection: Connection) -> None:
        self._connection = connection
        if self._told:
            log.warning("%s: connected to the broker again", self._name)
            self._told = False
        self._on_up()

    def _tell(self, reason: str) -> None:
        if not self._told:
            host, port = self._terms.host, self._terms.port
            log.warning("%s: no connection to the broker at %s:%d (%s). I keep trying.", self._name, host, port, reason)
            self._told = True
