"""What the hub does as Redis or its disk fill up: readings wait in time, and again when there is room."""

import pytest

from hub.core.capacity import Measured
from tests.hub.test_core_alarms import Watch, watching

GB = 2**30
STORE, DISK = "store-redis", "disk-hub"


def found(watch: Watch, memory: float = 0.1, free: int = 20 * GB, disk: int = 32 * GB) -> tuple[bool, bool, set[str]]:
    """Whether readings wait, whether the oldest are to be forgotten, and the alarms that stand."""
    watch.core.on_measured(Measured(memory, free, disk), watch.now)
    return watch.core.effects.readings_wait, watch.core.effects.trim, set(watch.stand())


def test_fault_27_readings_wait_from_four_fifths_of_the_memory_until_three_quarters() -> None:
    watch = watching()
    for memory, full in ((0.79, False), (0.8, True), (0.76, True), (1.1, True), (0.74, False), (0.79, False)):
        assert found(watch, memory) == (full, full, {STORE} if full else set())


@pytest.mark.parametrize(
    ("disk", "low", "enough"),
    [(32 * GB, 255 * 2**20, 330 * 2**20), (16 * 2**20, 800_000, 1_100_000)],
    ids=["a card", "a small one"],
)
def test_fault_28_readings_wait_while_the_last_part_of_the_disk_is_for_commands(
    disk: int, low: int, enough: int
) -> None:
    watch = watching()
    assert found(watch, free=enough, disk=disk) == (False, False, set())
    assert found(watch, free=low, disk=disk) == (True, False, {DISK})
    assert found(watch, free=low + disk // 1000, disk=disk) == (True, False, {DISK}), "it does not go to and fro"
    assert found(watch, free=0, disk=disk) == (True, False, {DISK})
    assert found(watch, free=enough, disk=disk) == (False, False, set())


def test_a_hub_without_a_disk_of_redis_looks_at_none() -> None:
    assert found(watching(), free=0, disk=0) == (False, False, set())


def test_a_redis_that_takes_nothing_is_told_of_at_once_and_until_it_takes_something() -> None:
    watch = Watch(limits={}, notify={"repeat": "10m"})
    for _ in range(3):
        watch.core.on_refused("Redis cannot write to its disk.", watch.now)
        watch.mono += 1
    assert watch.stand() == {STORE: "unacknowledged"}
    assert [notice.title for notice in watch.core.effects.notices] == [
        "clayhub: alarm: Redis cannot write to its disk. Until then nothing is stored, commanded or shown."
    ]
    assert found(watch) == (False, False, set())
    assert len(watch.core.effects.notices) == 2, "and that it is over"
