"""When a schedule is due: aligned to the clock, by cron across changes of the clock, once."""

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hub.contract.config.procedures import Schedule
from hub.schedule.due import latest_due, next_due, run_id

INSTANTS = st.integers(0, 4_000_000_000_000)


def schedule(**when: object) -> Schedule:
    """A schedule of the ventilation."""
    return Schedule.model_validate({"procedure": "ventilation", **when})


def ms(text: str) -> int:
    """An instant written in UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def dues(wanted: Schedule, after: str, count: int) -> list[str]:
    """The next due instants, as hours and minutes in UTC."""
    found, now = [], ms(after)
    for _ in range(count):
        due = next_due(wanted, now)
        assert due is not None
        found.append(datetime.fromtimestamp(due / 1000, UTC).strftime("%d %H:%M"))
        now = due
    return found


def test_every_ten_minutes_is_aligned_to_the_clock() -> None:
    assert dues(schedule(every="10m"), "2026-11-22 11:35:02", 3) == ["22 11:40", "22 11:50", "22 12:00"]
    assert dues(schedule(every="10m", offset="2m"), "2026-11-22 11:35:02", 2) == ["22 11:42", "22 11:52"]


@given(st.integers(1, 100_000), st.integers(0, 100_000), INSTANTS)
def test_the_next_one_is_aligned_and_never_further_than_one_period(seconds: int, offset: int, now: int) -> None:
    due = next_due(schedule(every=f"{seconds}s", offset=f"{offset}s"), now)
    assert due is not None
    assert now < due <= now + seconds * 1000
    assert (due - offset * 1000) % (seconds * 1000) == 0


@given(st.integers(1, 90_000), INSTANTS, st.integers(0, 10**9))
def test_the_latest_one_is_the_last_of_all_next_ones(seconds: int, after: int, span: int) -> None:
    every = schedule(every=f"{seconds}s")
    found = latest_due(every, after, after + span)
    following = next_due(every, after)
    assert following is not None
    if found is None:
        assert following > after + span
    else:
        assert after < found <= after + span < found + seconds * 1000


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("30 2 * * *", "2026-10-24 20:00", ["25 00:30", "26 01:30"]),
        ("30 2 * * *", "2026-03-28 00:00", ["28 01:30", "29 01:30", "30 00:30"]),
        ("0,30 2,3 * * *", "2026-03-28 22:00", ["29 01:00", "29 01:30", "30 00:00"]),
        ("*/30 * * * *", "2026-10-24 23:45", ["25 00:00", "25 00:30", "25 01:00", "25 01:30", "25 02:00"]),
        ("*/30 * * * *", "2026-03-29 00:00", ["29 00:30", "29 01:00", "29 01:30"]),
        ("0 9 * * mon-fri", "2026-10-23 08:00", ["26 08:00", "27 08:00"]),
    ],
    ids=[
        "autumn: once",
        "spring: an hour later",
        "spring: none twice",
        "autumn: goes on",
        "spring: goes on",
        "weekdays",
    ],
)
def test_cron_in_berlin(cron: str, after: str, expected: list[str]) -> None:
    assert dues(schedule(cron=cron, zone="Europe/Berlin"), after, len(expected)) == expected


@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tashkent"]),
    st.sampled_from(["30 2 * * *", "15 1-3 * * *", "*/20 * * * *", "0 0 * * sun", "59 23 28-31 * *"]),
    st.integers(1_700_000_000_000, 1_900_000_000_000),
)
def test_cron_goes_forward_and_skips_nothing(zone: str, cron: str, now: int) -> None:
    wanted = schedule(cron=cron, zone=zone)
    due = next_due(wanted, now)
    assert due is not None
    assert due > now
    assume(due - now > 1)
    assert next_due(wanted, due - 1) == due
    assert latest_due(wanted, now, due) == due


def test_once_is_due_once() -> None:
    once = schedule(at="2026-11-22T12:00:00+01:00")
    assert next_due(once, ms("2026-11-22 10:59")) == ms("2026-11-22 11:00")
    assert next_due(once, ms("2026-11-22 11:00")) is None
    assert latest_due(once, ms("2026-01-01"), ms("2027-01-01")) == ms("2026-11-22 11:00")


def test_a_rare_cron_missed_long_ago_is_found() -> None:
    leap_day = schedule(cron="0 0 29 2 *")
    assert latest_due(leap_day, ms("2022-01-01"), ms("2026-01-01")) == ms("2024-02-29")


def test_a_run_is_named_by_what_was_due() -> None:
    assert run_id("ventilation", ms("2026-11-22 11:40")) == "ventilation@2026-11-22T11:40:00.000Z"
