"""Notices through Apprise to a real HTTP server that sometimes fails: in order, and told once."""

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hub.alarms.notices import Notice
from hub.contract.errors import ConfigError
from hub.notifier import FIRST_PAUSE, MOST_WAITING, Address, Notifier, apprise_addresses
from tests.servers import wait_until

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # used by Apprise


class Mailbox(ThreadingHTTPServer):
    """Takes what Apprise posts as JSON, unless it is `broken`."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.broken = False
        super().__init__(("127.0.0.1", 0), Postman)

    @property
    def url(self) -> str:
        """Its address, as Apprise writes it."""
        return f"json://127.0.0.1:{self.server_port}/"


class Postman(BaseHTTPRequestHandler):
    """One request."""

    def do_POST(self) -> None:
        assert isinstance(self.server, Mailbox)
        letter = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.server.broken:
            self.server.titles.append(letter["title"])
        self.send_response(500 if self.server.broken else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_notices_arrive_in_their_order(mailbox: Mailbox) -> None:
    notifier = Notifier(lambda: apprise_addresses([mailbox.url]))
    notifier.start()
    for title in ("one", "two", "three"):
        notifier.put(Notice(title, "body"))
    wait_until(lambda: mailbox.titles == ["one", "two", "three"], "all have arrived")
    notifier.stop()


def test_what_cannot_be_sent_is_told_once_and_sent_later(mailbox: Mailbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "hub")
    (address,) = apprise_addresses([mailbox.url])
    mailbox.broken = True
    address.waiting += [Notice("one", "body"), Notice("two", "body")]
    now = 1_000.0
    for _ in range(5):
        address.turn(now)
        assert now + FIRST_PAUSE <= address.due() <= now + 300
        now = address.due()
    mailbox.broken = False
    address.turn(now)
    address.turn(now)
    assert mailbox.titles == ["one", "two"]
    assert address.due() > 1e17, "nothing waits any more"
    told = [message for message in caplog.messages if "address 1" in message]
    assert told == [
        "a notice cannot be sent to address 1 (json); I keep trying. `clayhub alarms test` says more.",
        "notices reach address 1 (json) again.",
    ]


def test_an_address_that_fails_does_not_keep_the_others_waiting(mailbox: Mailbox) -> None:
    def fails(_notice: Notice) -> bool:
        raise RuntimeError("a plug-in's own fault")

    bad = Address("bad", fails)
    notifier = Notifier(lambda: [bad, *apprise_addresses([mailbox.url])])
    notifier.start()
    for number in range(MOST_WAITING + 5):
        notifier.put(Notice(str(number), "body"))
    wait_until(lambda: len(mailbox.titles) == MOST_WAITING + 5, "all have arrived")
    assert len(bad.waiting) == MOST_WAITING
    notifier.stop()


def test_an_address_that_apprise_does_not_know_is_named_without_its_password() -> None:
    with pytest.raises(ConfigError, match=r"Address 2 in notify.urls \(nonsense\) is none") as caught:
        apprise_addresses(["json://127.0.0.1", "nonsense://user:secret@example.org"])
    assert "secret" not in str(caught.value)


def test_without_a_thread_notices_are_dropped() -> None:
    notifier = Notifier(lambda: apprise_addresses(["nonsense://"]))
    notifier.put(Notice("one", ""))
    assert notifier._queue.empty()
    notifier.start()
    notifier._thread.join(10)
    notifier.put(Notice("two", ""))
    assert notifier._queue.empty()
