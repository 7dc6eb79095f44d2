"""An outbox on the bench: files in folders of the test's own, and slow chores done at once."""

import time
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from agents.outbox.backlog import Gap
from agents.outbox.outbox import PATIENCE, Outbox

STATE, RESULT = "clayhub/s/d/state", "clayhub/s/d/result"


class AtOnce(Executor):
    """Does a chore when it is given; `fail` in place of the next ones."""

    fail: OSError | None = None

    def submit(self, chore: Any, /, *arguments: Any, **_: Any) -> Future[Any]:  # noqa: ANN401
        future: Future[Any] = Future()
        try:
            if self.fail is not None:
                raise self.fail
            future.set_result(chore(*arguments))
        except OSError as error:
            future.set_exception(error)
        return future


class Bench:
    """An outbox in two folders, and the numbers of what it gives."""

    def __init__(self, folder: Path) -> None:
        self.memory, self.disk = folder / "memory", folder / "disk"
        self.chores = AtOnce()
        self.zero = time.time()
        """The time of day when the test's time was 0."""
        self.outbox = self.open()

    def open(self) -> Outbox:
        """After a kill: nobody says good-bye, only the process's open files are closed."""
        if hasattr(self, "outbox"):
            self.outbox._memory.close()
        self.outbox = Outbox(self.memory, self.disk, self.chores)
        return self.outbox

    def add(self, count: int, now: float = 0.0, topic: str = STATE) -> None:
        for _ in range(count):
            self.outbox.add(topic, encode, now)

    def numbers(self, now: float) -> list[int]:
        return [entry.n for entry in self.sent(now)]

    def sent(self, now: float) -> list[Any]:
        return list(self.outbox.resend(now))

    def drain(self) -> list[Any]:
        """All that is kept and all gaps, as a hub that stores everything gets them."""
        found, now = list[Any](), 1e6
        while self.outbox.oldest <= self.outbox.newest:
            now += PATIENCE + 1
            sent = self.sent(now)
            assert sent, "nothing may wait for ever"
            found += sent
            last = sent[-1]
            self.outbox.stored(self.outbox.epoch, last.last if isinstance(last, Gap) else last.n, now)
        return found

    def move(self, now: float) -> None:
        """Time passes without a word of the hub until all is on the disk."""
        for seconds in range(0, 60, 2):
            self.tend(now + seconds)

    def tend(self, now: float) -> None:
        """As the agent does each second."""
        self.outbox.tend(now, self.zero + now)

    def on_disk(self) -> list[str]:
        return sorted(path.name for path in self.disk.iterdir()) if self.disk.exists() else []


def encode(epoch: str, n: int) -> bytes:
    return f"{epoch} {n}".encode()
