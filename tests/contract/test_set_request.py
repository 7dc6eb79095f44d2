"""What anybody may send to `.../set`: a bare value or a small object; everything else is refused by name."""

import pytest

from hub.contract.channels import Channel, Number, Switch, Text
from hub.contract.command import SetRequest
from hub.contract.errors import Code, Refused

RED = Number("red", low=0, high=100, writable=True)
FAN = Switch("fan", writable=True)
NOTE = Text("note", writable=True)


@pytest.mark.parametrize(
    ("channel", "payload", "expected"),
    [
        (RED, b"60", SetRequest(60, None)),
        (RED, b" 0.5\r\n", SetRequest(0.5, None)),
        (RED, b'{"value": 60}', SetRequest(60, None)),
        (RED, b'{"value": 60, "id": "a1"}', SetRequest(60, "a1")),
        (RED, b'{"id": null, "value": 60}', SetRequest(60, None)),
        (FAN, b"ON\n", SetRequest(True, None)),
        (FAN, b'{"value": false}', SetRequest(False, None)),
        (NOTE, b" two ", SetRequest(" two ", None)),
        (NOTE, b"true", SetRequest("true", None)),
        (NOTE, b'{"value": ""}', SetRequest("", None)),
    ],
)
def test_what_is_right_means_itself(channel: Channel, payload: bytes, expected: SetRequest) -> None:
    assert SetRequest.decode(channel, payload) == expected


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", Code.BAD_JSON),
        (b" \n", Code.BAD_JSON),
        (b"\xff", Code.BAD_JSON),
        (b"sixty", Code.WRONG_TYPE),
        (b"true", Code.WRONG_TYPE),
        (b'"60"', Code.WRONG_TYPE),
        (b"[]", Code.WRONG_TYPE),
        (b"0x10", Code.WRONG_TYPE),
        (b"+60", Code.WRONG_TYPE),
        ("٦٠".encode(), Code.WRONG_TYPE),
        (b"NaN", Code.NOT_FINITE),
        (b"-Infinity", Code.NOT_FINITE),
        (b"1e400", Code.NOT_FINITE),
        (b"101", Code.OUT_OF_RANGE),
        (b"9" * 5000, Code.TOO_LARGE),
        (b"6" * 70_000, Code.TOO_LARGE),
        (b"[" * 60_000, Code.TOO_DEEP),
        (b'{"value": NaN}', Code.NOT_FINITE),
        (b'{"value": 1e400}', Code.NOT_FINITE),
        (b'{"value": "60"}', Code.WRONG_TYPE),
        (b'{"value": true}', Code.WRONG_TYPE),
        (b'{"value": null}', Code.WRONG_TYPE),
        (b'{"value": 101}', Code.OUT_OF_RANGE),
        (b'{"value": 60, "value": 60}', Code.DUPLICATE_KEY),
        (b'{"value": 60', Code.BAD_JSON),
        (b'{"value": 60} {}', Code.BAD_JSON),
        (b"{}", Code.BAD_MESSAGE),
        (b'{"id": "a1"}', Code.BAD_MESSAGE),
        (b'{"value": 60, "force": true}', Code.BAD_MESSAGE),
        (b'{"value": 60, "id": 1}', Code.BAD_MESSAGE),
        (b'{"value": 60, "id": ""}', Code.BAD_MESSAGE),
        (b'{"value": 60, "id": "' + b"a" * 101 + b'"}', Code.BAD_MESSAGE),
    ],
    ids=lambda value: str(value)[:30],
)
def test_each_mistake_has_its_code(payload: bytes, code: Code) -> None:
    with pytest.raises(Refused) as caught:
        SetRequest.decode(RED, payload)
    assert caught.value.code is code
