"""Rows 37 to 40: what other sites, thieves, broken programs and sleeping laptops can do to the panel."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import orjson
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.faults.browsers import TRY_LATER, Threads, hung_up, raw_socket
from tests.faults.case import Case
from tests.faults.system import CHAMBER, System
from tests.servers import freeze
from tests.web.panel import Visitor, hear_until

expect.set_options(timeout=30_000)

COMMAND = {"key": CHAMBER, "channel": "valve", "value": True}
FOREIGN = ("http://evil.example", "null", "http://127.0.0.1:1")


@pytest.fixture
def anna(system: System) -> Visitor:
    """An operator, signed in."""
    return system.visitor()


@pytest.fixture
def threads(system: System, anna: Visitor) -> Threads:
    """The panel's, all started."""
    return Threads(system.processes()["web"], anna)


def test_fault_37_other_sites_can_do_nothing(system: System, case: Case, anna: Visitor) -> None:
    """With an operator's cookie and token, requests to every address that commands something, and WebSocket handshakes,
    come from three other origins, and without the token: all get 403, the hub hears of none, the board neither.
    """
    token, bodies = anna.token(), {"command": COMMAND, "alarm": {"name": "offline-bench", "note": ""}}
    bodies |= {path: {"name": "none", "action": "start"} for path in ("procedure", "schedule")}
    recorded, told = len(system.audit()), len(system.posts("phytotron.chamber"))
    for path, body in bodies.items():
        for more in (*({"X-CSRFToken": token, "Origin": origin} for origin in FOREIGN), {"Origin": anna.address}):
            headers = {"Content-Type": "application/json", **more}
            assert anna.post(f"/api/{path}", orjson.dumps(body), **headers).status == 403
    assert [anna.upgrade(Origin=origin) for origin in (*FOREIGN, anna.address)] == [403, 403, 403, 101]
    assert anna.upgrade() == 403
    assert anna.post("/signout", b"").status == 403
    assert (len(system.audit()), len(system.posts("phytotron.chamber"))) == (recorded, told)
    assert anna.ask("/api/command", {**COMMAND, "value": False}).status == 202


def test_fault_38_sessions_begin_and_end_on_the_server(system: System, case: Case) -> None:
    """A visitor signs in with a cookie that an attacker has chosen: the attacker's copy is worth nothing. The visitor
    signs out: a copy of the cookie is worth nothing for pages, commands and the WebSocket.
    """
    attacker, anna = Visitor(system.visitor().address), Visitor(system.visitor().address)
    attacker.get("/signin")
    for cookie in attacker.jar:
        anna.jar.set_cookie(cookie)
    assert anna.get(f"/link/{system.sessions.create_link('operator')}").status == 200
    assert anna.cookie != attacker.cookie
    assert attacker.get("/api/snapshot").status == 401
    assert anna.get("/api/snapshot").status == 200
    token, stolen = anna.token(), {"Cookie": anna.cookie}
    assert anna.submit("/signout").status == 200
    thief = Visitor(anna.address)
    assert thief.get("/api/snapshot", **stolen).status == 401
    json = {"Content-Type": "application/json", "X-CSRFToken": token}
    assert thief.post("/api/command", orjson.dumps(COMMAND), **json, **stolen).status in (401, 403)
    assert thief.upgrade(Origin=anna.address, **stolen) == 401


FRAMES = {
    "noise": b"\xff" * 200,
    "http": b"GET / HTTP/1.1\r\n\r\n",
    "unmasked": b"\x81\x05hello",
    "opcode": b"\x83\x80\x00\x00\x00\x00",
    "endless": b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00",
    "close code": b"\x88\x82\x00\x00\x00\x00\x00\x01",
    "fragments": b"\x01\x81\x00\x00\x00\x00x" * 2000,
    "flood": b"\x81\x81\x00\x00\x00\x00x" * 2000,
    "oversized": b"\x81\xff\x00\x00\x00\x00\x00\x01\x86\xa0\x00\x00\x00\x00" + b"x" * 100_000,
}


@pytest.mark.parametrize("kind", FRAMES)
def test_fault_39_bad_frames_end_the_socket(
    system: System, case: Case, anna: Visitor, threads: Threads, kind: str
) -> None:
    """Noise, HTTP, unmasked, unknown, endless and oversized frames, a wrong close code, fragments without end and a
    flood are sent on two WebSockets each: both are closed, their threads end, pages are served.
    """
    with raw_socket(anna) as one, raw_socket(anna) as other:
        for each in (one, other):
            try:
                each.sendall(FRAMES[kind])
            except (BrokenPipeError, ConnectionResetError):
                continue  # closed already
        assert hung_up(one)
        assert hung_up(other)
    threads.wait_until_free()
    assert anna.get("/").status == 200


def test_fault_39_two_hundred_sockets_leave_room_for_pages(
    system: System, case: Case, anna: Visitor, threads: Threads
) -> None:
    """200 WebSockets are opened: pages are served and a command is done, one more is turned away in words of the
    protocol; when they are closed all threads end, and the next browser gets everything.
    """
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(raw_socket(anna))
        assert anna.get("/").status == 200
        answer = anna.ask("/api/command", {**COMMAND, "value": False})
        assert answer.status == 202
        record = system.requests.wait(answer.json["id"], 20)
        assert record is not None
        assert record["status"] == "done"
        late = stack.enter_context(raw_socket(anna))
        assert TRY_LATER in late.makefile("rb").read()
    threads.wait_until_free()
    ears = anna.live()
    assert hear_until(ears, "snapshot")["devices"].keys() >= {CHAMBER}
    ears.close()


def test_fault_40_a_slow_browser_is_let_go(system: System, case: Case, anna: Visitor, threads: Threads) -> None:
    """A WebSocket whose browser takes nothing is let go 4 s after the kernel's buffer is full, and its threads end;
    another one hears of the devices all the while; when the slow one comes back it gets everything.
    """
    ears = anna.live()
    hear_until(ears, "snapshot")
    threads_with_ears = Threads(system.processes()["web"], anna)
    with raw_socket(anna, buffer=4096) as sleeper:
        threads_with_ears.wait_until_busy()
        hear_until(ears, "delta", "devices")
        threads_with_ears.wait_until_free()
        hear_until(ears, "delta", "devices")
        assert hung_up(sleeper)
    ears.close()
    threads.wait_until_free()
    again = anna.live()
    assert hear_until(again, "snapshot")["devices"].keys() >= {CHAMBER}
    again.close()


@contextmanager
def asleep(browser: Browser) -> Iterator[None]:
    """All processes of Chromium stand still, as on a laptop that sleeps."""
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    pids = [int(process["id"]) for process in found["processInfo"]]
    for pid in pids:
        freeze(pid)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_fault_40_a_sleeping_browser_shows_what_is_when_it_wakes(
    system: System, case: Case, page: Page, browser: Browser
) -> None:
    """Chromium is frozen while the web server is restarted and a valve opens and closes ten times: awake, it shows the
    valve as it is, live, without being loaded again.
    """
    page.goto(f"http://127.0.0.1:{system.ports['8080']}/link/{system.sessions.create_link('operator')}")
    valve = page.locator(f"[data-device='{CHAMBER}'] [data-channel=valve] .value")
    expect(valve).to_have_text("Off")
    page.evaluate("window.same = true")
    with asleep(browser):
        os.kill(system.processes()["web"], signal.SIGKILL)
        case.killed = {"web"}
        for n in range(10):
            assert system.ask(CHAMBER, "valve", n % 2 == 0)["status"] == "done"
        assert system.ask(CHAMBER, "valve", True)["status"] == "done"
    try:
        expect(valve).to_have_text("On")
        expect(page.locator("#link")).to_have_text("live")
        assert page.evaluate("window.same")
    finally:
        assert system.ask(CHAMBER, "valve", False)["status"] == "done"
    expect(valve).to_have_text("Off")
