"""The outbox: numbers, what is sent again, what moves to the disk, and what becomes of it when something is amiss."""

import os
import shutil
from pathlib import Path

import pytest

from agents.outbox import memory, outbox
from agents.outbox.backlog import Gap
from agents.outbox.outbox import PATIENCE, WINDOW
from agents.outbox.recovery import RESERVE
from tests.agents.outbox_bench import RESULT, STATE, Bench, encode


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


def test_a_call_that_comes_late_makes_nothing_wait_for_a_fifth_second(bench: Bench) -> None:
    bench.add(5, 0)
    for now in (1.2, 2, 3, 4):
        bench.outbox.tend(now, 0)
    assert len(bench.on_disk()) == 1


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


@pytest.mark.parametrize("stored", [5, 2, 0])
def test_a_machine_that_is_started_anew_in_good_order_loses_nothing(bench: Bench, stored: int) -> None:
    bench.add(5)
    epoch = bench.outbox.epoch
    bench.outbox.stored(epoch, stored, 0)
    bench.outbox.close()
    shutil.rmtree(bench.memory)
    box = bench.open()
    assert (box.epoch, box.newest, box.oldest) == (epoch, 5, stored + 1)
    bench.add(1)
    assert [entry.n for entry in bench.drain()] == list(range(stored + 1, 7))


def test_a_last_number_that_was_noted_holds_for_one_start_only(bench: Bench) -> None:
    bench.add(5)
    epoch = bench.outbox.epoch
    bench.outbox.stored(epoch, 5, 0)
    bench.outbox.close()
    bench.open()
    bench.add(5)
    shutil.rmtree(bench.memory)
    assert bench.open().epoch != epoch


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
    assert "(No space left on device). Make room" in bench.outbox.trouble
    bench.chores.fail = None
    bench.move(100)
    assert (len(bench.on_disk()), len(caplog.messages), bench.outbox.trouble) == (1, 2, "")
    assert [entry.n for entry in bench.drain()] == list(range(1, 11))


def test_a_disk_that_could_not_be_written_to_is_tried_until_it_can_though_nothing_waits(bench: Bench) -> None:
    bench.disk.write_text("a file in the place of the folder")
    bench.add(5)
    bench.move(0)
    bench.outbox.stored(bench.outbox.epoch, 5, 10)
    for now in range(10, 15):
        bench.outbox.tend(now, 0.0)
    assert bench.outbox.trouble
    bench.disk.unlink()
    for now in range(15, 17):
        bench.outbox.tend(now, 0.0)
    assert (bench.outbox.trouble, bench.on_disk()) == ("", [])


def test_memory_that_cannot_be_written_to_costs_readings_but_blocks_nothing(
    bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    bench.add(2)
    with monkeypatch.context() as patch:
        patch.setattr(memory.Memory, "append", full)
        bench.add(3)
    bench.add(1)
    assert [each if isinstance(each, Gap) else each.n for each in bench.drain()] == [1, 2, Gap(3, 5), 6]
    assert len(caplog.messages) == 2


@pytest.mark.parametrize("bound", ["MOST_IN_MEMORY", "MOST_ON_DISK"])
def test_when_it_is_full_the_oldest_are_thinned_and_results_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(outbox, bound, 40_000)
    monkeypatch.setattr(memory, "SEGMENT_BYTES", 2_000)
    monkeypatch.setattr("agents.outbox.disk.SEGMENT_BYTES", 2_000)
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
    bench.tend(outbox.LONGEST - 60)
    assert bench.outbox.oldest == 1
    bench.tend(outbox.LONGEST + 60)
    assert bench.outbox.oldest == 6


def test_fault_16_a_clock_that_is_set_forward_makes_nothing_too_old(bench: Bench) -> None:
    bench.add(5)
    bench.move(0)
    bench.zero += 2 * outbox.LONGEST
    for second in range(60, 70):
        bench.tend(second)
    assert bench.outbox.oldest == 1
    bench.tend(outbox.LONGEST - 60)
    assert bench.outbox.oldest == 1
    bench.tend(outbox.LONGEST + 60)
    assert bench.outbox.oldest == 6
