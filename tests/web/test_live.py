"""The live socket: a snapshot, then what changes; and what servers and browsers may do to it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import orjson
import pytest
from redis import RedisError
from simple_websocket import Client, ConnectionClosed

from hub.state import keys
from hub.state.view import MOST_EVENTS
from tests.servers import wait_until
from tests.web.laboratory import Laboratory
from tests.web.panel import PanelServer, Visitor, hang_up, hear, hear_until

KEY = Laboratory.KEY


@pytest.fixture
def ears(anna: Visitor) -> Iterator[Client]:
    """anna's open socket, the snapshot already heard."""
    ears = anna.live()
    assert hear(ears)["type"] == "snapshot"
    yield ears
    hang_up(ears)


def test_first_comes_everything_then_what_changes(anna: Visitor, laboratory: Laboratory) -> None:
    ears = anna.live()
    snapshot = hear(ears)
    assert snapshot["type"] == "snapshot"
    assert snapshot["devices"][KEY]["state"]["temperature"] == 21.34
    laboratory.read(temperature=22.5)
    delta = hear_until(ears, "delta", "devices")
    assert delta["devices"][KEY]["state"]["temperature"] == 22.5
    assert delta["devices"].keys() == {KEY}
    hang_up(ears)


def test_nothing_is_lost_while_many_changes_come(ears: Client, laboratory: Laboratory) -> None:
    for number in range(500):
        laboratory.read(light=number)
    while hear_until(ears, "delta", "devices")["devices"][KEY]["state"]["light"] != 499:
        pass


def test_the_browser_hears_something_even_when_nothing_happens(ears: Client) -> None:
    for _ in range(2):
        assert hear(ears)["type"] == "delta"


def test_a_browser_that_missed_changes_gets_everything_again(
    panel: PanelServer, ears: Client, laboratory: Laboratory
) -> None:
    with panel.frozen():
        for number in range(MOST_EVENTS + 1):
            laboratory.read(temperature=number + 0.5)
        laboratory.read(temperature=1.5)
        laboratory.redis.xtrim(keys.EVENTS, maxlen=MOST_EVENTS, approximate=False)
    assert hear_until(ears, "snapshot")["devices"][KEY]["state"]["temperature"] == 1.5


def test_a_dead_hub_is_noticed_and_a_new_one_too(ears: Client, laboratory: Laboratory) -> None:
    laboratory.hub(False)
    assert hear_until(ears, "delta", "hub")["hub"] is None
    laboratory.hub(True)
    assert hear_until(ears, "snapshot")["hub"]["boot"] == "b1"


def test_without_redis_the_browser_is_told_and_gets_everything_when_it_is_back(fresh_panel: PanelServer) -> None:
    anna = fresh_panel.visitor()
    ears = anna.live()
    hear_until(ears, "snapshot")
    fresh_panel.redis.kill()
    assert hear_until(ears, "trouble")["code"] == "store_down"
    for answer in (anna.get("/health"), anna.get("/api/snapshot")):
        assert (answer.status, answer.json["code"]) == (503, "store_down")
    page = anna.get("/")
    assert page.status == 503
    assert b"does not answer" in page.body
    fresh_panel.redis.start()
    assert hear_until(ears, "snapshot")["devices"].keys() == {KEY}
    assert anna.get("/health").status == 200
    log = fresh_panel.log.read_text()
    assert log.count("Redis does not answer") == 1
    assert log.count("Redis answers again") == 1
    hang_up(ears)


def test_a_redis_that_cannot_write_to_its_disk_is_told_so_and_is_no_missing_hub(fresh_panel: PanelServer) -> None:
    anna, laboratory = fresh_panel.visitor(), fresh_panel.laboratory
    token, ears = anna.token(), anna.live()
    hear_until(ears, "snapshot")
    laboratory.hub(False)
    assert hear_until(ears, "delta", "hub")["hub"] is None
    with fresh_panel.redis.full_disk():
        wait_until(lambda: not writes(laboratory), "Redis finds out that its disk is full")
        reason = "Redis cannot write to its disk: make room there. It goes on by itself."
        assert hear_until(ears, "trouble")["message"] == reason
        command = orjson.dumps({"key": KEY, "channel": "fan", "value": False})
        asked = anna.post("/api/command", command, **{"Content-Type": "application/json", "X-CSRFToken": token})
        assert (asked.status, asked.json) == (503, {"code": "store_down", "message": reason})
    hear_until(ears, "snapshot")
    hang_up(ears)


def writes(laboratory: Laboratory) -> bool:
    """Whether Redis takes something."""
    try:
        laboratory.read()
    except RedisError:
        return False
    return True


def closed_with(ears: Client, seconds: float = 10) -> int:
    """The code with which the server closes; AssertionError when it does not."""
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            ears.receive(timeout=1)
    except ConnectionClosed as closed:
        return int(closed.reason)
    raise AssertionError("the server keeps the socket open")


def test_the_socket_closes_after_the_sign_out(anna: Visitor, ears: Client) -> None:
    anna.submit("/signout")
    assert closed_with(ears) == 4401


def test_a_browser_that_talks_is_hung_up_on(ears: Client) -> None:
    ears.send("hello")
    assert closed_with(ears) == 1008


def test_clients_that_stall_in_a_request_hold_no_thread_for_long(fresh_panel: PanelServer) -> None:
    anna = fresh_panel.visitor()
    ears = anna.live()
    with ExitStack() as stack:
        stalled = [stack.enter_context(anna.connection()) for _ in range(100)]
        for connection in stalled:
            connection.sendall(b"GET / HTTP/1.1\r\n")
        assert anna.get("/health").status == 200
        assert {connection.recv(1) for connection in stalled} == {b""}, "they are given up, though they stay"
        assert anna.get("/health").status == 200
    fresh_panel.laboratory.read()
    hear_until(ears, "delta", "devices")
    assert ears.connected, "a browser on the socket may be silent for ever"
    hang_up(ears)
    assert "Traceback" not in fresh_panel.log.read_text()


def test_the_panel_ends_within_seconds_though_browsers_are_there(fresh_panel: PanelServer) -> None:
    anna = fresh_panel.visitor()
    ears = anna.live()
    hear_until(ears, "snapshot")
    fresh_panel.process.terminate()
    assert closed_with(ears) == 1001
    hang_up(ears)
    assert fresh_panel.process.wait(10) == 0


def test_a_frozen_panel_goes_on_where_it_was(panel: PanelServer, ears: Client, laboratory: Laboratory) -> None:
    with panel.frozen():
        laboratory.read(temperature=30.5)
    while hear_until(ears, "delta", "devices")["devices"][KEY]["state"]["temperature"] != 30.5:
        pass
