"""What waits to be sent to one browser: the latest values win, so a slow browser never makes a queue grow."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

Delta = dict[str, Any]
"""What changed, in the shape of a snapshot; see docs/panel.md."""

COMMANDS = 20
"""The panel shows that many of the last commands."""


@dataclass(frozen=True)
class Trouble:
    """Why nothing new comes."""

    code: str
    message: str


class Mailbox:
    """Filled by the feed's thread, emptied by the thread of the browser's socket, which `wake` wakes."""

    def __init__(self, wake: Callable[[], object]) -> None:
        self.wake = wake
        self._lock = Lock()
        self._delta: Delta | None = None
        self._trouble: Trouble | None = None
        self._fresh = False

    def put(self, delta: Delta) -> None:
        """Add what changed."""
        with self._lock:
            self._delta = delta if self._delta is None else merge(self._delta, delta)
        self.wake()

    def put_trouble(self, trouble: Trouble) -> None:
        """Nothing new can come until `start_afresh`."""
        with self._lock:
            self._trouble = trouble
        self.wake()

    def start_afresh(self) -> None:
        """The browser needs a new snapshot; what changed before it is not worth sending."""
        with self._lock:
            self._fresh, self._delta, self._trouble = True, None, None
        self.wake()

    def take(self) -> tuple[bool, Trouble | None, Delta | None]:
        """Empty it: whether a snapshot is due first, the trouble there is, and what changed."""
        with self._lock:
            taken = self._fresh, self._trouble, self._delta
            self._fresh, self._trouble, self._delta = False, None, None
        return taken


def merge(older: Delta, newer: Delta) -> Delta:
    """One delta that says what both say; the arguments stay as they are."""
    merged = {**older, **newer}
    for part in ("agents", "runs", "schedules", "alarms"):
        if part in older and part in newer:
            merged[part] = {**older[part], **newer[part]}
    if "devices" in older and "devices" in newer:
        merged["devices"] = {**older["devices"]}
        for key, device in newer["devices"].items():
            merged["devices"][key] = _merge_device(older["devices"].get(key), device)
    if "commands" in older and "commands" in newer:
        merged["commands"] = _newest([*newer["commands"], *older["commands"]])
    return merged


def _newest(records: list[Delta]) -> list[Delta]:
    latest: dict[str, Delta] = {}
    for record in records:
        latest.setdefault(record["id"], record)
    return sorted(latest.values(), key=lambda record: int(record["requested"]), reverse=True)[:COMMANDS]


def _merge_device(older: Delta | None, newer: Delta | None) -> Delta | None:
    if older is None or newer is None:
        return newer
    merged = {**older, **newer}
    if "requested" in older and "requested" in newer:
        merged["requested"] = {**older["requested"], **newer["requested"]}
    return merged
