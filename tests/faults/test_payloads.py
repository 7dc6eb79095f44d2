"""Rows 1 to 8: what may stand in a message, at each door by which one can come in."""

from collections.abc import Iterable
from pathlib import Path

import orjson

from hub.contract import strict
from tests.faults.case import Case
from tests.faults.system import BASIC, CHAMBER, HEATER, SUPPLY, System
from tests.servers import wait_until
from tests.wire.agents import Ear

CONFIG = (
    BASIC
    + f"""\
  words:
    agent: bench
    devices: {{book: {{driver: talkative, address: much, period: 200ms}}}}
drivers: {Path(__file__).parent / "drivers"}
"""
)
POWER, VALVE = f"clayhub/{SUPPLY}/power/set", f"clayhub/{CHAMBER}/valve/set"
STATE, HEARTBEAT, INFO = f"clayhub/{CHAMBER}/state", "clayhub/agent/bench/heartbeat", f"clayhub/{CHAMBER}/info"

Wrong = Iterable[tuple[str | bytes, str]]
"""Payloads, each with the code of its refusal."""


def refused_as_command(system: System, topic: str, wrong: Wrong) -> None:
    """Each is answered with its code and is on record once, the device hears of none, and the next command works."""
    _, stand, device, channel, _ = topic.split("/")
    before = system.posts(f"{stand}.{device}")
    with system.ear() as ear:
        for number, (payload, code) in enumerate(wrong, 1):
            ear.say(topic, payload)
            result = ear.wait(f"clayhub/{stand}/{device}/result", count=number)
            assert (result["status"], result["code"], result["value"]) == ("rejected", code, None), payload[:60]
            assert result["reason"]
            system.recorded(result["id"], "rejected")
        assert system.posts(f"{stand}.{device}") == before
        works(system, ear, f"{stand}/{device}", channel)


def works(system: System, ear: Ear, key: str, channel: str) -> None:
    """A right command is done, by MQTT and from the panel, and undone."""
    on, off = ("1", 0) if channel == "power" else ("true", False)
    assert ear.ask(channel, on, f"after-{len(ear.heard)}", key)["status"] == "done"
    assert system.ask(key, channel, off)["status"] == "done"


def refused_by_hub(system: System, wrong: Iterable[tuple[str, str | bytes, str]]) -> None:
    """What an agent's account says becomes a dead letter with its code, each once."""
    before, sent = len(system.dead_letters()), list(wrong)
    with system.ear("agent-bench") as agent:
        for topic, payload, _ in sent:
            agent.say(topic, payload)
        wait_until(lambda: len(system.dead_letters()) >= before + len(sent), "all dead letters")
    found = [(letter["topic"], letter["code"]) for letter in system.dead_letters()[before:]]
    assert sorted(found) == sorted((topic, code) for topic, _, code in sent)


def refused_by_panel(system: System, wrong: Wrong) -> None:
    """What is posted to the panel is answered with its code, and the hub hears nothing of it."""
    visitor, before = system.visitor(), len(system.audit())
    for body, code in wrong:
        answer = visitor.ask("/api/command", body if isinstance(body, bytes) else body.encode())
        assert answer.status == (413 if code == "too_large" else 400)
        assert answer.json["code"] == code
    assert len(system.audit()) == before


def posted(value: str) -> bytes:
    return f'{{"key": "{SUPPLY}", "channel": "power", "value": {value}}}'.encode()


def test_fault_01_what_is_no_json_is_refused_and_the_next_works(system: System, case: Case) -> None:
    """Empty, broken and non-UTF-8 messages as commands, as an agent's readings, heartbeats and descriptions, and as
    bodies of the panel's requests. Each is answered with its code, and stands once in the audit or among the dead
    letters."""
    broken: list[tuple[str | bytes, str]] = [
        ("", "bad_json"),
        ("{60", "bad_json"),
        (b"\xff\xfe", "bad_json"),
        (b'{"value": "\xc3("}', "bad_json"),
    ]
    refused_as_command(system, POWER, [*broken, ("{}", "bad_message"), ("<on/>", "wrong_type")])
    refused_as_command(system, VALVE, [*broken, ("of course", "wrong_type")])
    refused_by_hub(
        system,
        [(topic, payload, code) for topic in (STATE, HEARTBEAT) for payload, code in broken]
        + [(INFO, payload, code) for payload, code in broken if payload]
        + [(f"clayhub/{CHAMBER}/availability", "perhaps", "bad_message")],
    )
    refused_by_panel(system, broken)


def test_fault_02_what_is_not_finite_is_refused_and_nothing_is_bent(system: System, case: Case) -> None:
    """NaN, infinities and 1e400, bare and in an object, by MQTT, panel and command line, and in an agent's reading. The
    power supply's log shows that it was told none of them, nor 12 V for 12.001."""
    endless = ("NaN", "Infinity", "-Infinity", "1e400", "-1e400")
    refused_as_command(
        system,
        POWER,
        [(each, "not_finite") for each in endless]
        + [(f'{{"value": {each}}}', "not_finite") for each in endless]
        + [("12.001", "out_of_range"), ("-0.001", "out_of_range"), ("1e300", "out_of_range")],
    )
    refused_by_panel(system, [(posted(each), "not_finite") for each in endless])
    before = system.posts("phytotron.supply")
    for each in endless:
        answer = system.clayhub("set", f"{SUPPLY}/power", each)
        assert answer.exit_code == 1
        assert "is not a number" in answer.output or "beyond the largest number" in answer.output
    assert system.posts("phytotron.supply") == before
    reading = '{"ts": "2026-11-22T11:35:02.123Z", "epoch": "e", "n": 1, "temp": %s}'
    refused_by_hub(system, [(STATE, reading % each, "bad_json") for each in ("NaN", "Infinity")])
    refused_by_hub(system, [(STATE, reading % "1e400", "bad_json")])


def test_fault_03_a_value_of_another_type_is_refused(system: System, case: Case) -> None:
    """Truth values, texts, lists, objects and null for a number, numbers and other words for a switch, by MQTT and
    panel. The bare words `60` and `ON` are understood."""
    objects = ["true", '"1"', "[]", "[1]", '{"a": 1}', "null", '""']
    refused_as_command(
        system,
        POWER,
        [(f'{{"value": {each}}}', "wrong_type") for each in objects]
        + [(each, "wrong_type") for each in ("true", '"1"', "[]", "null", "ON", "0x10", "1,5")],
    )
    refused_as_command(
        system,
        VALVE,
        [(f'{{"value": {each}}}', "wrong_type") for each in ("1", "0", '"ON"', '"true"', "[]", "null")]
        + [(each, "wrong_type") for each in ("1", "on", '"ON"', "True", "[]")],
    )
    refused_by_panel(system, [(posted(each), "wrong_type") for each in ("[]", "{}", "null")])
    for value in (True, "1"):
        assert system.ask(SUPPLY, "power", value)["code"] == "wrong_type"
    with system.ear() as ear:
        for topic, bare in ((POWER, "6"), (POWER, "0"), (VALVE, "ON"), (VALVE, "OFF")):
            result_topic = topic.rpartition("/")[0].rpartition("/")[0] + "/result"
            count = len(ear.all(result_topic)) + 1
            ear.say(topic, bare)
            assert ear.wait(result_topic, count=count)["status"] == "done"
    assert system.posts("phytotron.supply")[-2:] == ["VOLT 6", "VOLT 0"]


def test_fault_04_a_key_said_twice_is_refused(system: System, case: Case) -> None:
    """A command with two values or two ids by MQTT, the hub's own command with two values, and a request to the panel
    with two channels."""
    refused_as_command(
        system,
        POWER,
        [
            ('{"value": 1, "value": 2}', "duplicate_key"),
            ('{"value": 1, "id": "a", "id": "b"}', "duplicate_key"),
            ('{"value": {"a": 1, "a": 2}}', "duplicate_key"),
        ],
    )
    before = system.posts("phytotron.supply")
    with system.ear() as ear, system.ear("hub") as hub:
        hub.say(f"clayhub/{SUPPLY}/command", '{"id": "x", "channel": "power", "value": 1, "value": 2}')
        assert ear.wait(f"clayhub/{SUPPLY}/result")["code"] == "duplicate_key"
    assert system.posts("phytotron.supply") == before
    twice = posted("1").replace(b'"channel"', b'"channel": "power", "channel"')
    refused_by_panel(system, [(twice, "duplicate_key")])


def test_fault_05_deep_nesting_and_endless_numbers_are_refused(system: System, case: Case) -> None:
    """Brackets in 100,000, 30,000 and 40 levels and a whole number of 5,000 digits, as commands, in readings, and in
    the panel's requests."""
    deep, deeper, digits = "[" * 40 + "]" * 40, "[" * 30_000 + "]" * 30_000, "9" * 5_000
    refused_as_command(
        system,
        POWER,
        [
            (f'{{"value": {deep}}}', "too_deep"),
            (f'{{"value": {deeper}}}', "too_deep"),
            (deeper, "too_deep"),
            (f'{{"value": {digits}}}', "too_large"),
            (digits, "too_large"),
        ],
    )
    refused_by_panel(system, [(posted(deeper), "too_deep"), (posted(digits), "too_large")])
    refused_by_panel(system, [(posted("[" * 100_000), "too_large")])
    with system.ear() as ear:  # the broker lets no more than 70,000 bytes pass
        ear.say(POWER, "[" * 69_000)
        assert ear.wait(f"clayhub/{SUPPLY}/result")["code"] == "too_large"
    reading = '{"ts": "2026-11-22T11:35:02.123Z", "epoch": "e", "n": 1, "temp": %s}'
    refused_by_hub(system, [(STATE, reading % deeper, "bad_json"), (STATE, reading % digits, "bad_json")])


def test_fault_06_what_is_too_large_is_refused_once(system: System, case: Case) -> None:
    """Commands, a reading and a request to the panel of 65,537 bytes are refused, of 65,536 bytes understood; 100 kB
    and 1 MB are stopped by broker and panel."""
    full = '{"value": 1, "id": "%s"}'
    just = " " * (strict.MAX_BYTES - len(full) - 2)
    refused_as_command(system, POWER, [(" " * 65_536 + "1", "too_large"), ("9" * 69_000, "too_large")])
    refused_by_hub(system, [(STATE, " " * 65_537, "too_large"), (STATE, " " * 65_536, "bad_json")])
    refused_by_panel(system, [(posted("1") + b" " * size, "too_large") for size in (65_537, 1_000_000)])
    with system.ear() as ear:
        ear.say(POWER, just + full % "fits")
        assert ear.result("fits", SUPPLY)["status"] == "done"
        for size in (100_000, 1_000_000):
            system.publish(POWER, b" " * size + b"5")
        works(system, ear, SUPPLY, "power")
        ear.wait(f"clayhub/{SUPPLY}/result", count=3)
        assert len(ear.all(f"clayhub/{SUPPLY}/result")) == 3


def test_fault_06_a_reading_that_is_too_large_holds_up_no_other(system: System, case: Case) -> None:
    """A driver of the installation's own brings texts of 72 kB at each reading, for as long as the alarm of a silent
    device needs: it is told of once in the agent's log, never sent, and the readings of the other devices are stored as
    ever."""
    much = system.folder / "var/much"
    much.touch()
    wait_until(lambda: "stale-words-book" in system.alarms(), "the alarm")
    before = system.view.readings(CHAMBER, 10_000)[-1]["n"]
    wait_until(lambda: system.view.readings(CHAMBER, 10_000)[-1]["n"] > before + 10, "others are stored")
    with system.ear("hub") as hub:
        hub.wait("clayhub/agent/bench/heartbeat", lambda beat: beat["newest"] - beat["oldest"] < 10)
        again = [said["topic"] for said in hub.all("clayhub/agent/bench/backlog") if "topic" in said]
        assert "clayhub/words/book/state" not in again
    much.unlink()
    wait_until(lambda: system.alarms().get("stale-words-book", {"cleared": True})["cleared"], "over")
    assert case.said("A reading has") == 1


def test_fault_07_what_there_is_not_is_rejected_and_leaves_no_key(system: System, case: Case) -> None:
    """An unknown stand, device and channel by MQTT, panel and command line, and in an agent's reading; then all keys
    and fields in Redis are looked through for the names."""
    with system.ear() as ear:
        ear.say(f"clayhub/{CHAMBER}/nowhere/set", "ON")
        assert ear.wait(f"clayhub/{CHAMBER}/result")["code"] == "unknown_target"
        for topic in ("clayhub/nowhere/chamber/fan/set", "clayhub/phytotron/nowhere/fan/set", "clayhub/nowhere"):
            ear.say(topic, "ON")
        works(system, ear, CHAMBER, "valve")
    for key, channel in (("nowhere/chamber", "fan"), ("phytotron/nowhere", "fan"), (CHAMBER, "nowhere")):
        record = system.ask(key, channel, True)
        assert (record["status"], record["code"]) == ("rejected", "unknown_target")
        answer = system.clayhub("set", f"{key}/{channel}", "ON")
        assert (answer.exit_code, "nowhere" in answer.output) == (1, True)
    reading = orjson.dumps({"ts": "2026-11-22T11:35:02.123Z", "epoch": "e", "n": 1, "nowhere": 1})
    with system.ear("agent-bench") as agent:
        agent.say(STATE, reading)
    assert "nowhere" not in str(system.device(CHAMBER)["state"])
    assert [name for name in system.names_in_redis() if "nowhere" in name] == []


def test_fault_08_out_of_range_and_read_only_change_nothing(system: System, case: Case) -> None:
    """12.5 V for 0 to 12 V and a temperature to be set, by MQTT and from the panel, while the supply is at 3 V: the
    device is told nothing and stays at 3 V."""
    assert system.ask(SUPPLY, "power", 3)["status"] == "done"
    told = system.posts("phytotron.supply"), system.posts("phytotron.chamber")
    with system.ear() as ear:
        for value in ("12.5", "-1", "13"):
            assert ear.ask("power", value, f"m{value}", SUPPLY)["code"] == "out_of_range"
        assert ear.ask("temp", "20", "read-only", CHAMBER)["code"] == "read_only"
    assert system.ask(SUPPLY, "power", 12.5)["code"] == "out_of_range"
    assert system.ask(SUPPLY, "measured", 1)["code"] == "read_only"
    assert system.ask(HEATER, "temp", 1)["code"] == "read_only"
    assert (system.posts("phytotron.supply"), system.posts("phytotron.chamber")) == told
    assert system.device(SUPPLY)["state"]["power"] == 3
    assert system.ask(SUPPLY, "power", 0)["status"] == "done"
