"""Formulas: what people write in a laboratory is reckoned, anything else is refused, and nothing can run away."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.contract.formula import Formula

PPFD = (
    "0 if red == 0 and white == 0 else 6.11918934 + 5.72541582 * red + 5.49188308 * white"
    " + 0.00870387 * red ** 2 - 0.01768939 * red * white + 0.0090811 * white ** 2"
)


@pytest.mark.parametrize(
    ("text", "known", "value"),
    [
        ("2 * red", {"red": 3}, 6),
        ("chamber.int_temp - chamber.ext_temp", {"chamber.int_temp": 25.5, "chamber.ext_temp": 20}, 5.5),
        ("max(left, right) / 2", {"left": 3, "right": 4}, 2),
        ("1 if pump and not valve else 0", {"pump": True, "valve": False}, 1),
        ("log10(1000) + sqrt(4) + abs(-1) + exp(0) + log(1)", {}, 7),
        ("-red % 4", {"red": 1}, 3),
        (PPFD, {"red": 0, "white": 0}, 0),
        (PPFD, {"red": 100, "white": 100}, pytest.approx(1128.7, abs=10)),
    ],
)
def test_it_reckons(text: str, known: dict[str, float], value: float) -> None:
    formula = Formula(text)
    assert formula.references == known.keys()
    assert formula.value(known) == value


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("1 / red", {"red": 0}),
        ("sqrt(red)", {"red": -1}),
        ("red ** 0.5", {"red": -1}),
        ("exp(red)", {"red": 1e6}),
        ("red ** red ** red", {"red": 9}),
        ("red * 1e308 * 10", {"red": 1}),
    ],
)
def test_where_there_is_no_result_there_is_no_value(text: str, known: dict[str, float]) -> None:
    assert Formula(text).value(known) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no formula"),
        ("2 *", "is no formula"),
        ("red; blue", "is no formula"),
        ("sqr(red)", "there is no function 'sqr'; did you mean 'sqrt'?"),
        ("__import__('os')", "there is no function '__import__'"),
        ("__import__", "known"),
        ("'red'", "is no number"),
        ("True", "is no number"),
        ("[1, 2]", "has no List"),
        ("(lambda: 1)()", "there is no function"),
        ("a.b.c", "is no channel of this stand's"),
        ("red.__class__.__name__", "is no channel of this stand's"),
        ("red[0]", "has no Subscript"),
        ("f'{red}'", "has no"),
        ("1 << 9", "has no LShift"),
        ("red > 3", "write for example 1 if"),
        ("1 if red else not red", "write for example 1 if"),
        ("sqrt(1, 2)", "cannot take"),
        ("max(a, key=b)", ""),
        ("(" * 500 + "1" + ")" * 500, "too long"),
    ],
)
def test_what_is_no_formula_is_refused(text: str, told: str) -> None:
    if text == "__import__":  # a name like another; there will be no channel of that name
        assert Formula(text).references == {text}
        return
    with pytest.raises(ValueError, match=r"formula|number|function|take|without|channel") as caught:
        Formula(text)
    assert told in str(caught.value)


@given(st.text(alphabet="0123456789.+-*/%()<>=! redif esabmxn_'[]{}:,", max_size=30), st.floats(allow_nan=False))
def test_anything_is_refused_or_gives_a_finite_number_or_none(text: str, red: float) -> None:
    try:
        formula = Formula(text)
    except ValueError:
        return
    value = formula.value(dict.fromkeys(formula.references, red))
    assert value is None or math.isfinite(value)
