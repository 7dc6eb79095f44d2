"""The guard: a command is carried out only when it is fresh, and only once (rows 10, 12, 13, 14 and 15 of the list)."""

import tracemalloc

import orjson
import pytest

from agents.guard import MAX_AGE, REMEMBERED, Answers, Guard
from hub.contract.command import Command
from hub.contract.errors import Code, Refused


def command(boot: str = "b1", beat: int = 1, token: int = 1, counter: int = 1) -> Command:
    return Command("id", "heater", True, boot, beat, token, counter)


def guard() -> Guard:
    found = Guard("b1")
    found.sent(1, now=100.0)
    return found


def refusal(found: Guard, asked: Command, now: float = 100.0) -> Code:
    with pytest.raises(Refused) as caught:
        found.admit(asked, now)
    return caught.value.code


def test_a_fresh_command_is_admitted() -> None:
    guard().admit(command(), 100.0 + MAX_AGE)


def test_a_command_for_another_boot_is_refused() -> None:
    assert refusal(guard(), command(boot="b0")) is Code.OTHER_BOOT


def test_a_command_older_than_five_seconds_is_refused_by_our_own_clock() -> None:
    assert refusal(guard(), command(), now=100.0 + MAX_AGE + 0.01) is Code.OLD_BEAT


def test_a_beat_that_was_never_sent_vouches_for_nothing() -> None:
    assert refusal(guard(), command(beat=2)) is Code.OLD_BEAT


def test_the_older_of_two_commands_is_refused() -> None:
    found = guard()
    found.admit(command(counter=2), 100.0)
    assert refusal(found, command(counter=1)) is Code.OLD_COUNTER
    assert refusal(found, command(counter=2)) is Code.OLD_COUNTER
    found.admit(command(counter=3), 100.0)


def test_a_refused_command_does_not_outdate_those_behind_it() -> None:
    found = guard()
    assert refusal(found, command(boot="b0", counter=9)) is Code.OTHER_BOOT
    found.admit(command(counter=2), 100.0)


def test_an_older_hub_is_refused_once_a_newer_commanded_or_was_heard() -> None:
    found = guard()
    found.admit(command(token=2), 100.0)
    assert refusal(found, command(token=1, counter=9)) is Code.OLD_COUNTER
    found.hub_seen(3)
    assert refusal(found, command(token=2, counter=9)) is Code.OLD_COUNTER
    found.admit(command(token=3), 100.0)
    found.hub_seen(3)
    found.admit(command(token=3, counter=2), 100.0)


def test_a_second_delivery_gets_the_first_answer() -> None:
    answers = Answers()
    assert answers.first("t", "a1", True)
    assert answers.answer("t", "a1") is None
    assert not answers.first("t", "a1", True)
    answers.answered("t", "a1", b"done")
    assert not answers.first("t", "a1", True)
    assert answers.answer("t", "a1") == b"done"


def test_an_id_used_again_for_another_value_is_refused_and_the_first_answer_stands() -> None:
    answers = Answers()
    answers.first("t", "a1", True)
    answers.answered("t", "a1", b"done")
    for other in (False, 1):
        with pytest.raises(Refused, match="used before"):
            answers.first("t", "a1", other)
    assert answers.answer("t", "a1") == b"done"


def test_ids_of_different_topics_do_not_meet() -> None:
    answers = Answers()
    assert answers.first("clayhub/s/d/heater/set", "1", True)
    assert answers.first("clayhub/s/d/fan/set", "1", True)


def test_ten_thousand_ids_are_remembered_and_no_more() -> None:
    answers = Answers()
    for number in range(REMEMBERED + 1):
        assert answers.first("t", str(number), True)
    assert not answers.first("t", "1", True)
    assert answers.first("t", "0", True), "the oldest was forgotten"


def test_ten_thousand_answers_take_little_memory() -> None:
    answers = Answers()
    tracemalloc.start()
    for number in range(REMEMBERED):
        answers.first("topic", f"c{number}", 60)
        answers.answered("topic", f"c{number}", orjson.dumps({"id": f"c{number}", "status": "done", "value": 60}))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert used < 8_000_000
