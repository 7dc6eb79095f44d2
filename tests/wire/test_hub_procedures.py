"""Procedures and schedules through the whole hub: asked for in Redis, done by an agent."""

import time
from collections.abc import Iterator

import orjson
import pytest

from hub.state import keys
from hub.state.lock import SECONDS
from hub.state.view import View
from tests.proxy import Proxy
from tests.servers import MosquittoServer, RedisServer, wait_until
from tests.wire.hubs import Lab, RunningHub
from tests.wire.speaker import Speaker, lamp_config

GLOW = {
    "stand": "phytotron",
    "steps": [{"set": "lamp.red", "to": 50}, {"wait": "1h", "label": "glowing"}],
    "finally": [{"set": "lamp.red", "to": 0}],
}


@pytest.fixture
def glowing(broker: MosquittoServer, redis_server: RedisServer) -> Iterator[Lab]:
    """A lab with the procedure `glow` and a schedule that sets the lamp."""
    soon = {"every": "1s", "stand": "phytotron", "set": "lamp.red", "to": 7}
    lab = Lab(broker, redis_server, procedures={"glow": GLOW}, schedules={"soon": soon | {"enabled": False}})
    yield lab
    lab.close()


def answered(agent: Speaker) -> object:
    """Answer the next command; its value."""
    command = agent.commands.get(timeout=10)
    agent.answer(command)
    return command.value


def commanded(agent: Speaker) -> bool:
    """Whether a command waits, after a sign of life."""
    agent.heartbeat()
    return not agent.commands.empty()


def ask(lab: Lab, kind: str, name: str, action: str) -> str:
    """The status of such a request."""
    return lab.outcome(lab.requests.send(kind, "anna", "panel", name=name, action=action))["status"]


def test_a_procedure_runs_and_stop_leaves_it_safe(glowing: Lab) -> None:
    agent = glowing.agent()
    assert ask(glowing, "procedure", "glow", "start") == "done"
    assert answered(agent) == 50
    wait_until(lambda: glowing.view.snapshot()["runs"]["glow"]["stage"] == "glowing", "glowing")
    assert ask(glowing, "procedure", "glow", "start") == "rejected"
    assert ask(glowing, "procedure", "glow", "stop") == "done"
    assert answered(agent) == 0
    wait_until(lambda: glowing.view.snapshot()["runs"]["glow"]["state"] == "stopped", "stopped")
    assert ask(glowing, "procedure", "glow", "clear") == "done"
    wait_until(lambda: not glowing.view.snapshot()["runs"], "forgotten")


def test_a_new_hub_ends_what_the_one_before_left(glowing: Lab) -> None:
    agent = glowing.agent()
    ask(glowing, "procedure", "glow", "start")
    assert answered(agent) == 50
    wait_until(lambda: glowing.view.snapshot()["runs"]["glow"]["stage"] == "glowing", "glowing")
    glowing.hubs[0].stop()
    glowing.second_hub()
    wait_until(lambda: commanded(agent), "the new hub makes it safe")
    assert answered(agent) == 0
    wait_until(lambda: glowing.view.snapshot()["runs"]["glow"]["state"] == "stopped", "stopped")


def test_a_run_that_resumes_hears_what_became_of_a_command_while_the_hub_was_away(
    broker: MosquittoServer, redis_server: RedisServer
) -> None:
    lab = Lab(broker, redis_server, procedures={"glow": {**GLOW, "on_restart": "resume"}})
    try:
        agent = lab.agent()
        ask(lab, "procedure", "glow", "start")
        command = agent.commands.get(timeout=10)
        lab.hubs[0].stop()
        agent.answer(command)
        lab.second_hub()
        wait_until(lambda: agent.offered_again() and lab.view.snapshot()["hub"] is not None, "stored")
        wait_until(lambda: lab.view.snapshot()["runs"]["glow"]["stage"] == "glowing", "it goes on")
    finally:
        lab.close()


def test_a_flushed_redis_does_not_make_the_hub_forget_a_run(glowing: Lab) -> None:
    agent = glowing.agent()
    ask(glowing, "procedure", "glow", "start")
    assert answered(agent) == 50
    wait_until(lambda: glowing.view.snapshot()["runs"]["glow"]["stage"] == "glowing", "glowing")
    glowing.redis.flushall()
    wait_until(lambda: commanded(agent), "the hub makes it safe")
    assert answered(agent) == 0


def test_a_redis_that_is_away_for_long_does_not_leave_the_lamp_on(glowing: Lab) -> None:
    agent = glowing.agent()
    ask(glowing, "procedure", "glow", "start")
    assert answered(agent) == 50
    wait_until(lambda: glowing.view.snapshot()["runs"]["glow"]["stage"] == "glowing", "glowing")
    lost = time.monotonic() + SECONDS + 1
    glowing.redis_server.kill()
    wait_until(lambda: time.monotonic() > lost, "the lock has run out")
    glowing.redis_server.start()
    wait_until(lambda: commanded(agent), "the hub makes it safe")
    assert answered(agent) == 0
    wait_until(lambda: glowing.view.snapshot()["runs"]["glow"]["state"] == "stopped", "stopped")


def test_a_schedule_commands_when_it_is_started(glowing: Lab) -> None:
    agent = glowing.agent()

    def started() -> bool:
        agent.heartbeat()
        return ask(glowing, "schedule", "soon", "start") == "done"

    def done() -> bool:
        """Whether the latest run is done: each second there is a new one."""
        if commanded(agent):
            assert answered(agent) == 7
        return bool(glowing.view.snapshot()["schedules"]["soon"]["last_outcome"] == "done")

    wait_until(started, "schedules have begun")
    wait_until(done, "done")
    (record, *_) = [found for found in glowing.view.audit(10) if found["kind"] == "set"]
    assert (record["source"], record["who"]) == ("schedule", "schedule soon")


def test_a_missed_off_waits_for_the_broker(
    broker: MosquittoServer, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.tenure.AGENTS_PAUSE", 0.5)
    off = {"every": "24h", "stand": "phytotron", "set": "lamp.red", "to": 0}
    agent = Speaker(broker.port)
    with redis_server.client() as redis, Proxy(broker.port) as network:
        redis.hset(keys.SCHEDULES, "off", orjson.dumps({"enabled": True, "seen": 1_763_811_302_123}))
        network.turn("swallow")
        hub = RunningHub(lamp_config(network.port, redis_server.port, schedules={"off": off}), redis_server)
        wait_until(lambda: View(redis).hub_alive(), "the hub works")
        soon = time.monotonic() + 1.5
        wait_until(lambda: time.monotonic() > soon, "a hub that waits for nobody would have begun")
        network.turn("pass")
        wait_until(lambda: commanded(agent), "the lamp is commanded")
        assert answered(agent) == 0
        wait_until(lambda: View(redis).snapshot()["schedules"]["off"]["last_outcome"] == "done", "done")
        hub.stop()
    agent.stop()


@pytest.mark.parametrize(("kind", "name", "action"), [("procedure", "gone", "start"), ("procedure", "glow", "fly")])
def test_what_there_is_not_is_rejected(glowing: Lab, kind: str, name: str, action: str) -> None:
    assert ask(glowing, kind, name, action) == "rejected"
