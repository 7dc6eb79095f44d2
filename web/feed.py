"""The one thread that follows the events in Redis and puts them into the mailboxes of all browsers."""

import logging
import threading
import time
from collections.abc import Callable
from threading import Lock

from redis import RedisError

from hub.contract.errors import Code
from hub.state.refusal import refusal
from hub.state.view import Lost, View
from web.mailbox import Delta, Mailbox, Trouble

log = logging.getLogger(__name__)

MAX_BROWSERS = 40
"""A socket holds one of the worker's 64 threads for as long as it lives; the rest are for requests."""

BEAT = 1.0
"""Seconds. A browser hears something so often even when nothing happens: one that does not knows that it is cut off."""

LOOK = 0.25
"""Seconds. The longest wait for events in one go, so that a process that is to end does so at once."""

STORE_DOWN = Trouble(
    Code.STORE_DOWN, "The store (Redis) does not answer: nothing here is live. The panel goes on as soon as it does."
)


class Feed:
    """Mailboxes join and leave from any thread; `run` is the one thread that reads Redis."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._lock = Lock()
        self._mailboxes: set[Mailbox] = set()
        self._trouble: Trouble | None = None
        self._hub_alive = False
        self._next_beat = 0.0
        self._ended = threading.Event()

    @property
    def ended(self) -> bool:
        """True once the process is about to end: the sockets are to be closed."""
        return self._ended.is_set()

    def join(self, mailbox: Mailbox) -> bool:
        """Deliver to `mailbox` from now on, a snapshot first; False when there are too many browsers already."""
        with self._lock:
            if len(self._mailboxes) >= MAX_BROWSERS:
                return False
            self._mailboxes.add(mailbox)
            mailbox.start_afresh()
            if self._trouble:
                mailbox.put_trouble(self._trouble)
            return True

    def leave(self, mailbox: Mailbox) -> None:
        """Deliver no more."""
        with self._lock:
            self._mailboxes.discard(mailbox)

    def start(self, alive: Callable[[], bool], notify: Callable[[], object]) -> None:
        """Call `run` in a thread of its own."""
        threading.Thread(target=self.run, args=(alive, notify), name="feed", daemon=True).start()

    def run(self, alive: Callable[[], bool], notify: Callable[[], object]) -> None:
        """Follow the events until `alive` says no; `notify` is called again and again. Redis may come and go."""
        cursor: str | None = None
        while alive():
            notify()
            try:
                cursor = self._resume() if cursor is None else self._follow(cursor)
            except Lost:
                cursor = None
            except RedisError as error:
                cursor = None
                self._lose_store(error)
                time.sleep(LOOK)
        self._ended.set()
        self._each(lambda mailbox: mailbox.wake())

    def _resume(self) -> str:
        """Everybody needs a snapshot: at the start, after missed events, after trouble, when a hub has come."""
        snapshot = self._view.snapshot()
        self._hub_alive = snapshot["hub"] is not None or self._view.hub_alive()
        with self._lock:
            if self._trouble:
                log.info("Redis answers again.")
            self._trouble = None
        self._each(Mailbox.start_afresh)
        return str(snapshot["cursor"])

    def _follow(self, cursor: str) -> str | None:
        cursor, deltas = self._view.follow(cursor, LOOK)
        for delta in deltas:
            self._put(delta)
        if time.monotonic() < self._next_beat:
            return cursor
        self._next_beat = time.monotonic() + BEAT
        return self._beat(cursor)

    def _beat(self, cursor: str) -> str | None:
        """A dead hub can tell nobody that it is dead: look for it, once a second. Returns None when it is back."""
        was_alive, self._hub_alive = self._hub_alive, self._view.hub_alive()
        if self._hub_alive and not was_alive:
            return None
        beat: Delta = {"type": "delta", "cursor": cursor}
        self._put(beat if self._hub_alive else {**beat, "hub": None})
        return cursor

    def _lose_store(self, error: RedisError) -> None:
        trouble = Trouble(Code.STORE_DOWN, refusal(error) or STORE_DOWN.message)
        with self._lock:
            is_news, self._trouble = self._trouble is None, trouble
        if is_news:
            log.warning(
                "%s (%s); the panel shows that nothing is live and keeps asking.",
                refusal(error) or "Redis does not answer",
                error,
            )
        self._each(lambda mailbox: mailbox.put_trouble(trouble))

    def _put(self, delta: Delta) -> None:
        self._each(lambda mailbox: mailbox.put(delta))

    def _each(self, act: Callable[[Mailbox], object]) -> None:
        with self._lock:
            mailboxes = list(self._mailboxes)
        for mailbox in mailboxes:
            act(mailbox)
