"""What happens to a device by itself: shown at once, kept among the commands, once."""

from hub.contract.topics import Leaf
from tests.servers import wait_until
from tests.wire.hubs import Lab


def test_what_happened_to_a_device_is_shown_and_audited_once(lab: Lab) -> None:
    agent = lab.agent()
    cursor = lab.view.snapshot()["cursor"]
    agent.read()
    agent.happened("It has rebooted.")
    agent.backlog()
    agent.read()
    wait_until(lambda: not agent.kept, "confirmed")
    shown = [record for delta in lab.view.follow(cursor, 5)[1] for record in delta.get("commands", ())]
    assert [(record["kind"], record["reason"]) for record in shown] == [("event", "It has rebooted.")]
    (record,) = lab.view.audit(10)
    assert (record["key"], record["source"], record["reason"]) == ("phytotron/lamp", "device", "It has rebooted.")
    assert len(lab.history()) == 2


def test_a_wrong_event_blocks_nothing(lab: Lab) -> None:
    agent = lab.agent()
    agent.numbered(Leaf.EVENT, lambda _n: b'{"ts": "t", "epoch": "e1", "n": 1, "text": 5}')
    agent.read()
    wait_until(lambda: not agent.kept, "confirmed")
    assert lab.view.audit(10) == []
