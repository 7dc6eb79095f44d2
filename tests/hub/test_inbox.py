"""The hub's inbox: what is urgent comes first, what is numbered keeps its order, and nobody waits for nothing."""

import threading

from hub.inbox import BATCH, Inbox
from hub.link.link import Incoming


def message(topic: str, n: int = 0) -> Incoming:
    """A message with a number for a payload."""
    return Incoming(topic, b"%d" % n, False, None, None)


def test_readings_keep_their_order_and_come_in_batches() -> None:
    inbox = Inbox()
    for n in range(BATCH + 1):
        inbox.put_message(message("clayhub/s/d/state", n))
    inbox.wait(0, 0)
    assert [int(taken.payload) for taken in inbox.take()[1]] == list(range(BATCH))
    assert [int(taken.payload) for taken in inbox.take()[1]] == [BATCH]
    assert inbox.take() == ([], [])


def test_a_result_is_urgent_and_has_its_place_among_the_readings() -> None:
    inbox = Inbox()
    for topic in ("clayhub/s/d/state", "clayhub/s/d/result", "clayhub/s/d/state"):
        inbox.put_message(message(topic))
    assert inbox.wait(60, 0) == [message("clayhub/s/d/result")]
    assert [taken.topic.rpartition("/")[2] for taken in inbox.take()[1]] == ["state", "result", "state"]


def test_a_description_that_came_before_a_reading_is_never_behind_it() -> None:
    inbox = Inbox()
    assert inbox.wait(0, 0) == []
    description, reading = message("clayhub/s/d/info"), message("clayhub/s/d/state")
    inbox.put_message(description)
    inbox.put_message(reading)
    assert inbox.take() == ([description], [reading])


def test_a_reading_wakes_an_idle_loop() -> None:
    inbox = Inbox()
    threading.Timer(0.05, inbox.put_message, [message("clayhub/s/d/state")]).start()
    assert inbox.wait(60, 0) == []
    assert len(inbox.take()[1]) == 1


def test_an_urgent_event_ends_the_pause_in_which_readings_pile_up() -> None:
    inbox = Inbox()
    inbox.put("stop")
    assert inbox.wait(60, 150) == ["stop"]
    assert inbox.wait(60, 150) == []
