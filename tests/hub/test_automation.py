"""Schedules and procedures in the hub's core."""

import orjson

from hub.state import keys
from tests.hub.test_core import Clockwork

GLOW = {"stand": "phytotron", "steps": [{"wait": "10m"}]}


def test_a_scheduled_run_never_begins_before_it_is_due_whatever_the_clocks_say() -> None:
    clockwork = Clockwork(procedures={"glow": GLOW}, schedules={"hourly": {"every": "1h", "procedure": "glow"}})
    clockwork.core.on_clock_set(clockwork.now)
    due = clockwork.now.ms + 7  # the timer's clock is a little ahead of the hub's
    clockwork.core.on_due("hourly", due, clockwork.now)
    words = clockwork.core.effects.journal.words()
    run = orjson.loads(words[words.index(keys.RUNS) + 2])  # type: ignore[arg-type]
    assert run["started"] == due
