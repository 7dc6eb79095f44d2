"""What follows from the interlocks: outputs made safe, the device `interlocks` told, latches kept. Used by the loop."""

import time
from collections.abc import Mapping

from agents.interlocks.board import Board, Change
from agents.interlocks.latches import Latches
from agents.messages import Happened, Health, Interlocked, Obtained
from agents.publisher import Publisher
from agents.verdict import Verdict
from agents.worker import Worker
from hub.contract.config.interlock_devices import PERIOD
from hub.contract.config.interlocks import DEVICE
from hub.contract.errors import Code, Refused


class Keeper:
    """The interlocks of one agent."""

    def __init__(
        self, board: Board, verdict: Verdict, latches: Latches, publisher: Publisher, workers: Mapping[str, Worker]
    ) -> None:
        """`workers` by the devices' keys. Until the first reading comes, the verdict is that nothing may be set."""
        self._board, self._verdict, self._latches = board, verdict, latches
        self._publisher, self._workers = publisher, workers
        self._changes: list[Change] = []
        self._due = float("-inf")
        self._verdict.publish(board.rulings())

    def announce(self, now: float) -> None:
        """Say that the interlocks are there and how they stand, before any command is answered: at each connection,
        for the broker keeps what was said before."""
        self._due = float("-inf")
        for stand in self._board.stands:
            self._publisher.health(Health(_key(stand), None))
        self.tell(now)

    def obtained(self, reading: Obtained, now: float) -> None:
        """A device was read. What must become safe does so before anything is said of it."""
        if self._board.concerns(reading.key):
            self._decide(self._board.obtained(reading, now))

    def health(self, event: Health, now: float) -> None:
        """A device works, or has a fault."""
        if self._board.concerns(event.key):
            self._decide(self._board.health(event, now))

    def tick(self, now: float) -> None:
        """Time has passed."""
        self._decide(self._board.tick(now))
        self.tell(now)

    def reset(self, key: str, now: float) -> None:
        """Somebody resets the interlocks of a stand; `key` is that of its device. Raises Refused (interlock) when none
        could be reset because their causes are still there."""
        changes, reasons = self._board.reset(key.partition("/")[0], now)
        self._decide(changes)
        self.tell(now)
        if reasons:
            raise Refused(Code.INTERLOCK, reasons)

    def tell(self, now: float) -> None:
        """Say what has changed since the last time, and now and then how all interlocks stand."""
        changes, self._changes = self._changes, []
        self._latches.keep(self._board.latched)
        stands = {change.interlock.stand for change in changes}
        if now >= self._due:
            stands, self._due = self._board.stands, now + PERIOD
        for stand in sorted(stands):
            self._publisher.reading(Obtained(_key(stand), time.time(), self._board.states(stand), {}))
        for change in changes:
            if change.text:
                self._publisher.happened(Happened(_key(change.interlock.stand), time.time(), change.text))

    def _decide(self, changes: list[Change]) -> None:
        self._verdict.publish(self._board.rulings())
        for key in {output.key for change in changes for output in change.interlock.outputs}:
            self._workers[key].submit(Interlocked())
        self._changes += changes


def _key(stand: str) -> str:
    return f"{stand}/{DEVICE}"
