"""What wakes the hub, on the real clock; and how the machine's own clock is judged."""

import threading
import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue

import pytest

from hub.schedule.jobs import ClockSet, Due, Jobs


@pytest.fixture
def queue() -> SimpleQueue[ClockSet | Due]:
    """What the jobs enqueue."""
    return SimpleQueue()


@pytest.fixture
def jobs(queue: SimpleQueue[ClockSet | Due]) -> Iterator[Jobs]:
    """Jobs on a machine whose clock is set."""
    found = Jobs(queue.put, lambda: True)
    found.start(0)
    yield found
    found.stop()


def in_ms(milliseconds: int) -> int:
    """An instant of the real clock."""
    return round(time.time() * 1000) + milliseconds


def test_the_clock_is_told_once_and_then_what_is_due(jobs: Jobs, queue: SimpleQueue[ClockSet | Due]) -> None:
    assert queue.get(timeout=30) == ClockSet()
    soon = in_ms(100)
    jobs.arm("air", soon)
    assert queue.get(timeout=30) == Due("air", soon)
    assert in_ms(0) >= soon


def test_a_look_at_the_clock_that_takes_long_is_no_trouble(
    queue: SimpleQueue[ClockSet | Due], caplog: pytest.LogCaptureFixture
) -> None:
    goes_on = threading.Event()
    jobs = Jobs(queue.put, goes_on.wait)
    jobs.start(0)
    jobs.arm("air", in_ms(2_500))
    assert isinstance(queue.get(timeout=30), Due), "meanwhile others are served"
    goes_on.set()
    assert queue.get(timeout=30) == ClockSet()
    jobs.stop()
    assert caplog.messages == []


def test_a_hub_that_was_frozen_looks_at_the_clock_once(
    queue: SimpleQueue[ClockSet | Due], caplog: pytest.LogCaptureFixture
) -> None:
    jobs = Jobs(queue.put, lambda: True)
    jobs.start(-5)  # the first look and five more are overdue
    assert queue.get(timeout=30) == ClockSet()
    soon = in_ms(300)
    jobs.arm("air", soon)
    assert queue.get(timeout=30) == Due("air", soon)
    jobs.stop()
    assert caplog.messages == []


def test_what_is_due_already_comes_at_once_however_late(jobs: Jobs, queue: SimpleQueue[ClockSet | Due]) -> None:
    queue.get(timeout=30)
    jobs.arm("air", 1_000)
    assert queue.get(timeout=30) == Due("air", 1_000)


def test_arming_again_replaces_and_none_disarms(jobs: Jobs, queue: SimpleQueue[ClockSet | Due]) -> None:
    queue.get(timeout=30)
    jobs._scheduler.pause()  # so that nothing comes before it is replaced
    jobs.arm("never", None)
    jobs.arm("gone", in_ms(0))
    jobs.arm("gone", None)
    jobs.arm("air", in_ms(0))
    later = in_ms(100)
    jobs.arm("air", later)
    jobs._scheduler.resume()
    assert queue.get(timeout=30) == Due("air", later)
    with pytest.raises(Empty):
        queue.get_nowait()


def test_nothing_is_told_before_the_clock_is_set(queue: SimpleQueue[ClockSet | Due]) -> None:
    answers = iter([False, True])
    asked: list[bool] = []

    def look() -> bool:
        asked.append(next(answers))
        return asked[-1]

    jobs = Jobs(queue.put, look)
    jobs.start(0)
    assert queue.get(timeout=30) == ClockSet()
    jobs.stop()
    assert asked == [False, True]


def test_it_may_be_stopped_just_as_something_falls_due(
    queue: SimpleQueue[ClockSet | Due], caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(100):
        jobs = Jobs(queue.put, lambda: False)
        jobs.start(60)
        jobs.arm("air", in_ms(0))
        queue.get(timeout=30)
        jobs.stop()
    assert caplog.messages == []
