"""The HTTP interface: what is taken, what is refused and how."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from tests.proxy import Proxy
from tests.servers import RedisServer
from tests.web.laboratory import Laboratory
from tests.web.panel import PanelServer, Visitor

COMMAND = {"key": "phytotron/chamber", "channel": "fan", "value": True}


@pytest.mark.parametrize("value", [True, 60, 0.5, "night", -(2**63) + 1])
def test_a_command_is_handed_to_the_hub(anna: Visitor, laboratory: Laboratory, value: object) -> None:
    answer = anna.ask("/api/command", {**COMMAND, "value": value})
    assert answer.status == 202
    request = laboratory.request()
    assert request["id"] == answer.json["id"]
    assert (request["kind"], request["key"], request["channel"]) == ("set", "phytotron/chamber", "fan")
    assert request["value"] == value
    assert (request["who"], request["source"], request["status"]) == ("anna", "panel", "pending")


@pytest.mark.parametrize("kind", ["procedure", "schedule"])
@pytest.mark.parametrize("action", ["start", "stop", "reset", "clear"])
def test_procedures_and_schedules_are_started_and_stopped(
    anna: Visitor, laboratory: Laboratory, kind: str, action: str
) -> None:
    assert anna.ask(f"/api/{kind}", {"name": "ventilation", "action": action}).status == 202
    request = laboratory.request()
    assert (request["kind"], request["name"], request["action"]) == (kind, "ventilation", action)


@pytest.mark.parametrize("note", ["", "on my way"])
def test_an_alarm_is_acknowledged(anna: Visitor, laboratory: Laboratory, note: str) -> None:
    assert anna.ask("/api/alarm", {"name": "too_hot", "note": note}).status == 202
    asked = laboratory.request()
    assert (asked["kind"], asked["name"], asked["action"], asked["note"]) == ("alarm", "too_hot", "acknowledge", note)


def _with(value: str) -> bytes:
    return b'{"key": "phytotron/chamber", "channel": "fan", "value": %s}' % value.encode()


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/api/command", b"", 400, "bad_json"),
        ("/api/command", b"{", 400, "bad_json"),
        ("/api/command", b"\xff", 400, "bad_json"),
        ("/api/command", b"[]", 400, "bad_message"),
        ("/api/command", b"{}", 400, "bad_message"),
        ("/api/command", orjson.dumps({**COMMAND, "force": True}), 400, "bad_message"),
        ("/api/command", orjson.dumps({**COMMAND, "key": 5}), 400, "wrong_type"),
        ("/api/command", orjson.dumps({**COMMAND, "channel": ""}), 400, "wrong_type"),
        ("/api/command", _with("NaN"), 400, "not_finite"),
        ("/api/command", _with("1e400"), 400, "not_finite"),
        ("/api/command", _with("null"), 400, "wrong_type"),
        ("/api/command", _with("[1]"), 400, "wrong_type"),
        ("/api/command", _with("9" * 40), 400, "out_of_range"),
        ("/api/command", _with("9" * 5000), 413, "too_large"),
        ("/api/command", _with("[" * 100_000), 413, "too_large"),
        ("/api/command", _with("[" * 1000), 400, "too_deep"),
        ("/api/command", _with('true, "value": false'), 400, "duplicate_key"),
        ("/api/procedure", b'{"name": "ventilation", "action": "jump"}', 400, "bad_message"),
        ("/api/procedure", b'{"name": "ventilation"}', 400, "bad_message"),
        ("/api/alarm", b'{"name": "too_hot"}', 400, "bad_message"),
        ("/api/alarm", b'{"name": "too_hot", "note": 5}', 400, "wrong_type"),
        ("/api/alarm", b'{"name": "", "note": ""}', 400, "wrong_type"),
        ("/api/nothing", b"{}", 404, "unknown_target"),
        ("/api/snapshot", b"{}", 405, "bad_message"),
    ],
)
def test_what_is_not_right_is_refused_with_a_code_and_does_nothing(
    anna: Visitor, laboratory: Laboratory, path: str, body: bytes, status: int, code: str
) -> None:
    answer = anna.ask(path, body)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert len(answer.json["message"]) > 10
    assert laboratory.requests() == 0


def test_only_json_is_taken(anna: Visitor, laboratory: Laboratory) -> None:
    headers = {"X-CSRFToken": anna.token(), "Content-Type": "text/plain"}
    answer = anna.post("/api/command", orjson.dumps(COMMAND), **headers)
    assert (answer.status, answer.json["code"]) == (415, "bad_message")
    assert laboratory.requests() == 0


def test_when_the_answer_of_redis_is_lost_nobody_says_that_nothing_was_done(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    with Proxy(redis_server.port) as network:
        behind: Any = SimpleNamespace(port=network.port, password=redis_server.password)
        with PanelServer(tmp_path, behind) as server:
            server.laboratory.set_up()
            anna = server.visitor()
            assert anna.ask("/api/command", COMMAND).status == 202
            data, token = orjson.dumps(COMMAND), anna.token()
            network.lose_answer(b"EVALSHA")
            answer = anna.post("/api/command", data, **{"Content-Type": "application/json", "X-CSRFToken": token})
            assert (answer.status, answer.json["code"]) == (503, "store_down")
            assert "not certain whether this was taken" in answer.json["message"]
            assert server.laboratory.requests() == 2


def test_without_a_hub_nothing_is_kept_for_later(anna: Visitor, laboratory: Laboratory) -> None:
    laboratory.hub(False)
    answer = anna.ask("/api/command", COMMAND)
    assert (answer.status, answer.json["code"]) == (503, "hub_down")
    assert laboratory.requests() == 0


def test_a_viewer_may_look_but_not_command(panel: PanelServer, laboratory: Laboratory) -> None:
    vik = panel.visitor("vik")
    assert vik.get("/api/snapshot").json["devices"]["phytotron/chamber"]["state"]["light"] == 60
    answer = vik.ask("/api/command", COMMAND)
    assert (answer.status, answer.json["code"]) == (403, "forbidden")
    assert laboratory.requests() == 0


def test_a_stranger_sees_nothing(panel: PanelServer) -> None:
    stranger = panel.visitor(None)
    answer = stranger.get("/api/snapshot")
    assert (answer.status, answer.json["code"]) == (401, "forbidden")
    assert stranger.upgrade(Origin=panel.address) == 401
    assert stranger.get("/").headers["Location"] is None
    assert b"Password" in stranger.get("/").body


def test_health_tells_supervisors_of_the_hub_too(panel: PanelServer, laboratory: Laboratory) -> None:
    stranger = panel.visitor(None)
    assert stranger.get("/health").json == {"status": "ok", "hub": True}
    laboratory.hub(False)
    assert stranger.get("/health").json == {"status": "ok", "hub": False}
