"""The link to a real broker: delivery, the last will, and coming back after every kind of loss."""

import logging
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.link.link import Incoming, Link
from tests.servers import MosquittoServer, free_port, wait_until

Make = Callable[..., "End"]


class End:
    """One end of a conversation: a link whose messages, ups and downs can be waited for."""

    def __init__(self, port: int, *, version: int = 5, topics: tuple[str, ...] = (), will: str | None = None) -> None:
        self.messages: queue.SimpleQueue[Incoming] = queue.SimpleQueue()
        self.ups: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.downs: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.link = Link(
            "test",
            host="127.0.0.1",
            port=port,
            account="tester",
            password="secret",
            version=version,
            subscriptions=[(topic, 1) for topic in topics],
            on_message=self.messages.put,
            on_up=lambda: self.ups.put(None),
            on_down=self.downs.put,
            will=(will, b"offline") if will else None,
        )
        self.link.start()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the link has logged, and nobody else in this process."""
    return [line for line in caplog.messages if line.startswith("test: ")]


@pytest.fixture
def end() -> Iterator[Make]:
    made: list[End] = []

    def make(port: int, **options: object) -> End:
        made.append(End(port, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.link.stop()


@pytest.mark.parametrize("version", [4, 5])
def test_what_one_end_publishes_the_other_receives(broker: MosquittoServer, end: Make, version: int) -> None:
    receiver, sender = end(broker.port, version=version, topics=("a/#",)), end(broker.port, version=version)
    receiver.ups.get(timeout=30)
    sender.ups.get(timeout=30)
    assert sender.link.publish("a/b", b"\xff\x00")
    message = receiver.messages.get(timeout=30)
    assert (message.topic, message.payload, message.retain) == ("a/b", b"\xff\x00", False)


def test_a_live_message_with_the_retain_flag_is_seen_as_retained(broker: MosquittoServer, end: Make) -> None:
    receiver, sender = end(broker.port, topics=("a/#",)), end(broker.port)
    receiver.ups.get(timeout=30)
    sender.ups.get(timeout=30)
    sender.link.publish("a/b", b"1", retain=True)
    assert receiver.messages.get(timeout=30).retain


def test_correlation_data_travels_in_mqtt_5(broker: MosquittoServer, end: Make) -> None:
    receiver = end(broker.port, topics=("a",))
    receiver.ups.get(timeout=30)
    receiver.link.publish("a", b"", correlation=b"c1")
    assert receiver.messages.get(timeout=30).correlation == b"c1"


def test_two_links_of_one_account_both_work(broker: MosquittoServer, end: Make) -> None:
    ends = [end(broker.port, topics=("a",)) for _ in range(2)]
    for one in ends:
        one.ups.get(timeout=30)
    ends[0].link.publish("a", b"1")
    assert [one.messages.get(timeout=30).payload for one in ends] == [b"1", b"1"]
    assert all(one.downs.empty() for one in ends)


def test_stopping_delivers_the_last_message_and_publishes_no_will(broker: MosquittoServer, end: Make) -> None:
    watcher, leaver = end(broker.port, topics=("will", "last")), end(broker.port, will="will")
    watcher.ups.get(timeout=30)
    leaver.ups.get(timeout=30)
    leaver.link.publish("last", b"good-bye")
    leaver.link.stop()
    wait_until(lambda: not leaver.link.alive, "its thread has ended")
    watcher.link.publish("last", b"marker")
    assert [watcher.messages.get(timeout=30).payload for _ in range(2)] == [b"good-bye", b"marker"]


def test_it_comes_back_with_its_subscriptions_after_the_broker_was_killed(
    broker: MosquittoServer, end: Make, caplog: pytest.LogCaptureFixture
) -> None:
    one = end(broker.port, topics=("a",))
    one.ups.get(timeout=30)
    with caplog.at_level(logging.INFO):
        broker.kill()
        assert one.downs.get(timeout=30)
        assert not one.link.publish("a", b"while it was away: must not come later")
        broker.start()
        one.ups.get(timeout=30)
    one.link.publish("a", b"now")
    assert one.messages.get(timeout=30).payload == b"now"
    lines = told(caplog)
    assert len(lines) == 2, "the loss is logged once, and its end once"
    assert "no connection to the broker" in lines[0]
    assert "connected to the broker again" in lines[1]


def test_what_a_frozen_broker_did_not_acknowledge_is_not_sent_again(broker: MosquittoServer, end: Make) -> None:
    one = end(broker.port, topics=("a",))
    one.ups.get(timeout=30)
    broker.signal(signal.SIGSTOP)
    one.link.publish("a", b"heater on")
    broker.kill()
    one.downs.get(timeout=30)
    broker.start()
    one.ups.get(timeout=30)
    one.link.publish("a", b"marker")
    assert one.messages.get(timeout=30).payload == b"marker"


def test_a_broker_that_is_not_there_is_logged_once_and_found_later(
    tmp_path: Path, end: Make, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    one = end(port)
    wait_until(lambda: told(caplog), "a warning")
    assert f"127.0.0.1:{port}" in caplog.text
    config = tmp_path / "mosquitto.conf"
    config.write_text(f"user root\nlistener {port} 127.0.0.1\nallow_anonymous true\n")
    with MosquittoServer(config, port):
        one.ups.get(timeout=30)
        assert one.link.connected
        one.link.stop()
    assert len([line for line in told(caplog) if "no connection" in line]) == 1


def test_a_refused_account_is_named(tmp_path: Path, end: Make, caplog: pytest.LogCaptureFixture) -> None:
    port = free_port()
    config = tmp_path / "mosquitto.conf"
    config.write_text(f"user root\nlistener {port} 127.0.0.1\nallow_anonymous false\n")
    with MosquittoServer(config, port):
        one = end(port)
        wait_until(lambda: "refused the account tester" in caplog.text, "the reason in the log")
        assert not one.link.connected
        one.link.stop()


def test_stopping_while_the_broker_is_away_takes_no_time(end: Make) -> None:
    one = end(free_port())
    done = threading.Thread(target=one.link.stop)
    done.start()
    done.join(5)
    assert not done.is_alive()
