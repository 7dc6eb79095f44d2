"""Who is there, as the hub knows it: agents, their devices, and other hubs."""

import signal

import pytest

from hub.contract import topics
from hub.contract.topics import Leaf
from hub.state import keys
from tests.servers import wait_until
from tests.wire.hubs import Lab, entries
from tests.wire.speaker import AGENT, LAMP


def test_the_devices_of_a_dead_agent_are_taken_back_and_come_again_with_it(lab: Lab) -> None:
    agent = lab.agent()
    wait_until(lambda: lab.lamp()["availability"] == "online", "there")
    agent.die()
    wait_until(lambda: lab.lamp()["availability"] == "offline", "taken back")
    lab.agent(boot="b2")
    wait_until(lambda: lab.lamp()["availability"] == "online", "there again")


def test_a_late_will_does_not_leave_living_devices_offline(lab: Lab) -> None:
    agent = lab.agent()
    agent.say(topics.agent(AGENT, Leaf.AVAILABILITY), b"offline", retain=True)
    wait_until(lambda: lab.lamp()["availability"] == "offline", "believed")
    agent.heartbeat()
    wait_until(lambda: lab.lamp()["availability"] == "online", "there again")


def test_a_fault_is_shown(lab: Lab) -> None:
    agent = lab.agent()
    agent.say(topics.device(LAMP, Leaf.AVAILABILITY), b"fault", retain=True)
    wait_until(lambda: lab.lamp()["availability"] == "fault", "shown")


def test_nonsense_in_any_topic_changes_nothing_and_the_hub_goes_on(lab: Lab) -> None:
    agent = lab.agent()
    for leaf in (Leaf.INFO, Leaf.STATE, Leaf.AVAILABILITY, Leaf.RESULT):
        for payload in (b"", b"\xff", b"[]", b"{", b'{"n":1}', b"[" * 70_000):
            agent.say(topics.device(LAMP, leaf), payload)
    agent.say("clayhub/phytotron/oven/state", b'{"ts":"x","epoch":"e1","n":1}')
    agent.say("clayhub/agent/other/heartbeat", b"{}")
    agent.say("clayhub/agent/pi/backlog", b'{"topic":"clayhub/phytotron/lamp/info","payload":{}}')
    agent.read(red=1.0)
    wait_until(lambda: not agent.kept, "confirmed")
    assert lab.lamp()["info"]["title"] == "Lamp"
    assert set(lab.view.snapshot()["devices"]) == {LAMP}
    assert lab.redis.xlen(keys.DEAD) > 10


def test_a_second_hub_waits_and_takes_over_under_a_greater_token(lab: Lab) -> None:
    first = lab.view.snapshot()["hub"]
    second = lab.second_hub()
    lab.hubs[0].stop()
    wait_until(lambda: "READY=1" in second.words, "the second hub works")
    assert lab.view.snapshot()["hub"]["token"] > first["token"]
    agent = lab.agent()
    request = lab.ask("red", 5)
    agent.answer(agent.commands.get(timeout=30))
    assert lab.outcome(request)["status"] == "done"


def test_a_hub_that_lost_its_lock_to_another_does_nothing_more(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    agent = lab.agent()
    lab.redis.set(keys.HUB, '{"boot":"other","token":99999999999,"since":0,"config":"x"}')
    agent.read(red=66.0)
    wait_until(lambda: "the lock in Redis was lost" in caplog.text, "it has found out")
    lab.redis.delete(keys.HUB)
    wait_until(lambda: lab.hubs[0].words.count("READY=1") == 2, "at work again")
    assert lab.history() == []


def test_after_a_frozen_redis_the_hub_goes_on(lab: Lab) -> None:
    agent = lab.agent()
    lab.redis_server.signal(signal.SIGSTOP)
    agent.read(red=1.0)
    lab.redis_server.signal(signal.SIGCONT)

    wait_until(agent.offered_again, "confirmed")
    assert lab.history() == [("e1", 1)]


def test_what_was_asked_of_a_frozen_hub_is_not_done_when_it_thaws(lab: Lab) -> None:
    agent = lab.agent()
    hub = lab.hubs[0]
    hub.thawed.clear()
    assert hub.frozen.wait(30)
    request = lab.ask("red", 60)
    ((_, asked),) = entries(lab.redis, keys.REQUESTS)
    wait_until(lambda: not lab.view.hub_alive(), "the lock has run out")
    wait_until(lambda: lab.view.snapshot()["time"] > int(asked[b"deadline"]), "the request is too old")
    hub.thawed.set()
    assert lab.outcome(request)["status"] == "expired"
    assert agent.commands.empty()
    lab.agent(boot="b2")
