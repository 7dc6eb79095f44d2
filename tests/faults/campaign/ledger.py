"""What was asked of the outputs. Every value is given once only, so that a write tells which command it came from."""

import itertools
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Asked:
    """One command: by whom (`mqtt`, `panel`, `program`, or an attack), what, and when, in seconds since 1970."""

    value: int
    by: str
    key: str
    channel: str
    at: float
    id: str | None = None
    """None: it was handed over, but perhaps not taken."""
    refused: bool = False
    """We were told at once that it will not be done."""
    forbidden: bool = False
    """It must never be done."""
    replayed: bool = False
    """An attacker gave it again: that is refused, and told so, under the same id."""
    told: list[str] = field(default_factory=list)
    """What its agent said on MQTT of what became of it."""
    recorded: list[str] = field(default_factory=list)
    """What Redis had as its outcome."""

    @property
    def results(self) -> set[str]:
        """Both; what was told of a replay apart."""
        return {*self.recorded, *(() if self.replayed else self.told)}


class Ledger:
    """Every command of the campaign, by its value."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1_000)  # smaller ones are for attacks
        self._lock = threading.Lock()
        self.asked: dict[int, Asked] = {}
        self._by_id: dict[str, Asked] = {}
        self._early: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        """Results that came before we learned the id."""

    def ask(self, by: str, key: str, channel: str, *, forbidden: bool = False) -> Asked:
        """A new command; to be called just before it is handed over."""
        with self._lock:
            asked = Asked(next(self._numbers), by, key, channel, time.time(), forbidden=forbidden)
            self.asked[asked.value] = asked
            return asked

    def taken(self, asked: Asked, command_id: str) -> None:
        """It has this id."""
        with self._lock:
            asked.id = command_id
            self._by_id[command_id] = asked
            early = self._early.pop(command_id, ())
        for status, recorded in early:
            self.result(command_id, status, recorded=recorded)

    def replay(self, command_id: str) -> None:
        """Somebody gives it again."""
        with self._lock:
            if command_id in self._by_id:
                self._by_id[command_id].replayed = True

    def result(self, command_id: str, status: str, *, recorded: bool = False) -> None:
        """Its agent says what became of a command; or it is `recorded` in Redis."""
        with self._lock:
            asked = self._by_id.get(command_id)
            if asked is None:
                self._early[command_id].append((status, recorded))
            else:
                (asked.recorded if recorded else asked.told).append(status)
