"""A hub whose Redis is full, whose Redis cannot write, whose disk is full: it says so, loses nothing, and goes on."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import redis

from hub import outage
from hub.core import capacity
from hub.state import keys
from hub.state.refusal import refusal
from tests.hub.test_notifier import Mailbox, mailbox
from tests.servers import MosquittoServer, RedisServer, wait_until
from tests.wire.agents import Ear
from tests.wire.hubs import Lab, entries
from tests.wire.speaker import Speaker

__all__ = ["mailbox"]

STORE, DISK = "store-redis", "disk-hub"


def done(lab: Lab, agent: Speaker, value: float) -> bool:
    """Whether a command of the panel gets through to its end."""
    agent.heartbeat()
    asked = lab.ask("red", value)
    agent.answer(agent.commands.get(timeout=10))
    return lab.outcome(asked)["status"] == "done"


def use(client: redis.Redis, share: float) -> None:
    """Make the memory so small that it is used to that share; 0 for no limit."""
    used: int = client.info("memory")["used_memory"]
    client.config_set("maxmemory", round(used / share) if share else 0)


def standing(lab: Lab, alarm: str) -> bool:
    """Whether the alarm stands."""
    return alarm in lab.view.snapshot()["alarms"]


def waits(lab: Lab, agent: Speaker) -> None:
    """A reading is shown, and kept by its agent."""
    n, before = agent.read(), lab.redis.xlen(keys.READINGS)
    wait_until(lambda: (lab.lamp()["state"] or {}).get("n") == n, "it is shown")
    assert not agent.offered_again()
    assert lab.redis.xlen(keys.READINGS) <= before


def goes_on(lab: Lab, agent: Speaker, alarm: str) -> None:
    """The alarm is over, and nothing was lost or doubled."""
    wait_until(lambda: not standing(lab, alarm), "the alarm is over")
    wait_until(agent.offered_again, "what waited is stored")
    numbers = [int(fields[b"n"]) for _, fields in entries(lab.redis, keys.READINGS) if fields[b"e"] == b"e1"]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("share", [0.9, 1.05], ids=["nearly", "quite"])
def test_fault_27_a_full_redis_keeps_readings_waiting_and_lets_commands_through(lab: Lab, share: float) -> None:
    agent = lab.agent()
    agent.read()
    wait_until(agent.offered_again, "stored")
    use(lab.redis, share)
    wait_until(lambda: standing(lab, STORE), "the alarm stands")
    waits(lab, agent)
    assert done(lab, agent, 0)
    use(lab.redis, 0)
    goes_on(lab, agent, STORE)


def test_fault_27_the_oldest_readings_make_room(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "READINGS_FLOOR", 100)
    agent = lab.agent()
    for _ in range(3_000):
        lab.redis.xadd(keys.READINGS, {"d": "phytotron/old", "a": "x", "e": "x", "n": 1, "r": 1, "j": "x" * 1_000})
    use(lab.redis, 0.85)
    wait_until(lambda: lab.redis.xlen(keys.READINGS) < 2_900, "the oldest are forgotten")
    goes_on(lab, agent, STORE)
    assert lab.redis.xlen(keys.READINGS) > 100, "and not more than needed"


@contextmanager
def dead(server: RedisServer) -> Iterator[None]:
    """It does not run."""
    server.kill()
    try:
        yield
    finally:
        server.start()


@pytest.mark.parametrize(("broken", "gone"), [(RedisServer.full_disk, False), (dead, True)])
def test_a_redis_that_takes_nothing_is_told_of_without_it(
    lab: Lab,
    redis_server: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[[RedisServer], AbstractContextManager[None]],
    gone: bool,
) -> None:
    monkeypatch.setattr(outage, "LASTING", 1.0)
    agent = lab.agent()
    agent.read()
    reserve = redis_server.folder / "hub" / "reserve"
    wait_until(reserve.exists, "the hub has kept some room")
    with Ear(lab.broker.port) as ear:
        with broken(redis_server):
            said = ear.wait(f"clayhub/alarm/{STORE}")
            assert said["state"] == "unacknowledged"
            agent.read()
            with pytest.raises(redis.RedisError) as refused:
                lab.ask("red", 60)
            assert reserve.exists() is gone, "given up for a full disk only"
            reason = refusal(refused.value)
            assert said["message"].startswith(reason or "Redis does not answer")
            assert (reason == "Redis cannot write to its disk: make room there. It goes on by itself.") is not gone
        ear.wait(f"clayhub/alarm/{STORE}", lambda alarm: alarm["state"] == "normal")
    wait_until(agent.offered_again, "what waited is stored")
    assert lab.history()[-1] == ("e1", 2)
    assert done(lab, agent, 60)
    wait_until(reserve.exists, "there is room again")


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # used by Apprise
def test_a_hub_that_finds_no_redis_when_it_begins_says_so_too(
    broker: MosquittoServer, redis_server: RedisServer, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "LASTING", 1.0)
    lab = Lab(broker, redis_server, (mailbox.url,), notify={})
    lab.hubs[0].stop()
    with Ear(broker.port) as ear:
        with dead(redis_server):
            again = lab.second_hub((mailbox.url,))
            assert ear.wait(f"clayhub/alarm/{STORE}")["state"] == "unacknowledged"
            wait_until(lambda: mailbox.titles, "somebody is told")
            assert "READY=1" not in again.words
        ear.wait(f"clayhub/alarm/{STORE}", lambda alarm: alarm["state"] == "normal")
    assert "Redis does not answer" in mailbox.titles[0]
    wait_until(lambda: len(mailbox.titles) == 2, "and that it is over")
    agent = lab.agent()
    assert done(lab, agent, 60)
    lab.close()


def test_fault_28_readings_wait_before_the_disk_is_full(
    broker: MosquittoServer, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab(broker, redis_server)
    agent = lab.agent()
    with monkeypatch.context() as patch:
        patch.setattr(capacity, "SPARE", 2.0)  # so much must be free of any disk
        patch.setattr(capacity, "MOST_SPARE", 2**80)
        wait_until(lambda: standing(lab, DISK), "the alarm stands")
        waits(lab, agent)
        assert done(lab, agent, 0)
    goes_on(lab, agent, DISK)
    lab.close()
