"""Signing in and out, and requests that come from elsewhere."""

import json
import urllib.request

import pytest

from tests.web.laboratory import Laboratory
from tests.web.panel import PanelServer, Visitor

COMMAND = {"key": "phytotron/chamber", "channel": "fan", "value": True}
JSON = {"Content-Type": "application/json"}


def test_the_right_password_signs_in(panel: PanelServer) -> None:
    visitor = panel.visitor(None)
    answer = visitor.submit("/signin", name="anna", password="seedling")
    assert answer.status == 200
    assert b"anna (operator)" in answer.body


@pytest.mark.parametrize(("name", "password"), [("anna", "weed"), ("nobody", "seedling"), ("anna", ""), ("", "")])
def test_a_wrong_password_does_not(panel: PanelServer, name: str, password: str) -> None:
    visitor = panel.visitor(None)
    assert visitor.submit("/signin", name=name, password=password).status == 401
    assert visitor.get("/api/snapshot").status == 401


def test_a_session_from_before_the_sign_in_is_worth_nothing(panel: PanelServer) -> None:
    attacker = panel.visitor(None)
    attacker.get("/signin")
    before = attacker.cookie
    victim = panel.visitor(None)
    for cookie in attacker.jar:
        victim.jar.set_cookie(cookie)
    assert victim.submit("/signin", name="anna", password="seedling").status == 200
    assert victim.cookie != before
    assert attacker.get("/api/snapshot").status == 401


def test_a_cookie_is_worth_nothing_after_the_sign_out(anna: Visitor) -> None:
    stolen = anna.cookie
    assert anna.submit("/signout").status == 200
    thief = Visitor(anna.address)
    assert thief.get("/api/snapshot", Cookie=stolen).status == 401


def test_a_new_sign_in_ends_the_session_before_it(panel: PanelServer, anna: Visitor) -> None:
    before = anna.cookie
    anna.get(f"/link/{panel.sessions.create_link('anna')}")
    assert Visitor(anna.address).get("/api/snapshot", Cookie=before).status == 401
    assert anna.get("/api/snapshot").status == 200


def test_a_link_signs_in_once(panel: PanelServer) -> None:
    link = f"/link/{panel.sessions.create_link('vik')}"
    first, second = panel.visitor(None), panel.visitor(None)
    assert b"vik (viewer)" in first.get(link).body
    again = second.get(link)
    assert again.status == 401
    assert b"was used already" in again.body
    assert b"vik (viewer)" in first.get(link).body, "who is signed in stays so"


def test_who_only_looks_at_a_link_does_not_use_it_up(panel: PanelServer) -> None:
    link = f"/link/{panel.sessions.create_link('vik')}"
    visitor = panel.visitor(None)
    with urllib.request.urlopen(urllib.request.Request(visitor.address + link, method="HEAD")) as answer:
        assert answer.status == 200
    assert b"vik (viewer)" in visitor.get(link).body


def test_who_was_taken_out_of_the_users_is_out_at_once(panel: PanelServer) -> None:
    visitor = panel.visitor("vik")
    file = panel.secrets / "users.json"
    before = file.read_text()
    users = json.loads(before)
    del users["users"]["vik"]
    file.write_text(json.dumps(users))
    try:
        assert visitor.get("/api/snapshot").status == 401
    finally:
        file.write_text(before)


def test_a_page_of_another_address_can_command_nothing(anna: Visitor, laboratory: Laboratory) -> None:
    token = anna.token()
    for origin in ("http://evil.example", "null", f"{anna.address}.evil.example", "http://127.0.0.1:1"):
        headers = {**JSON, "X-CSRFToken": token, "Origin": origin}
        answer = anna.post("/api/command", json.dumps(COMMAND).encode(), **headers)
        assert (answer.status, answer.json["code"]) == (403, "forbidden")
    assert laboratory.requests() == 0


def test_nor_can_one_that_does_not_know_the_token(anna: Visitor, laboratory: Laboratory) -> None:
    for token in ({}, {"X-CSRFToken": "guessed"}):
        answer = anna.post("/api/command", json.dumps(COMMAND).encode(), **JSON, **token)
        assert (answer.status, answer.json["code"]) == (403, "forbidden")
    assert laboratory.requests() == 0


def test_nor_sign_somebody_out(anna: Visitor) -> None:
    assert anna.post("/signout", b"").status == 403
    assert anna.get("/api/snapshot").status == 200


def test_the_socket_is_refused_to_other_origins_before_the_upgrade(anna: Visitor) -> None:
    assert anna.upgrade(Origin=anna.address) == 101
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
        assert anna.upgrade(Origin=origin) == 403
    assert anna.upgrade() == 403, "a browser always names the origin"


def test_another_host_name_is_not_answered(anna: Visitor) -> None:
    assert anna.get("/", Host="evil.example").status == 403
    assert anna.upgrade(Host="evil.example", Origin=anna.address) == 403


@pytest.mark.parametrize("path", ["/", "/signin", "/api/snapshot", "/health", "/nothing", "/static/js/main.js"])
def test_every_answer_protects_itself(anna: Visitor, path: str) -> None:
    headers = anna.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_cookie_is_out_of_reach_of_scripts(panel: PanelServer) -> None:
    cookie = panel.visitor(None).get("/signin").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_ten_wrong_passwords_a_minute_are_enough_and_lock_nobody_else_out(fresh_panel: PanelServer) -> None:
    visitor = fresh_panel.visitor(None)
    for name in ("anna", "nobody"):
        for _ in range(10):
            assert visitor.submit("/signin", name=name, password="weed").status == 401
        assert visitor.submit("/signin", name=name, password="weed").status == 429, "the same for who does not exist"
    assert fresh_panel.visitor(None).submit("/signin", name="vik", password="moss").status == 200
    answer = visitor.submit("/signin", name="anna", password="seedling")
    assert answer.status == 429
    assert b"Wait a minute" in answer.body
    assert visitor.get(f"/link/{fresh_panel.sessions.create_link('anna')}").status == 200, "a link still works"
