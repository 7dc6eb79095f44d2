"""Commands at a real broker: wrong ones change nothing, and every one gets exactly one result."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.contract import times
from hub.contract.command import Command
from tests.agents.bench import SHELF
from tests.servers import MosquittoServer, wait_until
from tests.wire.agents import Ear, agent

HEAT = "heat: {driver: bench, address: one, period: 10s}"
SET = "clayhub/s/heat/heater/set"
RESULT = "clayhub/s/heat/result"


@pytest.fixture
def ear(broker: MosquittoServer, tmp_path: Path) -> Iterator[Ear]:
    """An ear at the broker where the agent serves one heater."""
    SHELF.clear()
    with Ear(broker.port) as found, agent(broker, tmp_path, HEAT):
        found.wait("clayhub/s/heat/availability", lambda said: said == "online")
        SHELF["one"].log.clear()
        yield found
        SHELF["one"].gate.set()


@pytest.mark.parametrize(
    ("channel", "payload", "value"),
    [
        ("heater", "ON", True),
        ("heater", '{"value": true}', True),
        ("power", "60", 60),
        ("power", " 0.5 ", 0.5),
        ("power", '{"value": 1e1, "id": "a1"}', 10.0),
        ("mode", "slow", "slow"),
        ("reset", "PRESS", "PRESS"),
    ],
)
def test_a_right_value_is_set_read_back_and_confirmed(ear: Ear, channel: str, payload: str, value: object) -> None:
    ear.say(f"clayhub/s/heat/{channel}/set", payload)
    result = ear.wait(RESULT)
    assert (result["channel"], result["value"], result["status"]) == (channel, value, "done")
    assert SHELF["one"].log == [(channel, value)]
    if channel != "reset":
        state = ear.wait("clayhub/s/heat/state", lambda state: state["n"] == result["n"] - 1)
        assert state[channel] == value, "the new state comes before the result"


@pytest.mark.parametrize(
    ("channel", "payload", "code"),
    [
        ("power", "NaN", "not_finite"),
        ("power", "1e400", "not_finite"),
        ("power", '{"value": NaN}', "not_finite"),
        ("power", '"60"', "wrong_type"),
        ("power", '{"value": "60"}', "wrong_type"),
        ("power", '{"value": true}', "wrong_type"),
        ("power", "101", "out_of_range"),
        ("power", "-0.001", "out_of_range"),
        ("power", '{"value": 60, "value": 70}', "duplicate_key"),
        ("power", '{"value": ' + "[" * 40 + "]" * 40 + "}", "too_deep"),
        ("power", '{"value": ' + "9" * 5000 + "}", "too_large"),
        ("power", b"\xff", "bad_json"),
        ("power", '{"valu": 60}', "bad_message"),
        ("power", '{"value": 60, "id": 7}', "bad_message"),
        ("power", "", "bad_json"),
        ("heater", "1", "wrong_type"),
        ("heater", "on", "wrong_type"),
        ("heater", '{"value": 1}', "wrong_type"),
        ("mode", "turbo", "out_of_range"),
        ("reset", "ON", "wrong_type"),
        ("temp", "20", "read_only"),
        ("nothing", "20", "unknown_target"),
        ("No-Name", "20", "unknown_target"),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_happens(ear: Ear, channel: str, payload: str | bytes, code: str) -> None:
    ear.say(f"clayhub/s/heat/{channel}/set", payload)
    result = ear.wait(RESULT)
    assert (result["channel"], result["status"], result["code"]) == (channel, "rejected", code)
    assert result["value"] is None
    assert result["reason"]
    assert SHELF["one"].log == []


def test_a_refusal_carries_the_id_of_the_request(ear: Ear) -> None:
    assert ear.ask("power", "101", "a1")["code"] == "out_of_range"


def test_a_retained_command_is_refused_and_cleared(ear: Ear, broker: MosquittoServer) -> None:
    ear.say(SET, "ON", retain=True)
    assert ear.wait(RESULT)["code"] == "retained"
    ear.wait(SET, lambda said: said == "")
    with Ear(broker.port) as later:
        later.wait("clayhub/s/heat/info")
        assert later.all(SET) == [], "nothing is left at the broker"
    assert ear.ask("power", "1", "after")["status"] == "done"
    assert SHELF["one"].log == [("power", 1)]
    assert len(ear.all(RESULT)) == 2, "the clearing itself is not answered"


def test_a_command_retained_before_the_agent_came_is_refused_too(broker: MosquittoServer, tmp_path: Path) -> None:
    SHELF.clear()
    with Ear(broker.port) as ear:
        ear.say(SET, "ON", retain=True)
        ear.wait(SET)
        with agent(broker, tmp_path, HEAT):
            assert ear.wait(RESULT)["code"] == "retained"
            ear.wait(SET, lambda said: said == "")
    assert ("heater", True) not in SHELF["one"].log


def test_a_duplicate_id_has_one_effect_and_the_same_answer(ear: Ear) -> None:
    first = ear.ask("heater", "true", "a1")
    ear.say(SET, '{"value": true, "id": "a1"}')
    assert ear.wait(RESULT, count=2) == first
    assert SHELF["one"].log == [("heater", True)]


def test_an_id_used_again_for_another_value_is_refused(ear: Ear) -> None:
    ear.ask("heater", "true", "a1")
    ear.say(SET, '{"value": false, "id": "a1"}')
    assert ear.wait(RESULT, count=2)["code"] == "bad_message"
    assert SHELF["one"].log == [("heater", True)]


def test_a_command_at_qos_0_is_accepted_from_anybody(ear: Ear) -> None:
    ear.say(SET, "ON", qos=0)
    assert ear.wait(RESULT)["status"] == "done"


def test_a_device_that_shows_another_value_has_not_done_it(ear: Ear) -> None:
    SHELF["one"].stuck = True
    result = ear.ask("heater", "true", "a1")
    assert (result["status"], result["code"]) == ("failed", "not_confirmed")


def test_a_silent_device_fails_the_command_and_the_next_at_once(ear: Ear) -> None:
    SHELF["one"].silent = True
    first, second = ear.ask("heater", "true", "a1"), ear.ask("heater", "true", "a2")
    assert (first["status"], first["code"]) == ("failed", "no_answer")
    assert (second["status"], second["code"]) == ("failed", "no_answer")
    assert SHELF["one"].log == []
    ear.wait("clayhub/s/heat/availability", lambda said: said == "fault")
    SHELF["one"].silent = False
    ear.until("clayhub/s/heat/availability", "online")
    assert SHELF["one"].log == [("heater", False)], "nobody knew what it was, so it was made safe"


def test_a_mistake_in_the_driver_fails_the_command(ear: Ear) -> None:
    SHELF["one"].mistake = True
    result = ear.ask("heater", "true", "a1")
    assert (result["status"], result["code"]) == ("failed", "internal")


def test_too_many_waiting_commands_are_refused_as_busy_and_all_are_answered(ear: Ear) -> None:
    SHELF["one"].gate.clear()
    for number in range(150):
        ear.say("clayhub/s/heat/power/set", f'{{"value": {number % 100}, "id": "{number}"}}')
    ear.wait(RESULT, lambda result: result["code"] == "busy", count=40)
    SHELF["one"].gate.set()
    ear.wait(RESULT, count=150)
    ear.ask("heater", "true", "last")
    results = ear.all(RESULT)
    assert len(results) == len({result["id"] for result in results}) == 151
    done = [result for result in results if result["status"] == "done"]
    assert len(done) == len(SHELF["one"].log)


def test_a_command_that_waited_too_long_is_not_carried_out(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.worker.MAX_AGE", -1)
    result = ear.ask("heater", "true", "a1")
    assert (result["status"], result["code"]) == ("expired", "expired")
    assert SHELF["one"].log == []


def test_a_device_for_the_hub_only_takes_nothing_else(broker: MosquittoServer, tmp_path: Path) -> None:
    SHELF.clear()
    devices = "heat: {driver: bench, address: one, commands: hub}"
    with Ear(broker.port) as ear, agent(broker, tmp_path, devices):
        assert ear.ask("heater", "true", "a1")["code"] == "hub_only"
        assert guarded(ear, counter=1)["status"] == "done"


def guarded(ear: Ear, counter: int, **other: object) -> dict[str, object]:
    """Command the heater as the hub does, and wait for the result."""
    beat = ear.beat()
    request_id = str(other.get("id", f"c{counter}"))
    fields = {"id": request_id, "channel": "heater", "boot": beat.boot, "beat": beat.beat, "token": 1, **other}
    command = Command(value=True, counter=counter, **fields)  # type: ignore[arg-type]
    answers = len([one for one in ear.all(RESULT) if one["id"] == request_id])
    ear.say("clayhub/s/heat/command", command.encode())
    found = ear.wait(RESULT, lambda result: result["id"] == request_id, count=answers + 1)
    return dict(found)


def test_the_hubs_commands_are_guarded(ear: Ear) -> None:
    assert guarded(ear, counter=2)["status"] == "done"
    assert guarded(ear, counter=1)["code"] == "old_counter"
    assert guarded(ear, counter=3, boot="before")["code"] == "other_boot"
    assert guarded(ear, counter=4, beat=10_000)["code"] == "old_beat"
    assert guarded(ear, counter=5, token=0)["code"] == "old_counter"
    assert guarded(ear, counter=6, channel="nothing", id="x")["code"] == "unknown_target"
    assert SHELF["one"].log == [("heater", True)]


def test_a_second_delivery_from_the_hub_has_no_second_effect(ear: Ear) -> None:
    first = guarded(ear, counter=1, id="run/1")
    again = guarded(ear, counter=1, id="run/1")
    assert again == first
    assert SHELF["one"].log == [("heater", True)]


def test_a_lease_goes_back_to_the_safe_value_by_itself(broker: MosquittoServer, tmp_path: Path) -> None:
    SHELF.clear()
    devices = "heat: {driver: bench, address: one, channels: {heater: {lease: 200ms}}}"
    with Ear(broker.port) as ear, agent(broker, tmp_path, devices):
        asked = times.instant(time.time())
        assert ear.ask("heater", "true", "a1")["until"] > asked, "it ends some time after it began"
        ear.wait("clayhub/s/heat/state", lambda state: state["heater"])
        wait_until(lambda: SHELF["one"].values["heater"] is False, "safe again")
        assert "until" not in ear.ask("heater", "false", "a2")


def test_mqtt_5_request_and_response_with_a_client_of_another_make(ear: Ear, broker: MosquittoServer) -> None:
    asked = ["mosquitto_rr", "-V", "5", "-h", "127.0.0.1", "-p", str(broker.port), "-W", "10"]
    asked += ["-t", SET, "-e", "reply/me", "-m", "ON", "-D", "publish", "correlation-data", "c7", "-F", "%D %p"]
    answer = subprocess.run(asked, capture_output=True, text=True)
    correlation, _, payload = answer.stdout.partition(" ")
    assert correlation == "c7"
    assert '"status":"done"' in payload
    assert ear.wait("reply/me") == ear.wait(RESULT)


def test_an_answer_is_not_sent_where_it_could_pass_for_something_else(ear: Ear, broker: MosquittoServer) -> None:
    told = ["mosquitto_pub", "-V", "5", "-h", "127.0.0.1", "-p", str(broker.port), "-t", SET, "-m", "ON"]
    subprocess.run([*told, "-D", "publish", "response-topic", "clayhub/s/heat/info"], check=True)
    ear.wait(RESULT)
    ear.ask("power", "1", "after")  # an answer there would have come before this one
    assert not any("status" in said for said in ear.all("clayhub/s/heat/info"))


@pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])
def test_mosquitto_pub_of_either_version_is_understood(ear: Ear, broker: MosquittoServer, version: str) -> None:
    told = ["mosquitto_pub", "-V", version, "-h", "127.0.0.1", "-p", str(broker.port), "-t", SET, "-m", "ON"]
    subprocess.run(told, check=True)
    assert ear.wait(RESULT)["status"] == "done"
    assert SHELF["one"].log == [("heater", True)]
