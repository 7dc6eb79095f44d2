"""Whatever is lost or killed on the way, the hub gets every number of the outbox in order, or learns of the gap."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from agents.outbox.backlog import Gap, entries
from agents.outbox.outbox import PATIENCE, WINDOW
from tests.agents.outbox_bench import RESULT, STATE, Bench, encode


class Faults(RuleBasedStateMachine):
    """An outbox that is killed at any point, a way that loses anything, and a hub that stores only what is next."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir="/dev/shm"))
        self.bench = Bench(self.folder)
        self.now = 0.0
        self.history: list[tuple[str, int]] = []
        self.stored: tuple[str, int] | None = None
        self.promised: dict[tuple[str, int], bool] = {}
        """What was numbered, and whether it may be lost."""

    def arrive(self, sent: Any) -> None:  # noqa: ANN401
        """At the hub, which has heard the epoch."""
        if self.stored is None or self.stored[0] != self.bench.outbox.epoch:
            return
        epoch, last = self.stored
        if isinstance(sent, Gap):
            if sent.first <= last + 1 and sent.last > last:
                self.lose(range(last + 1, sent.last + 1))
                self.stored = epoch, sent.last
        elif sent.n == last + 1:
            assert sent.payload == encode(epoch, sent.n)
            self.history.append((epoch, sent.n))
            self.stored = epoch, sent.n

    def lose(self, numbers: range) -> None:
        for n in numbers:
            assert self.promised.get((self.bench.outbox.epoch, n), True), f"{n} is gone without a power cut"

    @rule(count=st.integers(1, 60), lost=st.booleans(), topic=st.sampled_from([STATE, RESULT]))
    def publish(self, count: int, lost: bool, topic: str) -> None:
        for _ in range(count):
            self.bench.add(1, self.now, topic)
            box = self.bench.outbox
            self.promised[box.epoch, box.newest] = False
            if not lost:
                self.arrive(next(reversed(list(entries(box._chain(), box.newest - 1)))))

    @rule(seconds=st.floats(0.1, 10))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.bench.outbox.tend(self.now, 0.0)

    @rule(kept=st.integers(0, WINDOW))
    def backlog(self, kept: int) -> None:
        for sent in self.bench.sent(self.now)[:kept]:
            self.arrive(sent)

    @rule()
    def confirm(self) -> None:
        if self.stored:
            self.bench.outbox.stored(*self.stored, self.now)

    @rule()
    def heartbeat(self) -> None:
        epoch, oldest = self.bench.outbox.epoch, self.bench.outbox.oldest
        if self.stored is None or self.stored[0] != epoch:
            self.stored = epoch, oldest - 1
        elif self.stored[1] < oldest - 1:
            self.lose(range(self.stored[1] + 1, oldest))
            self.stored = epoch, oldest - 1

    @rule(cut=st.integers(0, 60))
    def kill(self, cut: int) -> None:
        """Also in the middle of a line."""
        box = self.bench.outbox
        with box._memory.segments[-1].path.open("ab") as file:
            file.write(b"1234abcd 99 clayhub/s/d/state e 99"[:cut])
        self.bench.open()
        assert (self.bench.outbox.epoch, self.bench.outbox.newest) == (box.epoch, box.newest)

    @rule()
    def kill_in_the_middle_of_a_move(self) -> None:
        """The disk has all or part of it, the memory still all."""
        copy = self.folder / "copy"
        shutil.copytree(self.bench.memory, copy)
        before = {path: path.stat().st_size for path in self.bench.disk.glob("*")}
        self.bench.move(self.now)
        self.now += 60
        for path in self.bench.disk.glob("*"):
            whole = path.stat().st_size
            if whole > before.get(path, 0):
                os.truncate(path, before.get(path, 0) + (whole - before.get(path, 0)) // 2)
        shutil.rmtree(self.bench.memory)
        copy.rename(self.bench.memory)
        self.kill(0)

    @precondition(lambda self: not self.bench.chores.fail)
    @rule()
    def power_cut(self) -> None:
        """The memory is gone; the disk has what was moved."""
        on_disk = self.bench.outbox._disk.newest
        for epoch, n in self.promised:
            if n > on_disk:
                self.promised[epoch, n] = True
        shutil.rmtree(self.bench.memory)
        self.bench.open()

    @rule(full=st.booleans())
    def disk(self, full: bool) -> None:
        self.bench.chores.fail = OSError(28, "No space left on device") if full else None

    def teardown(self) -> None:
        """Left alone with a good way, the hub gets everything within a few rounds."""
        for _ in range(4 + self.bench.outbox.newest // WINDOW * 2):
            self.heartbeat()
            self.now += PATIENCE + 0.1
            for sent in self.bench.sent(self.now):
                self.arrive(sent)
            self.confirm()
        box = self.bench.outbox
        assert box.oldest == box.newest + 1
        assert len(set(self.history)) == len(self.history)
        shutil.rmtree(self.folder)


TestFaults = Faults.TestCase
TestFaults.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
