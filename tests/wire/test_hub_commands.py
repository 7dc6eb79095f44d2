"""The way of a command: from Redis to an agent and back, each with exactly one end."""

import queue

import pytest
from redis import Redis

from hub.contract.command import Status
from hub.contract.errors import ClayhubError, Code
from hub.link.link import Link
from hub.state import keys
from hub.state.requests import Requests
from tests.servers import MosquittoServer, RedisServer, wait_until
from tests.wire.hubs import Lab, entries
from tests.wire.speaker import LAMP


def test_a_command_goes_guarded_to_the_agent_and_its_result_comes_back(lab: Lab) -> None:
    agent = lab.agent()
    request = lab.ask("red", 60)
    command = agent.commands.get(timeout=30)
    assert (command.id, command.channel, command.value) == (request, "red", 60)
    assert command.boot == "b1"
    assert 0 < command.beat <= agent.beat, "one that the agent sent; its latest may still be under way"
    assert command.token == lab.view.snapshot()["hub"]["token"]
    wait_until(lambda: lab.lamp()["requested"].get("red"), "shown as requested")
    assert lab.lamp()["requested"]["red"]["status"] == "pending"
    agent.answer(command, until="2026-11-22T11:36:02.123Z")
    record = lab.outcome(request)
    assert (record["status"], record["who"], record["source"]) == (Status.DONE, "anna", "panel")
    assert record["until"] == 1795347362123
    assert lab.lamp()["requested"]["red"]["status"] == "done"
    wait_until(lambda: not agent.kept, "confirmed")
    assert lab.audit() == ["pending", "done"]
    assert lab.redis.xlen(keys.REQUESTS) == 0


def test_a_command_is_on_record_before_it_is_sent(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that is killed just after sending must not leave the request to the next one, which would call it expired:
    the device has done it."""
    seen: list[tuple[int, list[str]]] = []
    publish = Link.publish

    def look_first(link: Link, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        if topic.endswith("/command"):
            seen.append((len(entries(lab.redis, keys.REQUESTS)), lab.audit()))
        return publish(link, topic, payload, qos=qos, retain=retain)

    agent = lab.agent()
    monkeypatch.setattr(Link, "publish", look_first)
    lab.ask("red", 60)
    agent.commands.get(timeout=30)
    assert seen == [(0, ["pending"])]


def test_counters_grow_under_one_token(lab: Lab) -> None:
    agent = lab.agent()
    lab.ask("red", 1)
    lab.ask("red", 2)
    first, second = agent.commands.get(timeout=30), agent.commands.get(timeout=30)
    assert (first.value, second.value) == (1, 2)
    assert first.counter < second.counter
    assert first.token == second.token


@pytest.mark.parametrize(
    ("key", "channel", "value", "code"),
    [
        ("phytotron/oven", "red", 1, Code.UNKNOWN_TARGET),
        (LAMP, "blue", 1, Code.UNKNOWN_TARGET),
        (LAMP, "temp", 1, Code.READ_ONLY),
        (LAMP, "red", 101, Code.OUT_OF_RANGE),
        (LAMP, "red", "60", Code.WRONG_TYPE),
        (LAMP, "red", True, Code.WRONG_TYPE),
        (LAMP, "power", 1, Code.WRONG_TYPE),
        (LAMP, "mode", "dusk", Code.OUT_OF_RANGE),
    ],
)
def test_what_cannot_be_is_rejected_and_the_agent_hears_nothing(
    lab: Lab, key: str, channel: str, value: object, code: Code
) -> None:
    agent = lab.agent()
    record = lab.outcome(lab.ask(channel, value, key))
    assert (record["status"], record["code"]) == (Status.REJECTED, code)
    with pytest.raises(queue.Empty):
        agent.commands.get_nowait()
    assert not lab.redis.hexists(keys.REQUESTED, "phytotron/oven/red")


def test_an_agents_refusal_and_failure_are_passed_on(lab: Lab) -> None:
    agent = lab.agent()
    request = lab.ask("power", True)
    agent.answer(agent.commands.get(timeout=30), Status.FAILED, code="no_answer", reason="The lamp is silent.")
    record = lab.outcome(request)
    assert (record["status"], record["code"], record["reason"]) == ("failed", "no_answer", "The lamp is silent.")


def test_a_result_that_comes_twice_counts_once(lab: Lab) -> None:
    agent = lab.agent()
    request = lab.ask("red", 1)
    command = agent.commands.get(timeout=30)
    agent.answer(command)
    agent.backlog()
    agent.answer(command, Status.FAILED)
    assert lab.outcome(request)["status"] == Status.DONE
    wait_until(lambda: not agent.kept, "confirmed")
    assert lab.outcome(request)["status"] == Status.DONE
    assert lab.audit() == ["pending", "done"]


def test_nothing_is_kept_for_an_agent_that_is_away(lab: Lab) -> None:
    agent = lab.agent()
    agent.die()
    wait_until(lambda: lab.view.snapshot()["agents"]["pi"]["availability"] == "offline", "the will was heard")
    record = lab.outcome(lab.ask("red", 60))
    assert (record["status"], record["code"]) == (Status.REJECTED, Code.AGENT_OFFLINE)
    back = lab.agent(boot="b2")
    with pytest.raises(queue.Empty):
        back.commands.get_nowait()


def test_an_agent_lost_before_it_answers_leaves_the_outcome_unknown(lab: Lab) -> None:
    agent = lab.agent()
    request = lab.ask("red", 60)
    agent.commands.get(timeout=30)
    agent.die()
    record = lab.outcome(request)
    assert (record["status"], record["code"]) == (Status.UNKNOWN, Code.AGENT_OFFLINE)


def test_what_others_set_by_mqtt_is_on_record_once(lab: Lab) -> None:
    agent = lab.agent()
    agent.result("node-red-1", "red", 30)
    agent.backlog()
    wait_until(lambda: not agent.kept, "confirmed")
    assert lab.lamp()["requested"]["red"]["value"] == 30
    (record,) = lab.view.audit(10)
    assert (record["id"], record["source"], record["who"]) == ("node-red-1", "mqtt", None)


def test_without_a_hub_nothing_can_be_asked(redis_server: RedisServer, redis_client: Redis) -> None:
    with pytest.raises(ClayhubError) as caught:
        Requests(redis_client).send("set", "anna", "panel", key=LAMP, channel="red", value=1)
    assert caught.value.code is Code.HUB_DOWN
    assert redis_client.keys() == []


def test_a_hub_that_comes_too_late_expires_what_was_asked(
    broker: MosquittoServer, redis_server: RedisServer, redis_client: Redis
) -> None:
    redis_client.set(keys.HUB, "a hub that dies now")
    requests = Requests(redis_client)
    request = requests.send("set", "anna", "panel", key=LAMP, channel="red", value=1)
    ((entry, fields),) = entries(redis_client, keys.REQUESTS)
    redis_client.xdel(keys.REQUESTS, entry)
    redis_client.xadd(keys.REQUESTS, {"j": fields[b"j"], "deadline": int(fields[b"deadline"]) - 5_001})
    redis_client.delete(keys.HUB)
    lab = Lab(broker, redis_server)
    try:
        record = lab.outcome(request)
        assert (record["status"], record["code"]) == (Status.EXPIRED, Code.EXPIRED)
    finally:
        lab.close()


def test_a_command_that_is_not_the_latest_of_its_channel_has_an_end_too_when_the_hub_is_replaced(lab: Lab) -> None:
    """Two of the panel's and one of Node-RED are on their way: beside the channel stands only the last."""
    agent = lab.agent()
    first, second = lab.ask("red", 1), lab.ask("red", 2)
    one, two = agent.commands.get(timeout=30), agent.commands.get(timeout=30)
    agent.result("node-red-1", "red", None, Status.REJECTED, code="out_of_range", reason="red takes 0 to 100 %.")
    wait_until(lambda: lab.lamp()["requested"]["red"]["id"] == "node-red-1", "taken")
    lab.hubs[0].stop()
    second_hub = lab.second_hub()
    wait_until(lambda: "READY=1" in second_hub.words, "the second hub works")
    agent.heartbeat()
    agent.answer(one)
    agent.answer(two)
    assert (lab.outcome(first)["status"], lab.outcome(second)["status"]) == (Status.DONE, Status.DONE)
    assert lab.lamp()["requested"]["red"]["id"] == "node-red-1"


def test_a_result_that_comes_with_the_backlog_is_the_end_of_its_command(lab: Lab) -> None:
    """The agent answered while the broker or the hub was away."""
    agent = lab.agent()
    request = lab.ask("red", 60)
    command = agent.commands.get(timeout=30)
    agent.muted = True
    agent.answer(command)
    wait_until(agent.offered_again, "stored")
    assert lab.outcome(request)["status"] == Status.DONE
    assert lab.audit() == ["pending", "done"]
