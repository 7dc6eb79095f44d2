"""The bytes of a connection arrive as they were sent, however many and however large, and however the end comes."""

import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue

import pytest

from hub.link.link import Incoming, Link
from tests.servers import MosquittoServer, wait_until


@contextmanager
def link(broker: MosquittoServer, version: int, topic: str, on_message: Callable[[Incoming], None]) -> Iterator[Link]:
    """A connected link that listens to `topic`."""
    up = threading.Event()
    found = Link(
        "test",
        host="127.0.0.1",
        port=broker.port,
        account="test",
        password="",
        version=version,
        subscriptions=[(topic, 1)],
        on_message=on_message,
        on_up=up.set,
        on_down=lambda _reason: None,
    )
    found.start()
    try:
        assert up.wait(30)
        yield found
    finally:
        found.stop()
    wait_until(lambda: not found.alive, "its thread has ended")


@pytest.mark.parametrize("version", [4, 5])
def test_messages_of_all_sizes_arrive_whole_and_in_order(broker: MosquittoServer, version: int) -> None:
    heard: SimpleQueue[Incoming] = SimpleQueue()
    sizes = random.Random(version)  # the same each time
    sent = [bytes([n % 256]) * sizes.choice((0, 1, 100, 127, 128, 20_000, 65_000)) for n in range(400)]
    with link(broker, version, "a/+", heard.put) as ours:
        for payload in sent:
            assert ours.publish("a/b", payload)
        assert [heard.get(timeout=30).payload for _ in sent] == sent


def test_two_that_flood_each_other_both_hear_everything(broker: MosquittoServer) -> None:
    counts = {"a": 0, "b": 0}

    def count(message: Incoming) -> None:
        counts[message.topic] += 1

    with link(broker, 4, "a", count) as one, link(broker, 5, "b", count) as other:
        for _ in range(3_000):
            assert one.publish("b", b"x" * 300)
            assert other.publish("a", b"x" * 300)
        wait_until(lambda: counts == {"a": 3_000, "b": 3_000}, "all has arrived")


def test_a_link_ends_though_its_broker_is_frozen(broker: MosquittoServer) -> None:
    with link(broker, 4, "a", lambda _message: None) as ours:
        broker.signal(signal.SIGSTOP)
        for _ in range(200):
            ours.publish("a", b"x" * 60_000)
