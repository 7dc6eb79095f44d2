"""What readers see of Redis: the whole, what changes, and that something was missed."""

import pytest
from redis import Redis

from hub.state import keys
from hub.state.journal import Journal
from hub.state.lane import Lane
from hub.state.live import Live
from hub.state.lock import Lock
from hub.state.view import MOST_EVENTS, Lost, View
from hub.state.writer import Writer

NOW = 1_763_811_302_123


@pytest.fixture
def writer(redis_client: Redis) -> Writer:
    lock = Lock(redis_client, "boot", "hash")
    assert lock.take()
    redis_client.persist(keys.HUB)
    return Writer(redis_client, lock.value)


def fault(writer: Writer, word: str) -> None:
    """Write an availability."""
    journal = Journal()
    journal.availability("s/d", word, NOW)
    writer.write(Lane(), Live(), journal, NOW)


def test_an_empty_redis_is_an_empty_view(redis_client: Redis) -> None:
    view = View(redis_client)
    found = view.snapshot()
    assert (found["hub"], found["devices"], found["commands"], found["cursor"]) == (None, {}, [], "0-0")
    assert not view.hub_alive()
    assert view.follow(found["cursor"], 0.001) == ("0-0", [])
    assert view.command("none") is None
    assert view.readings("s/d", 5) == []


def test_changes_come_in_order_after_the_snapshot(redis_client: Redis, writer: Writer) -> None:
    view = View(redis_client)
    fault(writer, "online")
    cursor = view.snapshot()["cursor"]
    fault(writer, "fault")
    fault(writer, "offline")
    cursor, deltas = view.follow(cursor, 1)
    assert [delta["devices"]["s/d"]["availability"] for delta in deltas] == ["fault", "offline"]
    assert deltas[-1]["cursor"] == cursor
    assert view.follow(cursor, 0.001) == (cursor, [])


def test_who_was_away_too_long_is_told(redis_client: Redis, writer: Writer) -> None:
    view = View(redis_client)
    fault(writer, "online")
    cursor = view.snapshot()["cursor"]
    for _ in range(MOST_EVENTS + 1):
        fault(writer, "offline")
    redis_client.xtrim(keys.EVENTS, maxlen=MOST_EVENTS, approximate=False)
    with pytest.raises(Lost):
        view.follow(cursor, 1)


def test_who_follows_events_of_a_redis_that_lost_them_is_told(redis_client: Redis, writer: Writer) -> None:
    view = View(redis_client)
    fault(writer, "online")
    cursor = view.snapshot()["cursor"]
    redis_client.delete(keys.EVENTS)
    with pytest.raises(Lost):
        view.follow(cursor, 0.001)


def test_many_changes_come_in_parts(redis_client: Redis, writer: Writer) -> None:
    view = View(redis_client)
    fault(writer, "online")
    cursor = view.snapshot()["cursor"]
    for _ in range(MOST_EVENTS + 1):
        fault(writer, "fault")
    cursor, deltas = view.follow(cursor, 1)
    assert len(deltas) == MOST_EVENTS
    cursor, deltas = view.follow(cursor, 1)
    assert len(deltas) == 1


def test_a_hub_that_begins_anew_makes_readers_look_again(redis_client: Redis, writer: Writer) -> None:
    view = View(redis_client)
    fault(writer, "online")
    cursor = view.snapshot()["cursor"]
    writer.begin(Journal(), NOW)
    with pytest.raises(Lost):
        view.follow(cursor, 1)


def test_readings_are_those_of_one_device_newest_last(redis_client: Redis, writer: Writer) -> None:
    lane = Lane()
    lane.beat("pi", "e1", 1)
    for n in range(1, 2_501):
        lane.reading("pi", "e1", n, "s/d" if n % 2 else "s/other", b'{"n":%d}' % n)
    writer.write(lane, Live(), Journal(), NOW)
    found = View(redis_client).readings("s/d", 3)
    assert [reading["n"] for reading in found] == [2495, 2497, 2499]
    assert found[0]["received"] == NOW
    assert len(View(redis_client).readings("s/d", 5_000)) == 1250
