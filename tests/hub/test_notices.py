"""Who is told what and when: only what is urgent enough, again until somebody knows, and a daily sign of life."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub.alarms.alarm import Alarm, Definition, raise_
from hub.alarms.board import Board
from hub.alarms.notices import Notices
from hub.contract.alarm import Kind, Priority, State
from hub.contract.config.alarms import Notify
from hub.procedures.effects import Moment

START = 1_763_811_302.0


def at(seconds: float) -> Moment:
    """A moment."""
    return Moment(seconds, START + seconds)


def alarm(priority: Priority = Priority.HIGH) -> Alarm:
    """An alarm that has just come."""
    return raise_(Definition("hot", Kind.LIMIT, priority, "s/d", "temp"), "Too hot.", 41.234567, at(0).ms)


class Desk:
    """A board with one alarm and what is told of it."""

    def __init__(self, *, latched: bool = False, **config: object) -> None:
        self.board = Board([Definition("hot", Kind.LIMIT, Priority.HIGH, "s/d", "temp", latched=latched)], {})
        self.notices = Notices(Notify.model_validate(config), "Lab")
        self.told: list[str] = []

    def judge(self, active: bool, seconds: float) -> None:
        """The cause is there or not, and what is due is told."""
        ended = self.board.judge("hot", active, "Too hot.", at(seconds))
        over = self.notices.ended(ended) if ended is not None and ended.state == State.NORMAL else None
        if over is not None:
            self.told.append(over.title)
        for name, notice in self.notices.due(self.board.standing, at(seconds)).items():
            self.board.told(name, at(seconds))
            self.told.append(notice.title)


def test_a_notice_says_what_is_wrong_where_and_what_to_do() -> None:
    (notice,) = Notices(Notify(), "Lab").due({"hot": alarm()}, at(0)).values()
    assert notice.title == "Lab: alarm: Too hot."
    assert notice.body.startswith("s/d/temp (41.2346 when it came)\nhigh, hot, unacknowledged\n")
    assert "clayhub alarms acknowledge" in notice.body


@pytest.mark.parametrize(("least", "told"), [("low", True), ("medium", True), ("high", True), ("critical", False)])
def test_what_is_not_urgent_enough_is_not_told(least: str, told: bool) -> None:
    assert bool(Notices(Notify.model_validate({"priority": least}), "Lab").due({"hot": alarm()}, at(0))) is told


def test_it_is_repeated_until_somebody_knows() -> None:
    desk = Desk(repeat="10m")
    for seconds in range(0, 1_800, 10):
        desk.judge(True, seconds)
        if seconds == 1_300:
            desk.board.acknowledge("hot", "anna", None, at(seconds))
    desk.judge(False, 1_800)
    assert desk.told == ["Lab: alarm: Too hot.", "Lab: still: Too hot.", "Lab: still: Too hot.", "Lab: over: Too hot."]


def test_an_alarm_that_comes_and_goes_is_told_once_a_minute() -> None:
    desk = Desk()
    for seconds in range(181):
        desk.judge(seconds % 2 == 0, seconds)
    assert desk.told.count("Lab: alarm: Too hot.") == 4
    assert len(desk.told) <= 8


def test_who_was_told_of_a_latched_alarm_learns_that_it_is_over_though_it_came_twice_within_the_minute() -> None:
    desk = Desk(latched=True)
    desk.judge(True, 0)
    desk.judge(False, 10)
    desk.judge(True, 20)
    desk.board.acknowledge("hot", "anna", None, at(30))
    desk.judge(False, 40)
    assert desk.told == ["Lab: alarm: Too hot.", "Lab: over: Too hot."]


def instant(text: str) -> Moment:
    """A moment in Prague."""
    return Moment(0.0, datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Prague")).timestamp())


def test_a_sign_of_life_every_day_at_its_time_also_when_the_clocks_are_changed() -> None:
    notices = Notices(Notify(sign_of_life="08:00", zone="Europe/Prague"), "Lab")
    said = [
        text
        for text in (
            "2026-10-24T07:59:59",
            "2026-10-24T08:00:00",
            "2026-10-24T08:00:01",
            "2026-10-25T07:59:59",
            "2026-10-25T08:00:00",
            "2026-10-25T23:00:00",
        )
        if notices.sign_of_life([], "4 of 5 devices are there.", instant(text))
    ]
    assert said == ["2026-10-24T08:00:00", "2026-10-25T08:00:00"]


def test_a_sign_of_life_says_what_is_wrong() -> None:
    notices = Notices(Notify(sign_of_life="08:00", zone="Europe/Prague"), "Lab")
    assert notices.sign_of_life([alarm()], "", instant("2026-10-24T07:00:00")) is None
    notice = notices.sign_of_life([alarm()], "4 of 5 devices are there.", instant("2026-10-24T09:00:00"))
    assert notice is not None
    assert notice.body == "4 of 5 devices are there.\nhigh: Too hot."
    assert Notices(Notify(), "Lab").sign_of_life([], "", instant("2026-10-24T09:00:00")) is None
