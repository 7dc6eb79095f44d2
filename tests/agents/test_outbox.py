"""The outbox: whatever is lost or killed on the way, the hub gets every number in order, or learns of the gap."""

import contextlib
import os
import shutil
import tempfile
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from agents import outbox, outbox_memory
from agents.outbox import PATIENCE, WINDOW, Gap, Outbox
from agents.outbox_recovery import RESERVE

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
            self.outbox.tend(now + seconds, 0.0)

    def on_disk(self) -> list[str]:
        return sorted(path.name for path in self.disk.iterdir()) if self.disk.exists() else []


def encode(epoch: str, n: int) -> bytes:
    return f"{epoch} {n}".encode()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_numbers_count_by_one_under_a_random_epoch(bench: Bench, tmp_path: Path) -> None:
    box = bench.outbox
    assert (box.oldest, box.newest) == (1, 0)
    assert box.add(STATE, encode, 0) == f"{box.epoch} 1".encode()
    assert box.add(STATE, encode, 0) == f"{box.epoch} 2".encode()
    assert (box.oldest, box.newest) == (1, 2)
    assert Bench(tmp_path / "another").outbox.epoch != box.epoch


def test_what_is_stored_is_forgotten(bench: Bench) -> None:
    bench.add(5)
    box = bench.outbox
    box.stored(box.epoch, 3, 0)
    assert (box.oldest, box.newest) == (4, 5)
    box.stored(box.epoch, 2, 0)
    box.stored("another", 5, 0)
    assert (box.oldest, box.newest) == (4, 5), "late and foreign confirmations change nothing"


def test_nothing_is_sent_again_while_the_hub_confirms_in_time(bench: Bench) -> None:
    bench.add(3)
    assert bench.numbers(PATIENCE) == []
    bench.outbox.stored(bench.outbox.epoch, 1, PATIENCE)
    assert bench.numbers(PATIENCE + 1) == []


def test_what_stays_unconfirmed_is_sent_again_in_order_and_once(bench: Bench) -> None:
    bench.add(5)
    bench.outbox.stored(bench.outbox.epoch, 1, 0)
    assert bench.numbers(PATIENCE + 0.1) == [2, 3, 4, 5]
    assert bench.numbers(PATIENCE + 0.2) == []


def test_the_window_bounds_what_is_on_its_way(bench: Bench) -> None:
    bench.add(3 * WINDOW)
    assert bench.numbers(4) == list(range(1, WINDOW + 1))
    assert bench.numbers(4) == []
    bench.outbox.stored(bench.outbox.epoch, 50, 4.1)
    assert bench.numbers(4.1) == list(range(WINDOW + 1, WINDOW + 51))


def test_after_a_new_connection_nothing_is_waited_for(bench: Bench) -> None:
    bench.add(3)
    bench.outbox.reconnected()
    assert bench.numbers(0.1) == [1, 2, 3]
    assert bench.numbers(0.2) == []


def test_a_backlog_that_was_lost_is_sent_from_its_beginning(bench: Bench) -> None:
    bench.add(2 * WINDOW)
    bench.numbers(4)
    bench.outbox.stored(bench.outbox.epoch, 10, 4.1)
    assert bench.numbers(4.1)[0] == WINDOW + 1
    assert bench.numbers(4.1 + PATIENCE + 0.1)[0] == 11


def test_it_goes_on_where_it_was_killed(bench: Bench) -> None:
    bench.add(5)
    epoch = bench.outbox.epoch
    bench.outbox.stored(epoch, 5, 0)
    box = bench.open()
    assert (box.epoch, box.newest) == (epoch, 5), "also when everything was stored"
    bench.add(2)
    bench.open()
    assert bench.drain()[-2:] == [(6, STATE, f"{epoch} 6".encode()), (7, STATE, f"{epoch} 7".encode())]


def test_a_line_that_the_kill_cut_short_was_never_numbered(bench: Bench) -> None:
    bench.add(3)
    segment = bench.outbox._memory.segments[-1]
    os.truncate(segment.path, segment.size - 4)
    assert bench.open().newest == 2
    bench.add(1)
    assert [entry.n for entry in bench.drain()] == [1, 2, 3]


def test_the_disk_is_left_alone_while_the_hub_confirms(bench: Bench) -> None:
    for second in range(600):
        bench.add(20, second)
        bench.outbox.stored(bench.outbox.epoch, bench.outbox.newest - second % 2, second)
        bench.outbox.tend(second, second)
    assert not bench.disk.exists()
    assert len(list(bench.memory.iterdir())) <= 2


def test_what_waits_for_three_seconds_moves_to_the_disk(bench: Bench) -> None:
    bench.outbox.tend(0, 0)
    bench.add(5, 0)
    bench.outbox.tend(1, 0)
    bench.outbox.tend(3.5, 0)
    assert not bench.disk.exists()
    bench.outbox.tend(4.1, 0)
    assert len(bench.on_disk()) == 1
    bench.outbox.tend(5, 0)
    assert [path.stat().st_size for path in bench.memory.iterdir()] == [0]
    bench.add(3, 6)
    bench.move(6)
    assert len(bench.on_disk()) == 1, "it is added to while it is small"
    assert bench.numbers(50) == [1, 2, 3, 4, 5, 6, 7, 8]
    bench.outbox.stored(bench.outbox.epoch, 8, 50)
    assert bench.on_disk() == []


def test_a_power_cut_loses_what_was_only_in_memory_and_says_so(bench: Bench) -> None:
    bench.add(5)
    bench.move(0)
    bench.add(2)
    epoch = bench.outbox.epoch
    shutil.rmtree(bench.memory)
    box = bench.open()
    bench.add(1)
    assert (box.epoch, box.newest) == (epoch, 5 + RESERVE + 1)
    assert [each.n if not isinstance(each, Gap) else each for each in bench.drain()] == [
        *range(1, 6),
        Gap(6, 5 + RESERVE),
        5 + RESERVE + 1,
    ]


def test_a_power_cut_in_good_times_begins_a_new_epoch(bench: Bench) -> None:
    bench.add(5)
    epoch = bench.outbox.epoch
    shutil.rmtree(bench.memory)
    assert bench.open().epoch != epoch
    assert bench.outbox.newest == 0


def test_a_damaged_file_is_put_aside_and_a_new_epoch_begins(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.add(5)
    epoch = bench.outbox.epoch
    path = bench.outbox._memory.segments[-1].path
    path.write_text("once\nupon\na time\n")
    assert bench.open().epoch != epoch
    assert [path.suffix for path in sorted(bench.memory.iterdir())].count(".damaged") == 1
    bench.add(2)
    bench.open()
    assert [entry.n for entry in bench.drain()] == [1, 2]
    assert len(caplog.messages) == 1
    assert "3 damaged lines" in caplog.text


def test_damage_on_the_disk_costs_only_the_damaged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.add(5)
    bench.move(0)
    path = bench.disk / bench.on_disk()[0]
    path.write_bytes(path.read_bytes().replace(b" 3 clayhub", b" 3 clayhut"))
    bench.add(1)
    bench.open()
    assert bench.drain()[:4] == [
        (1, STATE, encode(bench.outbox.epoch, 1)),
        (2, STATE, encode(bench.outbox.epoch, 2)),
        Gap(3, 3),
        (4, STATE, encode(bench.outbox.epoch, 4)),
    ]
    assert [name.rpartition(".")[2] for name in bench.on_disk()] == ["damaged"]
    assert len(caplog.messages) == 1


def test_numbers_that_the_files_have_lost_are_not_given_twice(bench: Bench) -> None:
    bench.add(5)
    epoch = bench.outbox.epoch
    os.truncate(bench.outbox._memory.segments[-1].path, 10)
    box = bench.open()
    bench.add(1)
    assert (box.epoch, box.newest) == (epoch, 1)
    box.stored(epoch, 5, 0)
    assert (box.epoch != epoch, box.oldest, box.newest) == (True, 1, 0)


def test_a_full_disk_is_told_once_and_then_all_moves(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.chores.fail = OSError(28, "No space left on device")
    bench.add(5)
    bench.move(0)
    bench.add(5)
    assert (bench.on_disk(), len(caplog.messages)) == ([], 1)
    bench.chores.fail = None
    bench.move(100)
    assert (len(bench.on_disk()), len(caplog.messages)) == (1, 2)
    assert [entry.n for entry in bench.drain()] == list(range(1, 11))


def test_memory_that_cannot_be_written_to_costs_readings_but_blocks_nothing(
    bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    bench.add(2)
    with monkeypatch.context() as patch:
        patch.setattr(outbox_memory.Memory, "append", full)
        bench.add(3)
    bench.add(1)
    assert [each if isinstance(each, Gap) else each.n for each in bench.drain()] == [1, 2, Gap(3, 5), 6]
    assert len(caplog.messages) == 2


@pytest.mark.parametrize("bound", ["MOST_IN_MEMORY", "MOST_ON_DISK"])
def test_when_it_is_full_the_oldest_are_thinned_and_results_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(outbox, bound, 40_000)
    monkeypatch.setattr(outbox_memory, "SEGMENT_BYTES", 2_000)
    monkeypatch.setattr("agents.outbox_disk.SEGMENT_BYTES", 2_000)
    if bound == "MOST_IN_MEMORY":
        bench.chores.fail = OSError(28, "No space left on device")
    for now in range(100):
        bench.add(5, now)
        bench.add(5, now, "clayhub/s/e/state")
        bench.add(1, now, RESULT)
        bench.outbox.tend(now, 0)
    kept = bench.drain()
    entries = [each for each in kept if not isinstance(each, Gap)]
    assert sum(entry.topic == RESULT for entry in entries) == 100
    devices = [sum(entry.topic == f"clayhub/s/{device}/state" for entry in entries) for device in "de"]
    assert abs(devices[0] - devices[1]) < 40, "no device pays for another"
    assert 200 < devices[0] < 450
    covered = [n for each in kept for n in (range(each[0], each[1] + 1) if isinstance(each, Gap) else [each.n])]
    assert covered == list(range(1, 1101)), "each number is there, or in a gap, in order"
    assert entries[-1].n == 1100
    assert [entry.n for entry in entries][-100:] == list(range(1001, 1101)), "the youngest are all there"
    assert entries[0].n == 1


def test_what_is_too_old_is_given_up(bench: Bench) -> None:
    bench.add(5)
    bench.move(0)
    bench.add(1, 100)
    written = (bench.disk / bench.on_disk()[0]).stat().st_mtime
    bench.outbox.tend(100, written + outbox.LONGEST - 1)
    assert bench.outbox.oldest == 1
    bench.outbox.tend(101, written + outbox.LONGEST + 1)
    assert bench.outbox.oldest == 6


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
                self.arrive(next(reversed(list(box._entries(box.newest - 1)))))

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
        with contextlib.suppress(OSError):
            shutil.rmtree(self.folder)


TestFaults = Faults.TestCase
TestFaults.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
