"""Schedules and procedures in the hub's core."""

import orjson
import pytest

from hub.contract import topics
from hub.contract.command import Command, Result, Status
from hub.contract.errors import Code
from hub.contract.topics import Leaf
from hub.state import keys
from tests.hub.test_core import Clockwork, asked
from tests.wire.speaker import LAMP, TS

GLOW = {"stand": "phytotron", "steps": [{"wait": "10m"}]}


def test_a_scheduled_run_never_begins_before_it_is_due_whatever_the_clocks_say() -> None:
    clockwork = Clockwork(procedures={"glow": GLOW}, schedules={"hourly": {"every": "1h", "procedure": "glow"}})
    clockwork.core.on_clock_set(clockwork.now)
    due = clockwork.now.ms + 7  # the timer's clock is a little ahead of the hub's
    clockwork.core.on_due("hourly", due, clockwork.now)
    words = clockwork.core.effects.journal.words()
    run = orjson.loads(words[words.index(keys.RUNS) + 2])  # type: ignore[arg-type]
    assert run["started"] == due


OFF = {"every": "1h", "stand": "phytotron", "set": "lamp.red", "to": 0}


def commands(clockwork: Clockwork) -> list[Command]:
    """The commands that were published since the last look."""
    topic = topics.device(LAMP, Leaf.COMMAND)
    return [Command.decode(message.payload) for message in clockwork.published() if message.topic == topic]


def due(clockwork: Clockwork) -> None:
    """The schedule falls due."""
    clockwork.core.on_due("off", clockwork.now.ms + 7, clockwork.now)


def answer(clockwork: Clockwork, command: Command, status: Status, code: Code | None = None) -> None:
    """The agent says what became of it."""
    result = Result(command.id, "red", 0, status, TS, "epoch-b1", 1, code, code)
    clockwork.hear(topics.device(LAMP, Leaf.RESULT), result.encode())


def opened(**schedule: object) -> Clockwork:
    """A hub with a schedule `off`, and an agent that is there."""
    clockwork = Clockwork(schedules={"off": OFF | schedule})
    clockwork.heartbeat()
    clockwork.core.on_clock_set(clockwork.now)
    clockwork.published()
    return clockwork


def test_a_scheduled_off_is_given_as_soon_as_its_agent_is_heard_again() -> None:
    clockwork = opened()
    clockwork.wait(5)
    due(clockwork)
    assert commands(clockwork) == []
    assert clockwork.ends()[-1][1:] == ("rejected", "agent_offline")
    clockwork.wait(60)
    clockwork.heartbeat("b2")
    (command,) = commands(clockwork)
    assert (command.channel, command.value) == ("red", 0)
    answer(clockwork, command, Status.DONE)
    clockwork.heartbeat("b2", 2)
    assert commands(clockwork) == [], "once is enough"


@pytest.mark.parametrize(("status", "code"), [(Status.EXPIRED, Code.EXPIRED), (Status.UNKNOWN, Code.NO_RESULT)])
def test_a_scheduled_off_that_came_too_late_is_given_again(status: Status, code: Code) -> None:
    clockwork = opened()
    due(clockwork)
    (first,) = commands(clockwork)
    answer(clockwork, first, status, code)
    clockwork.wait(1)
    clockwork.heartbeat("b1", 2)
    (second,) = commands(clockwork)
    assert (second.channel, second.value, second.id != first.id) == ("red", 0, True)


@pytest.mark.parametrize("schedule", [{"to": 50}, {"to": 50, "missed": "run"}, {"missed": "skip"}])
def test_what_is_not_to_be_done_late_is_not_given_again(schedule: dict[str, object]) -> None:
    clockwork = opened(**schedule)
    clockwork.wait(5)
    due(clockwork)
    clockwork.wait(60)
    clockwork.heartbeat("b2")
    assert commands(clockwork) == []


@pytest.mark.parametrize("action", ["stop", "reset"])
def test_a_schedule_that_somebody_stopped_owes_nothing(action: str) -> None:
    clockwork = opened()
    clockwork.wait(5)
    due(clockwork)
    request = asked("r1", 0)
    request.update({"kind": "schedule", "name": "off", "action": action})
    clockwork.core.on_request("1-1", clockwork.now.ms + 5_000, request, clockwork.now)
    clockwork.heartbeat("b2")
    assert commands(clockwork) == []


def test_a_safe_value_that_the_device_refused_is_not_given_again() -> None:
    clockwork = opened()
    due(clockwork)
    answer(clockwork, commands(clockwork)[0], Status.FAILED, Code.DEVICE_REFUSED)
    clockwork.heartbeat("b1", 2)
    assert commands(clockwork) == []
