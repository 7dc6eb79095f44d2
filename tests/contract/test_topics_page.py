"""docs/topics.md keeps its promises: every marked sentence has a test, here or where real processes are at hand."""

import ast
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from hub.contract import alarm, description, topics, wire
from hub.contract.channels import Action, Channel, Choice, Number, Switch, Text
from hub.contract.command import Command, Result, SetRequest, Status
from hub.contract.config.alarms import Priority
from hub.contract.config.schema import Config
from hub.contract.errors import Code, Refused
from hub.contract.event import DeviceEvent
from hub.contract.ids import RESERVED_AGENTS, RESERVED_CHANNELS, RESERVED_STANDS, is_alarm_id, is_id
from hub.contract.presence import Availability, Gap, Heartbeat, HubHeartbeat, Stored
from hub.contract.reading import Quality, Reading
from hub.contract.topics import Leaf
from tests.contract.promises import HELD_BY

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "topics.md").read_text()
EXAMPLES = re.findall(r"^    (\{.*(?:\n      .*)*)", PAGE, re.MULTILINE)

INFO, READING, DONE, REJECTED, EVENT, BEAT, HUB_BEAT, ALARM, STORED, BACKLOG, GAP, COMMAND = map(str.encode, EXAMPLES)
LAMP = description.decode("phytotron", "lamp", INFO)


def functions(file: str) -> set[str]:
    """The tests in a file."""
    tree = ast.parse((TESTS / file).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose first heading is `heading`."""
    table = re.search(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert table is not None
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[1].splitlines()]


def words(heading: str) -> list[str]:
    """The first column of a table, without its backquotes."""
    return [row[0].strip("`| ") for row in rows(heading)]


def test_every_promise_has_a_test() -> None:
    promises = re.findall(r"^\* \*\*([A-Z]\d+)\*\* ", PAGE, re.MULTILINE)
    named = [re.match(r"test_([a-z]\d+)_", name) for name in functions("contract/test_topics_page.py")]
    here = {match[1].upper() for match in named if match}
    assert len(promises) == len(set(promises))
    assert set(promises) - here == HELD_BY.keys(), "each promise is held here or elsewhere"


@pytest.mark.parametrize("test", sorted({test for tests in HELD_BY.values() for test in tests}))
def test_a_test_that_holds_a_promise_exists(test: str) -> None:
    file, _, name = test.partition("::")
    assert name in functions(file)


def test_t1_the_topics_are_those_of_the_table() -> None:
    found = [re.sub(r"<(\w+)>", "a1", topic) for topic in words("topic")]
    assert {topics.parse(topic).leaf for topic in found} == set(Leaf)
    assert len(found) == len(Leaf) + 2, "availability and heartbeat are of two kinds"
    for topic in ("clayhub/a1/a1", "clayhub/a1/a1/a1", "clayhub/hub", "clayhub/agent/a1/state", "other/a1/a1/state"):
        with pytest.raises(Refused):
            topics.parse(topic)


def test_t2_names() -> None:
    assert all(map(is_id, ["a", "fan_left", "ch0", "a" * 64]))
    assert not any(map(is_id, ["", "0a", "_a", "A", "fan-left", "a" * 65]))
    assert all(map(is_alarm_id, ["too_hot", "stale-phytotron-co2"]))
    assert not any(map(is_alarm_id, ["", "-", "a-", "A-b", "a--b"]))


def test_t3_names_that_are_taken() -> None:
    assert sorted(RESERVED_STANDS | RESERVED_CHANNELS) == [
        "agent",
        "alarm",
        "clock",
        "epoch",
        "hub",
        "n",
        "quality",
        "raw",
        "ts",
    ]
    assert {"hub"} == RESERVED_AGENTS
    with pytest.raises(ValidationError, match="the name 'hub' is used by clayhub itself"):
        Config.model_validate({"version": 1, "agents": {"hub": {}}, "stands": {}})
    for stand, channel in [(name, "red") for name in RESERVED_STANDS] + [("s", name) for name in RESERVED_CHANNELS]:
        devices = {"lamp": {"driver": "pwm", "channels": {channel: {}}}}
        stands = {stand: {"agent": "bench", "devices": devices}}
        with pytest.raises(ValidationError, match="used by clayhub itself"):
            Config.model_validate({"version": 1, "agents": {"bench": {}}, "stands": stands})


def test_t5_sizes() -> None:
    assert SetRequest.decode(Number("red"), b"1".rjust(65_536)).value == 1
    assert description.decode("s", "lamp", INFO.ljust(65_536)).title == "Lamp"
    for decode in (wire.load, lambda data: SetRequest.decode(Number("red"), data)):
        with pytest.raises(Refused) as caught:
            decode(b" " * 65_537)
        assert caught.value.code is Code.TOO_LARGE


def test_i1_the_kinds_of_channels_and_what_they_are_by_default() -> None:
    assert [type(channel) for channel in LAMP.channels] == [Number, Number, Switch, Choice, Text, Action]
    assert LAMP.channel("temp") == Number("temp", "", False, None, None, "°C", None, None)
    assert LAMP.channel("note") == Text("note")


def test_i2_times_are_in_seconds() -> None:
    assert (LAMP.period, LAMP.channel("red").lease) == (2.0, 60.0)


def test_i3_who_a_device_is() -> None:
    assert LAMP.identity == {}
    known = replace(LAMP, identity={"serial": "4711"})
    assert b'"identity":{"serial":"4711"}' in known.encode()
    assert description.decode("phytotron", "lamp", known.encode()) == known
    with pytest.raises(Refused):
        description.decode("phytotron", "lamp", known.encode().replace(b'"4711"', b"4711"))


def test_i4_more_is_left_aside() -> None:
    data = json.loads(INFO) | {"colour": "green"}
    data["channels"]["fan"]["colour"] = "green"
    assert description.decode("phytotron", "lamp", json.dumps(data).encode()) == LAMP


def test_s1_a_reading() -> None:
    reading = Reading.decode(READING)
    assert (reading.epoch, reading.n, reading.values["co2"]) == ("9f2c41aa", 1812, 412.3)
    assert json.loads(reading.encode()) == json.loads(READING)
    assert b"quality" not in Reading(reading.ts, "e", 1, {"co2": 1.5}).encode()


def test_s2_times_are_utc_with_milliseconds() -> None:
    for example in (READING, DONE, BEAT, HUB_BEAT):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", json.loads(example)["ts"])


def test_s3_no_value_is_null_and_a_value_is_as_measured() -> None:
    reading = Reading("t", "e", 1, {"red": 250.123456789, "temp": None}, {"temp": "sentinel"})
    assert Reading.decode(reading.encode()) == reading
    reading.check_values(LAMP)


@pytest.mark.parametrize("values", ['"red": NaN', '"red": 1e400', '"red": true', '"fan": 1', '"mode": "noon"'])
def test_s4_values_are_of_their_channels_type(values: str) -> None:
    with pytest.raises(Refused):
        Reading.decode(f'{{"ts": "t", "epoch": "e", "n": 1, {values}}}'.encode()).check_values(LAMP)


def test_s5_what_is_raw_stands_beside() -> None:
    reading = Reading("t", "e", 1, {"red": 61.5}, {}, {"red": 60})
    assert json.loads(reading.encode())["raw"] == {"red": 60}
    assert Reading.decode(reading.encode()) == reading
    reading.check_values(LAMP)
    for raw in ('{"blue": 1}', '{"red": "60"}', "[]"):
        with pytest.raises(Refused):
            Reading.decode(f'{{"ts": "t", "epoch": "e", "n": 1, "raw": {raw}}}'.encode()).check_values(LAMP)


def test_s7_the_words_of_quality() -> None:
    assert words("quality") == [word.value for word in Quality]


def test_s8_a_clock_that_is_not_synchronised() -> None:
    reading = Reading("t", "e", 1, {"red": 60}, clock="unsynced")
    assert json.loads(reading.encode())["clock"] == "unsynced"
    assert Reading.decode(reading.encode()) == reading
    assert b"clock" not in Reading("t", "e", 1, {}).encode()
    with pytest.raises(Refused):
        Reading.decode(b'{"ts": "t", "epoch": "e", "n": 1, "clock": true}')


@pytest.mark.parametrize("row", rows("payload"), ids=lambda row: str(row[0]))
def test_c1_payloads_mean_what_the_table_says(row: list[str]) -> None:
    payload, kind, meaning = row[0].strip("| `"), row[1], json.loads(row[2].strip("| "))
    channel: Channel = {
        "number": Number("red"),
        "switch": Switch("fan"),
        "choice": Choice("mode", options=("day", "night")),
        "text": Text("note"),
        "action": Action("zero"),
    }[kind]
    found = SetRequest.decode(channel, payload.encode()).value
    assert (type(found), found) == (type(meaning), meaning)
    assert SetRequest.decode(channel, f" {payload}\r\n".encode()).value == meaning
    assert SetRequest.decode(Text("note"), b" two\n").value == " two\n"


@pytest.mark.parametrize(
    "payload", ["{}", '{"id": "a"}', '{"value": 1, "id": ""}', '{"value": 1, "id": 1}', '{"value": 1, "force": 1}']
)
def test_c2_the_object_has_value_and_perhaps_id(payload: str) -> None:
    with pytest.raises(Refused) as caught:
        SetRequest.decode(Number("red"), payload.encode())
    assert caught.value.code is Code.BAD_MESSAGE


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b'{"value": 1, "value": 1}', Code.DUPLICATE_KEY),
        (b'{"value": ' + b"[" * 32 + b"]" * 32 + b"}", Code.TOO_DEEP),
        (b"1" * 401, Code.TOO_LARGE),
        (b"\xff", Code.BAD_JSON),
    ],
)
def test_c4_json_is_taken_strictly(payload: bytes, code: Code) -> None:
    with pytest.raises(Refused) as caught:
        SetRequest.decode(Number("red"), payload)
    assert caught.value.code is code


def test_r1_results() -> None:
    done, rejected = Result.decode(DONE), Result.decode(REJECTED)
    assert (done.status, done.value, done.code, done.until is None) == (Status.DONE, 60, None, False)
    assert (rejected.status, rejected.value, rejected.code) == (Status.REJECTED, None, Code.OUT_OF_RANGE)
    assert [json.loads(each.encode()) for each in (done, rejected)] == [json.loads(DONE), json.loads(REJECTED)]
    with pytest.raises(Refused) as caught:
        LAMP.channel("red").check(101)
    assert str(caught.value) == rejected.reason


def test_r3_the_words_of_status() -> None:
    assert words("status") == [word.value for word in Status]


def test_r4_every_code_is_explained() -> None:
    assert words("code") == [code.value for code in Code]


def test_the_example_of_an_event_is_one() -> None:
    assert json.loads(DeviceEvent.decode(EVENT).encode()) == json.loads(EVENT)


def test_p1_the_words_of_availability() -> None:
    assert {word.value for word in Availability} == {"online", "offline", "fault"}
    assert json.loads(BEAT)["health"]["phytotron/co2"] in set(Code)


def test_p2_heartbeats() -> None:
    assert json.loads(Heartbeat.decode(BEAT).encode()) == json.loads(BEAT)
    assert json.loads(HubHeartbeat.decode(HUB_BEAT).encode()) == json.loads(HUB_BEAT)


def test_w2_an_alarm() -> None:
    assert json.loads(alarm.AlarmMessage.decode(ALARM).encode()) == json.loads(ALARM)


def test_w4_the_words_of_state() -> None:
    assert words("state") == [word.value for word in alarm.State]


def test_w5_the_words_of_priority() -> None:
    (sentence,) = re.findall(r"\*\*W5\*\* (.*)", PAGE)
    assert re.findall(r"`(\w+)`", sentence)[1:] == [word.value for word in alarm.Priority] == list(get_args(Priority))


def test_w6_the_words_of_kind() -> None:
    assert words("kind") == [word.value for word in alarm.Kind]


def test_the_examples_of_numbers_are_messages() -> None:
    assert Stored.decode(STORED) == Stored("9f2c41aa", 1812)
    backlog = json.loads(BACKLOG)
    assert topics.parse(backlog["topic"]).leaf is Leaf.STATE
    assert Reading.decode(json.dumps(backlog["payload"]).encode()).n == 1812
    assert Gap.decode(GAP) == Gap("9f2c41aa", [1813, 1815])


def test_g1_the_fields_of_a_command() -> None:
    assert json.loads(Command.decode(COMMAND).encode()) == json.loads(COMMAND)
    for name in json.loads(COMMAND):
        data = json.loads(COMMAND)
        del data[name]
        for wrong in (data, {**json.loads(COMMAND), "more": 1}):
            with pytest.raises(Refused):
                Command.decode(json.dumps(wrong).encode())
