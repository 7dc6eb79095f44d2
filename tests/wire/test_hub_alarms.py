"""Alarms through the whole hub: from a reading to Redis, broker and panel, and back by somebody who knows."""

from collections.abc import Iterator

import pytest

from hub.contract.command import Status
from hub.state.record import Record
from tests.hub.test_notifier import Mailbox, mailbox
from tests.servers import MosquittoServer, RedisServer, wait_until
from tests.wire.agents import Ear
from tests.wire.hubs import Json, Lab

__all__ = ["mailbox"]

HOT = {"stand": "phytotron", "channel": "lamp.temp", "high": 40, "priority": "high", "latched": True}
TOPIC = "clayhub/alarm/hot"


@pytest.fixture
def warm(broker: MosquittoServer, redis_server: RedisServer) -> Iterator[Lab]:
    """A lab whose lamp may have 40 °C."""
    lab = Lab(broker, redis_server, alarms={"hot": HOT})
    yield lab
    lab.close()


def standing(lab: Lab) -> dict[str, Json]:
    """The alarms as a panel sees them."""
    found: dict[str, Json] = lab.view.snapshot()["alarms"]
    return found


def acknowledge(lab: Lab, alarm: str, note: str = "") -> Record:
    """Anna knows."""
    return lab.outcome(lab.requests.send("alarm", "anna", "panel", name=alarm, action="acknowledge", note=note))


def test_an_alarm_is_stored_published_acknowledged_and_goes(warm: Lab) -> None:
    agent = warm.agent()
    cursor = warm.view.snapshot()["cursor"]
    agent.read(temp=50.5)
    wait_until(lambda: "hot" in standing(warm), "the alarm stands")
    _, deltas = warm.view.follow(cursor, 1)
    assert any(delta.get("alarms", {}).get("hot") for delta in deltas)
    with Ear(warm.broker.port) as ear:
        assert ear.wait(TOPIC)["value"] == 50.5
        assert acknowledge(warm, "hot", "on my way")["status"] == Status.DONE
        said = ear.wait(TOPIC, lambda alarm: alarm["state"] == "acknowledged")
        assert (said["by"], said["note"]) == ("anna", "on my way")
        assert acknowledge(warm, "hot")["reason"] == "The alarm hot has been acknowledged by anna already."
        agent.read(temp=20.0)
        ear.wait(TOPIC, lambda alarm: alarm["state"] == "normal")
    wait_until(lambda: standing(warm) == {}, "over")
    changes = [(change["id"], change["state"], change["by"], change["note"]) for change in warm.view.alarm_history(9)]
    assert changes == [
        ("hot", "normal", "anna", "on my way"),
        ("hot", "acknowledged", "anna", "on my way"),
        ("hot", "unacknowledged", None, None),
    ]
    record = warm.view.audit(2)[1]
    assert (record["kind"], record["name"], record["note"], record["who"]) == ("alarm", "hot", "on my way", "anna")


def test_an_alarm_outlives_the_hub(warm: Lab) -> None:
    agent = warm.agent()
    agent.read(temp=50.5)
    wait_until(lambda: "hot" in standing(warm), "the alarm stands")
    raised = standing(warm)["hot"]["raised"]
    warm.hubs[0].stop()
    again = warm.second_hub()
    wait_until(lambda: "READY=1" in again.words, "the second hub works")
    assert standing(warm)["hot"]["raised"] == raised
    wait_until(lambda: warm.agents[0].say("x", b"") and agent.offered_again(), "the agent is heard")
    agent.read(temp=20.0)
    wait_until(lambda: standing(warm)["hot"]["state"] == "returned", "the value is back")


def test_a_broker_that_was_restarted_is_told_of_every_alarm_again(warm: Lab) -> None:
    warm.agent().read(temp=50.5)
    wait_until(lambda: "hot" in standing(warm), "the alarm stands")
    warm.broker.kill()
    warm.broker.start()
    with Ear(warm.broker.port) as ear:
        assert ear.wait(TOPIC)["state"] == "unacknowledged"


def test_fault_09_a_retained_command_that_an_agent_refused_is_an_alarm(warm: Lab) -> None:
    warm.agent().result("x", "red", None, Status.REJECTED, code="retained", reason="It was retained.")
    wait_until(lambda: "retained-phytotron-lamp" in standing(warm), "the alarm stands")
    assert standing(warm)["retained-phytotron-lamp"]["state"] == "returned"
    assert acknowledge(warm, "retained-phytotron-lamp")["status"] == Status.DONE
    assert "retained-phytotron-lamp" not in standing(warm)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # used by Apprise
def test_notices_are_sent_and_their_failure_does_the_hub_no_harm(
    broker: MosquittoServer, redis_server: RedisServer, mailbox: Mailbox
) -> None:
    addresses = ("json://127.0.0.1:9/", mailbox.url)
    lab = Lab(broker, redis_server, addresses, alarms={"hot": HOT | {"message": "Too hot."}}, notify={})
    agent = lab.agent()
    agent.read(temp=50.5)
    wait_until(lambda: mailbox.titles == ["clayhub: alarm: Too hot."], "somebody is told")
    mailbox.broken = True
    agent.read(temp=20.0)
    assert acknowledge(lab, "hot")["status"] == Status.DONE
    wait_until(lambda: standing(lab) == {}, "over")
    lab.close()
