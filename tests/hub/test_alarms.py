"""One alarm through its states, and the board of all, whatever comes in whatever order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.alarms.alarm import Definition
from hub.alarms.board import Board
from hub.alarms.limit import outside, sentence
from hub.contract.alarm import Kind, Priority, State
from hub.contract.channels import Number
from hub.contract.config.alarms import Alarm
from hub.contract.errors import Refused
from hub.procedures.effects import Moment

NORMAL, WAITS, KNOWN, RETURNED = State
COME, GO, ACKNOWLEDGE = "cause comes", "cause goes", "acknowledge"


def at(seconds: float) -> Moment:
    """A moment."""
    return Moment(seconds, 1_763_811_302.0 + seconds)


def board(*, latched: bool = False, delay: float = 0.0) -> Board:
    """A board with one alarm."""
    return Board([Definition("hot", Kind.LIMIT, Priority.HIGH, "s/d", "temp", latched, delay)], {})


def state(found: Board) -> str:
    """How the alarm stands."""
    return found.standing["hot"].state if "hot" in found.standing else NORMAL


def do(found: Board, event: str, seconds: float = 0.0) -> None:
    """Something happens; what is not possible is refused."""
    if event == ACKNOWLEDGE:
        found.acknowledge("hot", "anna", None, at(seconds))
    else:
        found.judge("hot", event == COME, "Too hot.", at(seconds))


@pytest.mark.parametrize("latched", [False, True])
@pytest.mark.parametrize(
    ("events", "plain", "latching"),
    [
        ([COME], WAITS, WAITS),
        ([COME, COME], WAITS, WAITS),
        ([COME, GO], NORMAL, RETURNED),
        ([COME, ACKNOWLEDGE], KNOWN, KNOWN),
        ([COME, ACKNOWLEDGE, COME], KNOWN, KNOWN),
        ([COME, ACKNOWLEDGE, GO], NORMAL, NORMAL),
        ([COME, GO, COME], WAITS, WAITS),
        ([COME, GO, GO], NORMAL, RETURNED),
        ([GO], NORMAL, NORMAL),
    ],
)
def test_the_states_of_isa_18_2(events: list[str], plain: State, latching: State, latched: bool) -> None:
    found = board(latched=latched)
    for event in events:
        do(found, event)
    assert state(found) == (latching if latched else plain)


def test_what_returned_is_over_when_somebody_knows() -> None:
    found = board(latched=True)
    do(found, COME)
    do(found, GO, 5)
    ended = found.acknowledge("hot", "anna", "a short circuit", at(9))
    assert (ended.state, ended.by, ended.note) == (NORMAL, "anna", "a short circuit")
    assert (ended.cleared, ended.acknowledged) == (at(5).ms, at(9).ms)
    assert not found.standing


def test_it_is_acknowledged_once_and_only_while_it_stands() -> None:
    found = board()
    with pytest.raises(Refused, match="no alarm 'hot' now"):
        do(found, ACKNOWLEDGE)
    do(found, COME)
    do(found, ACKNOWLEDGE)
    with pytest.raises(Refused, match="acknowledged by anna already"):
        do(found, ACKNOWLEDGE)


def test_the_cause_must_last_for_the_delay_without_a_break() -> None:
    found = board(delay=10)
    for second in (0.0, 9.0):
        do(found, COME, second)
    do(found, GO, 9.5)
    for second in (10, 19.9):
        do(found, COME, second)
    assert state(found) == NORMAL
    do(found, COME, 20)
    assert state(found) == WAITS


@given(
    st.booleans(),
    st.floats(0, 5),
    st.lists(st.tuples(st.sampled_from([COME, GO, ACKNOWLEDGE]), st.floats(0, 10)), max_size=30),
)
def test_whatever_happens_it_stands_as_it_must(latched: bool, delay: float, events: list[tuple[str, float]]) -> None:
    found, now, before = board(latched=latched, delay=delay), 0.0, NORMAL
    for event, pause in events:
        now += pause
        try:
            do(found, event, now)
        except Refused:
            assert before in (NORMAL, KNOWN)
        after = state(found)
        if event == GO:
            assert after != WAITS
            assert after != KNOWN
        if after == RETURNED:
            assert latched
        if before == NORMAL and after != NORMAL:
            assert (event, after) == (COME, WAITS)
        if event == ACKNOWLEDGE:
            assert after in (NORMAL, KNOWN)
        before = State(after)


numbers = st.floats(-1e6, 1e6)


@given(numbers, st.floats(0, 1e3), st.lists(numbers, max_size=20))
def test_an_alarm_goes_only_when_the_value_is_back_by_the_hysteresis(
    high: float, hysteresis: float, values: list[float]
) -> None:
    limit = Alarm(stand="s", channel="d.c", high=high, hysteresis=hysteresis)
    active = False
    for value in values:
        after = outside(limit, value, active)
        assert after or value <= high
        if active and not after:
            assert value <= high - hysteresis
        if not active and after:
            assert value > high
        active = after


def test_the_sentence_names_the_limit_that_is_passed() -> None:
    limit = Alarm(stand="s", channel="d.temp", low=5, high=40)
    channel = Number("temp", title="Temperature inside", unit="°C")
    assert sentence(limit, 41.0, channel) == "Temperature inside is above 40 °C."
    assert sentence(limit, 4.0, channel) == "Temperature inside is below 5 °C."
    assert sentence(limit, 4.0, Number("temp")) == "temp is below 5."
    told = Alarm(stand="s", channel="d.temp", high=40, message="Open the door.")
    assert sentence(told, 41.0, channel) == "Open the door."


def test_an_alarm_kept_by_another_version_of_clayhub_is_left_aside() -> None:
    definition = board().definitions["hot"]
    assert not Board([definition], {"hot": {"id": "hot"}, "cold": {}}).standing
