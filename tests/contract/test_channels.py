"""Channels: a value is right as it is, or refused (faults 2, 3 and 8), and a description travels unchanged."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.contract import channels
from hub.contract.channels import Action, Channel, Choice, Number, Switch, Text
from hub.contract.errors import Code, Refused

RED = Number("red", unit="%", low=0, high=100, writable=True)
FAN = Switch("fan", writable=True)
MODE = Choice("mode", options=("slow", "fast"), writable=True)
NOTE = Text("note", max_length=5, writable=True)
ZERO = Action("zero", writable=True)
ALL: tuple[Channel, ...] = (RED, FAN, MODE, NOTE, ZERO)

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=2)


@pytest.mark.parametrize(
    ("channel", "value", "code"),
    [
        (RED, True, Code.WRONG_TYPE),
        (RED, "60", Code.WRONG_TYPE),
        (RED, [], Code.WRONG_TYPE),
        (RED, None, Code.WRONG_TYPE),
        (RED, {}, Code.WRONG_TYPE),
        (RED, float("nan"), Code.NOT_FINITE),
        (RED, float("inf"), Code.NOT_FINITE),
        (RED, 101, Code.OUT_OF_RANGE),
        (RED, 100.00001, Code.OUT_OF_RANGE),
        (RED, -0.1, Code.OUT_OF_RANGE),
        (Number("free"), 2**53 + 1, Code.OUT_OF_RANGE),
        (Number("duty", whole=True), 60.5, Code.OUT_OF_RANGE),
        (FAN, 1, Code.WRONG_TYPE),
        (FAN, "ON", Code.WRONG_TYPE),
        (MODE, "faster", Code.OUT_OF_RANGE),
        (MODE, 1, Code.WRONG_TYPE),
        (NOTE, "123456", Code.OUT_OF_RANGE),
        (NOTE, 1, Code.WRONG_TYPE),
        (ZERO, "press", Code.WRONG_TYPE),
        (ZERO, True, Code.WRONG_TYPE),
    ],
)
def test_each_wrong_value_has_its_code(channel: Channel, value: object, code: Code) -> None:
    with pytest.raises(Refused) as caught:
        channel.check(value)
    assert caught.value.code is code
    assert channel.name in str(caught.value)


@pytest.mark.parametrize("channel", ALL, ids=lambda channel: channel.kind)
@given(value=ANYTHING)
def test_any_value_is_kept_as_it_is_or_refused(channel: Channel, value: object) -> None:
    try:
        assert channel.check(value) is value
    except Refused:
        return
    assert type(value) is {"number": type(value), "switch": bool}.get(channel.kind, str)


@pytest.mark.parametrize("channel", ALL, ids=lambda channel: channel.kind)
@given(text=st.text() | st.sampled_from(["ON", "true", "60", "1e2", "slow", "PRESS"]))
def test_any_bare_text_is_a_value_of_the_channel_or_refused(channel: Channel, text: str) -> None:
    try:
        value = channel.parse(text)
    except Refused:
        return
    assert channel.check(value) is value


@pytest.mark.parametrize(
    ("channel", "text", "value"),
    [
        (RED, "60", 60),
        (RED, "0.5", 0.5),
        (FAN, "ON", True),
        (FAN, "OFF", False),
        (FAN, "true", True),
        (FAN, "false", False),
        (MODE, "slow", "slow"),
        (NOTE, "<b>", "<b>"),
        (ZERO, "PRESS", "PRESS"),
    ],
)
def test_bare_payloads_mean_what_the_channel_says(channel: Channel, text: str, value: object) -> None:
    assert channel.parse(text) == value


@pytest.mark.parametrize("text", ["on", "1", "0", "yes", "True", '"ON"', ""])
def test_a_switch_takes_no_other_words(text: str) -> None:
    with pytest.raises(Refused) as caught:
        FAN.parse(text)
    assert caught.value.code is Code.WRONG_TYPE


@pytest.mark.parametrize(
    ("low", "high", "words"), [(0, None, "at least 0 %"), (None, 9, "at most 9 %"), (0, 9, "0 to 9 %")]
)
def test_a_refusal_names_the_range(low: float | None, high: float | None, words: str) -> None:
    with pytest.raises(Refused, match=words):
        Number("red", unit="%", low=low, high=high).check(10 if high else -1)


JSON = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-1, 1) | st.text() | st.lists(st.text(), max_size=2)
KINDS = st.sampled_from(list(channels.KINDS))
NAMES = st.from_regex(r"\A[a-z][a-z0-9_]{0,20}\Z").filter(lambda name: name not in ("ts", "epoch", "n", "quality"))
FLOATS = st.none() | st.floats(-1e9, 1e9)
COMMON: dict[str, Any] = {"title": st.text(), "writable": st.booleans()}
CHANNELS = st.one_of(
    st.builds(
        Number,
        NAMES,
        **COMMON,
        low=FLOATS,
        unit=st.text(),
        decimals=st.none() | st.integers(0, 9),
        whole=st.booleans(),
        frozen_after=FLOATS,
        rails=st.none() | st.tuples(st.integers(0, 9), st.floats(10, 1e9)),
    ),
    st.builds(Switch, NAMES, **COMMON, safe=st.none() | st.booleans(), lease=FLOATS, max_on=FLOATS),
    st.builds(Choice, NAMES, **COMMON, options=st.lists(st.text(min_size=1), min_size=1).map(tuple)),
    st.builds(Text, NAMES, **COMMON, max_length=st.integers(1, 1000)),
    st.builds(Action, NAMES, **COMMON),
)


@given(CHANNELS)
def test_a_description_travels_unchanged(channel: Channel) -> None:
    assert channels.from_json(channel.name, channel.to_json()) == channel


def test_what_a_newer_version_says_of_a_channel_is_left_aside() -> None:
    assert channels.from_json("fan", {"kind": "switch", "colour": "green"}) == Switch("fan")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("red", None),
        ("red", {"kind": "colour"}),
        ("red", {"kind": ["number"]}),
        ("red", {"kind": "number", "low": "0"}),
        ("red", {"kind": "number", "writable": 1}),
        ("red", {"kind": "choice", "options": [1]}),
        ("red", {"kind": "number", "high": 1, "safe": 2}),
        ("Red!", {"kind": "number"}),
        ("epoch", {"kind": "number"}),
    ],
)
def test_a_wrong_description_is_refused(name: str, data: object) -> None:
    with pytest.raises(Refused) as caught:
        channels.from_json(name, data)
    assert caught.value.code is Code.BAD_MESSAGE


@given(NAMES, JSON | st.dictionaries(st.sampled_from(["kind", "low", "safe", "options"]), JSON | KINDS))
def test_any_description_is_taken_or_refused(name: str, data: object) -> None:
    try:
        channels.from_json(name, data)
    except Refused:
        return
