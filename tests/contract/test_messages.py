"""Messages: what is sent arrives unchanged, and any other bytes are refused with a code, never with another error."""

from collections.abc import Callable

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.contract import description
from hub.contract.channels import Choice, Number, Switch, Text
from hub.contract.command import Command, Result, SetRequest, Status
from hub.contract.description import Description
from hub.contract.errors import Code, Refused
from hub.contract.presence import Heartbeat, HubHeartbeat, Stored
from hub.contract.reading import Quality, Reading

TEXTS = st.text(max_size=20)
COUNTS = st.integers(0, 2**53)
VALUES = st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
LAMP = Description(
    "phytotron",
    "lamp",
    "Lamp",
    "pwm",
    "bench",
    2.0,
    "anyone",
    (
        Number("red", unit="%", low=0, high=100, writable=True, safe=0),
        Switch("fan", writable=True),
        Choice("mode", options=("slow", "fast")),
        Text("note"),
    ),
)
MESSAGES = st.one_of(
    st.builds(Command, TEXTS, TEXTS, VALUES, TEXTS, COUNTS, COUNTS, COUNTS),
    st.builds(
        Result,
        *(TEXTS, TEXTS, st.none() | VALUES, st.sampled_from(Status), TEXTS, TEXTS, COUNTS),
        *[st.none() | TEXTS] * 3,
    ),
    st.builds(Heartbeat, TEXTS, COUNTS, TEXTS, TEXTS, COUNTS, COUNTS, TEXTS, st.dictionaries(TEXTS, TEXTS)),
    st.builds(HubHeartbeat, TEXTS, COUNTS, TEXTS, COUNTS),
    st.builds(Stored, TEXTS, COUNTS),
    st.builds(
        Reading,
        *(TEXTS, TEXTS, st.integers(1, 2**53)),
        st.dictionaries(st.sampled_from(["red", "fan", "mode"]), st.none() | VALUES),
        st.dictionaries(st.sampled_from(["red", "fan"]), st.sampled_from([word.value for word in Quality])),
    ),
)
DECODERS: dict[str, Callable[[bytes], object]] = {
    "command": Command.decode,
    "result": Result.decode,
    "heartbeat": Heartbeat.decode,
    "hub": HubHeartbeat.decode,
    "stored": Stored.decode,
    "reading": Reading.decode,
    "description": lambda payload: description.decode("phytotron", "lamp", payload),
    "set": lambda payload: SetRequest.decode(LAMP.channel("red"), payload),
}
ANY_JSON = st.recursive(st.none() | VALUES, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=9)
FIELDS = "id channel value boot beat token counter status ts epoch n code oldest newest config health title driver"
OBJECTS = st.dictionaries(st.sampled_from([*FIELDS.split(), "agent", "period", "commands", "channels"]), ANY_JSON)


@given(MESSAGES)
def test_what_is_sent_arrives_unchanged(
    message: Command | Result | Heartbeat | HubHeartbeat | Stored | Reading,
) -> None:
    assert type(message).decode(message.encode()) == message


def test_a_description_arrives_unchanged() -> None:
    assert description.decode("phytotron", "lamp", LAMP.encode()) == LAMP


@pytest.mark.parametrize("decode", DECODERS.values(), ids=DECODERS)
@given(payload=st.binary() | st.builds(orjson.dumps, ANY_JSON) | st.builds(orjson.dumps, OBJECTS))
def test_any_bytes_are_taken_or_refused(decode: Callable[[bytes], object], payload: bytes) -> None:
    try:
        decode(payload)
    except Refused:
        return


@pytest.mark.parametrize("decode", DECODERS.values(), ids=DECODERS)
@pytest.mark.parametrize(
    "payload",
    [b"", b"not json", b"\xff", b"[" * 100_000, b"NaN", b"1e400", b"9" * 5000, b" " * 1_000_001, b"[]", b"{}", b"null"],
    ids=lambda payload: repr(payload[:8]),
)
def test_nonsense_is_refused_by_every_message(decode: Callable[[bytes], object], payload: bytes) -> None:
    with pytest.raises(Refused):
        decode(payload)


@pytest.mark.parametrize("decode", DECODERS.values(), ids=DECODERS)
@given(message=MESSAGES, name=st.sampled_from(FIELDS.split()), value=ANY_JSON)
def test_a_field_of_the_wrong_type_does_no_harm(
    decode: Callable[[bytes], object], message: Command | Result | Stored, name: str, value: object
) -> None:
    data = orjson.loads(message.encode()) | {name: value}
    try:
        decode(orjson.dumps(data))
    except Refused:
        return


@pytest.mark.parametrize(
    "change", [{"beat": True}, {"counter": 1.0}, {"value": None}, {"value": [1]}, {"boot": 1}, {"extra": 1}]
)
def test_a_command_is_strict(change: dict[str, object]) -> None:
    data = orjson.loads(Command("a1", "red", 60, "b", 1, 2, 3).encode()) | change
    with pytest.raises(Refused) as caught:
        Command.decode(orjson.dumps(data))
    assert caught.value.code is Code.BAD_MESSAGE


def test_a_command_with_a_key_twice_is_refused() -> None:
    payload = Command("a1", "red", 60, "b", 1, 2, 3).encode()
    with pytest.raises(Refused) as caught:
        Command.decode(payload[:-1] + b',"value":100}')
    assert caught.value.code is Code.DUPLICATE_KEY


def test_what_a_newer_agent_says_more_is_left_aside() -> None:
    assert Stored.decode(b'{"epoch":"9f2c","n":7,"more":1}') == Stored("9f2c", 7)


@pytest.mark.parametrize(
    ("values", "quality", "code"),
    [
        ({"blue": 1}, {}, Code.UNKNOWN_TARGET),
        ({"red": True}, {}, Code.WRONG_TYPE),
        ({"red": "60"}, {}, Code.WRONG_TYPE),
        ({"red": {}}, {}, Code.WRONG_TYPE),
        ({"fan": 1}, {}, Code.WRONG_TYPE),
        ({"mode": "faster"}, {}, Code.OUT_OF_RANGE),
        ({}, {"blue": "suspect"}, Code.BAD_MESSAGE),
        ({}, {"red": 1}, Code.BAD_MESSAGE),
    ],
)
def test_a_reading_has_only_values_that_its_device_can_have(
    values: dict[str, object], quality: dict[str, object], code: Code
) -> None:
    payload = orjson.dumps({"ts": "t", "epoch": "e", "n": 1, **values, "quality": quality})
    with pytest.raises(Refused) as caught:
        Reading.decode(payload).check_values(LAMP)
    assert caught.value.code is code


def test_a_measured_number_may_lie_outside_its_range() -> None:
    Reading("t", "e", 1, {"red": 101, "fan": None}, {"red": "suspect", "fan": "sentinel"}).check_values(LAMP)


@pytest.mark.parametrize("number", [0, -1, True, 1.0, "1", None])
def test_a_reading_is_numbered_from_one(number: object) -> None:
    with pytest.raises(Refused) as caught:
        Reading.decode(orjson.dumps({"ts": "t", "epoch": "e", "n": number}))
    assert caught.value.code is Code.BAD_MESSAGE
