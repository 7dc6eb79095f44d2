"""Conditions: true, false, or unknown as soon as one of their channels is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.contract.condition import Condition

HOT, FAN, VALVE = "chamber.temp", "chamber.fan", "other.supply.valve"


@pytest.mark.parametrize(
    ("text", "known", "holds"),
    [
        ("chamber.temp > 40", {HOT: 40.1}, True),
        ("chamber.temp > 40", {HOT: 40.0}, False),
        ("10 < chamber.temp < 20", {HOT: 25}, False),
        ("chamber.fan", {FAN: True}, True),
        ("not chamber.fan and other.supply.valve", {FAN: False, VALVE: True}, True),
        ("chamber.temp > 40 or chamber.fan", {HOT: 10, FAN: False}, False),
        ("chamber.fan if chamber.temp > 30 else chamber.temp > 0", {HOT: 31, FAN: True}, True),
        ("chamber.temp - other.supply.valve == 9", {HOT: 10, VALVE: True}, True),
    ],
)
def test_it_is_true_or_false(text: str, known: dict[str, float], holds: bool) -> None:
    condition = Condition(text)
    assert condition.references == known.keys()
    assert condition.holds(known) is holds


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("chamber.temp > 40", {}),
        ("chamber.temp > 40", {HOT: None}),
        ("chamber.temp > 40 or chamber.fan", {HOT: 50}),
        ("1 / chamber.temp > 40", {HOT: 0}),
        ("chamber.temp * 1e308 * 10 - chamber.temp * 1e308 * 10 > 40", {HOT: 10}),
        ("log(chamber.temp) > 1", {HOT: -1}),
        ("chamber.temp ** 0.5 > 1", {HOT: -1}),
    ],
)
def test_it_is_unknown_without_all_channels_or_where_it_cannot_be_worked_out(
    text: str, known: dict[str, float | None]
) -> None:
    assert Condition(text).holds(known) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("chamber.temp + 3", "'chamber.temp + 3' is a number, where true or false belongs; write for example"),
        ("chamber.fan or 3", "'3' is a number"),
        ("1 > 0", "names no channel"),
        ("temp > 40", "'temp' is no channel of a device; write device.channel"),
        ("a.b.c.d > 40", "'a.b.c.d' is no channel of a device"),
        ("chamber.temp = 40", "is no formula"),
        ("chamber.temp.append(1) > 1", "there is no function"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=r"write|known|names") as caught:
        Condition(text)
    assert told in str(caught.value)


def test_it_says_which_channels_must_be_switches() -> None:
    condition = Condition("(chamber.fan or not other.supply.valve) and chamber.temp > lamp.white")
    assert condition.switches == {FAN, VALVE}


@given(st.text(alphabet="0123456789.+-*/%()<>=! redif esabmxnot_'[]{}:,", max_size=40), st.floats(allow_nan=False))
def test_anything_is_refused_or_has_one_of_three_outcomes(text: str, value: float) -> None:
    try:
        condition = Condition(text)
    except ValueError:
        return
    assert condition.holds(dict.fromkeys(condition.references, value)) in (True, False, None)
    assert condition.holds({}) is None
