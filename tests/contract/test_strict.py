"""Strict JSON (faults 1 to 6): refused with a code, or exactly what was said."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.contract import strict
from hub.contract.errors import Code, Refused

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    SCALARS | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", Code.BAD_JSON),
        (b"not json", Code.BAD_JSON),
        (b'{"a": 1', Code.BAD_JSON),
        (b'{"a": 1} x', Code.BAD_JSON),
        (b"{'a': 1}", Code.BAD_JSON),
        (b"\xff\xfe", Code.BAD_JSON),
        (b"\xef\xbb\xbf1", Code.BAD_JSON),
        (b'"\\ud800"', Code.BAD_JSON),
        (b"NaN", Code.NOT_FINITE),
        (b'{"a": [Infinity]}', Code.NOT_FINITE),
        (b"-Infinity", Code.NOT_FINITE),
        (b"1e400", Code.NOT_FINITE),
        (b"-1e400", Code.NOT_FINITE),
        (b'{"a": 1, "a": 1}', Code.DUPLICATE_KEY),
        (b'{"x": {"a": 1, "\\u0061": 2}}', Code.DUPLICATE_KEY),
        (b"[" * 33 + b"]" * 33, Code.TOO_DEEP),
        (b'{"a":' * 9_000, Code.TOO_DEEP),
        (b"[" * 65_000, Code.TOO_DEEP),
        (b"9" * 5_000, Code.TOO_LARGE),
        (b" " * 65_537, Code.TOO_LARGE),
        (b"[" * 100_000, Code.TOO_LARGE),
    ],
    ids=lambda value: str(value)[:30],
)
def test_each_mistake_has_its_code(payload: bytes, code: Code) -> None:
    with pytest.raises(Refused) as caught:
        strict.loads(payload)
    assert caught.value.code is code
    assert str(caught.value).endswith(".")


@given(JSON)
def test_what_is_json_is_taken_as_it_is(value: object) -> None:
    assert strict.loads(json.dumps(value).encode()) == value


@given(st.binary())
def test_any_bytes_are_taken_or_refused(payload: bytes) -> None:
    try:
        strict.loads(payload)
    except Refused:
        return
    json.loads(payload)


@given(st.text(alphabet='[]{}",:\\0 eN-.'))
def test_any_text_of_brackets_is_taken_or_refused(text: str) -> None:
    try:
        value = strict.loads(text.encode())
    except Refused:
        return
    assert value == json.loads(text)


def test_brackets_inside_a_text_are_no_nesting() -> None:
    assert strict.loads(json.dumps("[" * 100 + '\\"').encode()) == "[" * 100 + '\\"'


def test_the_largest_payload_is_taken() -> None:
    assert strict.loads(b"1".rjust(strict.MAX_BYTES)) == 1


@pytest.mark.parametrize("payload", [b"1", b"[]", b'"a"', b"null"])
def test_an_object_is_asked_for_where_one_is_needed(payload: bytes) -> None:
    with pytest.raises(Refused) as caught:
        strict.loads_object(payload)
    assert caught.value.code is Code.BAD_MESSAGE


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53))
def test_a_number_is_the_number_that_was_sent(value: float) -> None:
    found = strict.number(json.dumps(value))
    assert found == value
    assert type(found) is type(value)


@given(st.text())
def test_any_text_is_a_finite_number_or_refused(text: str) -> None:
    try:
        value = strict.number(text)
    except Refused:
        return
    assert type(value) in (int, float)
    assert math.isfinite(value)
