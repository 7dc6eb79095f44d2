"""What the book of schedules answers: runs, missed runs, restarts. Never twice, never lost unnoticed."""

from collections.abc import Mapping

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.contract.config.procedures import Schedule
from hub.contract.errors import Code, Refused
from hub.schedule.book import LATE, Arm, Book, Effect, Keep, StartRun
from hub.schedule.due import run_id
from tests.hub.laboratory import DEVICES

MINUTE = 60_000
START = 1_763_800_000_000 // (10 * MINUTE) * (10 * MINUTE)

VENTILATION = {"procedure": "ventilation", "every": "10m"}
NIGHT = {"stand": "phytotron", "set": "lamp.red", "to": 0, "every": "10m"}
MORNING = NIGHT | {"to": 60}


class Desk:
    """A book with its store, a clock, and what was started; it runs what is armed."""

    def __init__(self, **schedules: Mapping[str, object]) -> None:
        self.schedules = {name: Schedule.model_validate(data) for name, data in schedules.items()}
        self.now = START + MINUTE
        self.kept: dict[str, dict[str, object]] = {}
        self.armed: dict[str, int | None] = {}
        self.started: list[str] = []
        self.open()

    def open(self, runs: Mapping[str, dict[str, object]] | None = None) -> None:
        """The hub starts with what was kept."""
        self.book = Book(self.schedules, DEVICES)
        self.armed = {}
        self.perform(self.book.open(self.kept, runs or {}, self.now))

    def perform(self, effects: list[Effect]) -> None:
        """Keep, arm and start, as the hub does."""
        for effect in effects:
            match effect:
                case Keep(name, None):
                    del self.kept[name]
                case Keep(name, record):
                    self.kept[name] = orjson.loads(orjson.dumps(record))
                case Arm(name, due):
                    self.armed[name] = due
                case StartRun():
                    self.started.append(effect.run)

    def live(self, milliseconds: int) -> None:
        """Time goes by with the hub running."""
        end = self.now + milliseconds
        while armed := [(due, name) for name, due in self.armed.items() if due is not None and due <= end]:
            due, name = min(armed)
            self.now = due
            self.perform(self.book.on_due(name, due, due))
        self.now = end

    def ended(self, outcome: str) -> None:
        """The latest run is over."""
        self.perform(self.book.on_ended(self.started[-1], outcome, self.now))


def test_a_running_hub_starts_each_due_run_once() -> None:
    desk = Desk(air=VENTILATION)
    desk.live(25 * MINUTE)
    assert desk.started == [run_id("air", START + 10 * MINUTE), run_id("air", START + 20 * MINUTE)]
    desk.ended("done")
    assert desk.kept["air"] == {
        "title": "air",
        "enabled": True,
        "seen": START + 20 * MINUTE,
        "next": START + 30 * MINUTE,
        "last": START + 20 * MINUTE,
        "last_outcome": "done",
        "procedure": "ventilation",
        "every": 600.0,
    }


def test_the_run_is_kept_before_it_acts() -> None:
    desk = Desk(air=VENTILATION)
    effects = desk.book.on_due("air", START + 10 * MINUTE, START + 10 * MINUTE)
    assert [type(effect) for effect in effects] == [Keep, Arm, StartRun]


def test_the_same_due_instant_twice_runs_once() -> None:
    desk = Desk(air=VENTILATION)
    desk.live(10 * MINUTE)
    assert desk.book.on_due("air", START + 10 * MINUTE, desk.now) == []


@pytest.mark.parametrize(
    ("schedule", "runs"),
    [
        (VENTILATION, False),
        (VENTILATION | {"missed": "run"}, True),
        (NIGHT, True),
        (NIGHT | {"missed": "skip"}, False),
        (MORNING, False),
        (MORNING | {"missed": "run"}, True),
        (NIGHT | {"to": False}, False),
    ],
)
def test_a_run_missed_while_the_hub_was_down(schedule: dict[str, object], runs: bool) -> None:
    desk = Desk(air=schedule)
    desk.now += 35 * MINUTE
    desk.open()
    missed = START + 30 * MINUTE
    assert desk.started == ([run_id("air", missed)] if runs else []), "the latest one, and only it"
    assert desk.kept["air"]["last"] == missed
    assert desk.kept["air"]["last_outcome"] == (None if runs else "missed")
    assert desk.armed["air"] == START + 40 * MINUTE


def test_a_machine_that_slept_missed_its_runs_too() -> None:
    desk = Desk(air=VENTILATION)
    desk.perform(desk.book.on_due("air", START + 10 * MINUTE, START + 10 * MINUTE + LATE + 1))
    assert desk.started == []
    assert desk.kept["air"]["last_outcome"] == "missed"


def test_a_schedule_seen_for_the_first_time_has_missed_nothing() -> None:
    desk = Desk(air=NIGHT, once={"procedure": "ventilation", "at": "2020-01-01T00:00:00Z", "missed": "run"})
    assert desk.started == []
    assert desk.armed["once"] is None


def test_a_stopped_schedule_runs_nothing_and_misses_nothing() -> None:
    desk = Desk(air=VENTILATION | {"missed": "run"})
    desk.perform(desk.book.enable("air", False, desk.now))
    assert desk.kept["air"]["next"] is None
    desk.live(30 * MINUTE)
    desk.open()
    desk.perform(desk.book.enable("air", True, desk.now))
    assert desk.started == []
    desk.live(10 * MINUTE)
    assert len(desk.started) == 1


def test_reset_and_clear_forget_the_last_run() -> None:
    desk = Desk(air=VENTILATION)
    desk.live(10 * MINUTE)
    desk.perform(desk.book.enable("air", False, desk.now))
    desk.perform(desk.book.clear("air", desk.now))
    assert (desk.kept["air"]["last"], desk.kept["air"]["enabled"]) == (None, False)
    desk.perform(desk.book.reset("air", desk.now))
    assert (desk.kept["air"]["last"], desk.kept["air"]["enabled"]) == (None, True)


def test_a_clock_that_was_once_far_ahead_does_not_stop_a_schedule_for_good() -> None:
    desk = Desk(air=VENTILATION)
    desk.now += 365 * 24 * 60 * MINUTE
    desk.live(10 * MINUTE)
    desk.now = START + MINUTE
    desk.open()
    assert desk.armed["air"] == START + 10 * MINUTE


def test_a_schedule_taken_out_of_the_configuration_is_forgotten() -> None:
    desk = Desk(air=VENTILATION, night=NIGHT)
    del desk.schedules["night"]
    desk.open()
    assert desk.kept.keys() == {"air"}


def test_a_command_whose_end_is_unknown_after_a_crash_is_asked_again_with_the_same_id() -> None:
    desk = Desk(night=NIGHT)
    desk.live(10 * MINUTE)
    desk.open()
    assert desk.started[0] == desk.started[1]


@pytest.mark.parametrize(
    ("run", "outcome", "again"),
    [
        ({"run": "air@{due}", "state": "done", "ended": 1}, "done", False),
        ({"run": "air@{due}", "state": "stopping", "ended": None}, None, False),
        ({"run": "by hand", "state": "done", "ended": 1}, None, True),
    ],
)
def test_a_procedure_that_had_begun_before_a_crash_is_not_started_again(
    run: dict[str, object], outcome: str | None, again: bool
) -> None:
    desk = Desk(air=VENTILATION | {"missed": "run"})
    desk.live(10 * MINUTE)
    begun = desk.started[-1] if str(run["run"]).startswith("air@") else run["run"]
    desk.now += LATE
    desk.open({"ventilation": run | {"run": begun}})
    assert len(desk.started) == 1 + again
    assert desk.kept["air"]["last_outcome"] == outcome


def test_a_run_that_perhaps_was_and_is_not_repeated_is_unknown() -> None:
    desk = Desk(morning=MORNING)
    desk.live(11 * MINUTE)
    desk.open()
    assert len(desk.started) == 1
    assert desk.kept["morning"]["last_outcome"] == "unknown"


def test_names_that_are_none_and_books_not_yet_open_are_refused() -> None:
    desk = Desk(air=VENTILATION)
    with pytest.raises(Refused, match="there are air"):
        desk.book.clear("water", desk.now)
    with pytest.raises(Refused) as caught:
        Book(desk.schedules, DEVICES).enable("air", True, desk.now)
    assert caught.value.code is Code.BUSY


def test_the_end_of_other_runs_changes_nothing() -> None:
    desk = Desk(air=VENTILATION)
    desk.live(10 * MINUTE)
    assert desk.book.on_ended("by hand", "done", desk.now) == []
    assert desk.book.on_ended("air@2020-01-01T00:00:00.000Z", "done", desk.now) == []


SPELLS = st.lists(st.tuples(st.sampled_from(["up", "down", "answered"]), st.integers(0, 40 * MINUTE)), max_size=12)


@given(SPELLS, st.sampled_from([VENTILATION, NIGHT, MORNING]), st.sampled_from(["run", "skip"]))
def test_never_twice_and_never_lost(spells: list[tuple[str, int]], schedule: dict[str, object], missed: str) -> None:
    """Every due instant of a time that the hub was up is run; of each time it was down, the latest is answered for."""
    desk = Desk(air=schedule | {"missed": missed})
    up: set[str] = set()
    for spell, length in spells:
        began = desk.now
        if spell == "down":
            desk.now += length
            runs = {"ventilation": {"run": desk.started[-1], "state": "done", "ended": 1}} if desk.started else {}
            desk.open(runs)
            due = desk.now // (10 * MINUTE) * (10 * MINUTE)
            if due > began and (missed == "run" or desk.now - due <= LATE):
                up.add(run_id("air", due))
        else:
            desk.live(length)
            slots = range(began // (10 * MINUTE) + 1, desk.now // (10 * MINUTE) + 1)
            up |= {run_id("air", slot * 10 * MINUTE) for slot in slots}
        if spell == "answered" and desk.started:
            desk.ended("done")
    assert set(desk.started) == up
    if "procedure" in schedule:
        assert len(desk.started) == len(up)
