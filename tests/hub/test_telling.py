"""Which readings are told to the panels at once, also under load."""

import pytest

from hub.contract import topics
from hub.contract.command import Result, Status
from hub.contract.reading import Reading
from hub.contract.topics import Leaf
from hub.link.link import Incoming
from tests.hub.test_core import Clockwork
from tests.wire.speaker import LAMP, TS


@pytest.mark.parametrize("commanded", [True, False])
def test_what_a_commanded_device_shows_is_awaited(commanded: bool) -> None:
    clockwork = Clockwork()
    clockwork.heartbeat()
    reading = Reading(TS, "epoch-b1", 1, {"red": 60.0})
    result = Result("r1", "red", 60, Status.DONE, TS, "epoch-b1", 2)
    messages = [Incoming(topics.device(LAMP, Leaf.STATE), reading.encode(), False, None, None)]
    if commanded:
        messages.append(Incoming(topics.device(LAMP, Leaf.RESULT), result.encode(), False, None, None))
    clockwork.core.take(messages, clockwork.now)
    assert clockwork.core.effects.live
    assert clockwork.core.effects.live.awaited is commanded
