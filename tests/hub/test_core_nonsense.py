"""Whatever comes in any topic, the core refuses it by name or takes it: it never fails."""

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from hub.link.link import Incoming
from tests.hub.test_core import Clockwork
from tests.wire.speaker import LAMP

TOPICS = [
    *(f"clayhub/{LAMP}/{leaf}" for leaf in ("info", "state", "availability", "result", "command")),
    "clayhub/agent/pi/heartbeat",
    "clayhub/agent/pi/availability",
    "clayhub/agent/pi/backlog",
    "clayhub/phytotron/oven/state",
    "clayhub/agent/other/heartbeat",
    "clayhub/hub/heartbeat",
    "elsewhere/state",
    "",
]

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=8)
NAMES = (
    "ts epoch n quality red id channel value status until boot beat oldest newest config health topic payload "
    "title driver agent period commands channels"
)
words = st.sampled_from(NAMES.split())
texts = st.sampled_from(["done", "pending", "pi", f"clayhub/{LAMP}/state", "2026-11-22T11:35:02.123Z", "e1", "red"])
values = st.recursive(
    scalars | texts, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=8
)
payloads = st.binary(max_size=30) | (st.dictionaries(words, values, max_size=8) | values).map(orjson.dumps)


@given(st.lists(st.tuples(st.sampled_from(TOPICS), payloads, st.booleans()), max_size=6))
def test_nonsense_never_fails(messages: list[tuple[str, bytes, bool]]) -> None:
    clockwork = Clockwork()
    clockwork.heartbeat()
    incoming = [Incoming(topic, payload, retain, None, None) for topic, payload, retain in messages]
    for message in incoming:
        clockwork.core.on_message(message, clockwork.now)
    clockwork.core.take(incoming, clockwork.now)
    lane: Any = clockwork.core.effects.lane
    assert all(isinstance(word, bytes | str | int) for word in lane.words())
    orjson.dumps(clockwork.core.effects.journal.delta())
