"""The way of a reading: from an agent's words to Redis, once and in order, whatever happens between."""

import contextlib

import pytest

from hub.state import keys
from hub.state.view import Lost
from tests.servers import wait_until
from tests.slow_disk import slow_disk_until_killed
from tests.wire.hubs import Lab, entries
from tests.wire.speaker import LAMP


def busy(lab: Lab) -> bool:
    """Whether Redis waits for its disk, and keeps in its own memory what it is told."""
    found = lab.redis.info("persistence")
    return bool(found["aof_pending_bio_fsync"])


def test_a_reading_is_state_event_and_history_and_then_confirmed(lab: Lab) -> None:
    agent = lab.agent()
    cursor = lab.view.snapshot()["cursor"]
    agent.read(red=60.0, temp=21.5)
    wait_until(lambda: not agent.kept, "confirmed")
    assert lab.lamp()["state"]["red"] == 60.0
    assert lab.lamp()["info"]["title"] == "Lamp"
    assert lab.lamp()["availability"] == "online"
    assert lab.history() == [("e1", 1)]
    seen = [delta["devices"][LAMP] for delta in lab.view.follow(cursor, 5)[1] if LAMP in delta.get("devices", {})]
    assert [change["state"]["temp"] for change in seen if "state" in change] == [21.5]
    assert [reading["temp"] for reading in lab.view.readings(LAMP, 10)] == [21.5]


def test_a_wrong_reading_is_a_dead_letter_and_blocks_nothing(lab: Lab) -> None:
    agent = lab.agent()
    agent.read(red="sixty")
    agent.read(blue=1.0)
    agent.read(red=1.0)
    wait_until(lambda: not agent.kept, "confirmed")
    assert lab.history() == [("e1", 3)]
    assert lab.lamp()["state"]["red"] == 1.0
    codes = [fields[b"code"] for _, fields in entries(lab.redis, keys.DEAD)]
    assert codes == [b"wrong_type", b"unknown_target"]


def test_what_the_agent_kept_during_an_outage_fills_the_history_in_order(lab: Lab) -> None:
    agent = lab.agent()
    agent.read()
    wait_until(lambda: not agent.kept, "confirmed")
    lab.redis_server.kill()
    for _ in range(50):
        agent.read()
    lab.redis_server.start()
    agent.read()
    wait_until(agent.offered_again, "all confirmed")
    assert lab.history() == [("e1", n) for n in range(1, 53)]


def test_fault_26_what_redis_has_in_memory_only_is_not_confirmed(lab: Lab) -> None:
    """Redis's disk is slow, so that Redis has readings in its own memory only when it gets `kill -9`: it had answered,
    but nobody was told that they are stored. It is back: all of them come again, and stand in it once."""
    agent = lab.agent()
    agent.read()
    with slow_disk_until_killed(lab.redis_server):
        wait_until(lambda: agent.read() and busy(lab), "the disk is busy")
        agent.read()
        wait_until(lambda: lab.history()[-1:] == [("e1", agent.n)], "Redis shows the latest")
        with contextlib.suppress(AssertionError):
            wait_until(lambda: agent.n not in agent.kept, "confirmed, which must not be", 0.5)
    lab.redis_server.start()
    wait_until(agent.offered_again, "confirmed")
    assert lab.history() == [("e1", n) for n in range(1, agent.n + 1)]


def test_fault_26_what_became_of_a_command_outlives_a_redis_that_had_it_in_memory_only(lab: Lab) -> None:
    """The disk is slow, a command of the panel is done, and Redis gets `kill -9`: when it is back, the end of the
    command stands there again."""
    agent = lab.agent()
    agent.read()

    def busy_for_a_living_agent() -> bool:
        agent.read()
        agent.heartbeat()  # that was a while ago, and the hub commands nobody who is silent
        return busy(lab)

    with slow_disk_until_killed(lab.redis_server):
        wait_until(busy_for_a_living_agent, "the disk is busy")
        request = lab.ask("red", 60)
        agent.answer(agent.commands.get(timeout=30))
        assert lab.outcome(request)["status"] == "done"
    lab.redis_server.start()
    wait_until(agent.offered_again, "confirmed")
    wait_until(lambda: lab.requests.wait(request, 0), "it is on record")
    assert lab.outcome(request)["status"] == "done"
    assert lab.lamp()["requested"]["red"]["id"] == request


def test_fault_26_a_device_outlives_a_redis_that_had_it_in_memory_only(lab: Lab) -> None:
    """The disk is slow, a device is described and its agent says that it works, and Redis gets `kill -9`: when it is
    back, the device is there as before."""
    lab.redis.set("something", 1)
    with slow_disk_until_killed(lab.redis_server):
        wait_until(lambda: lab.redis.set("something", 1) and busy(lab), "the disk is busy")
        agent = lab.agent()
        agent.read(red=60.0)
        before = wait_until(lambda: (found := lab.lamp()).get("state") and found, "it is there")
    lab.redis_server.start()

    def is_back() -> bool:
        agent.heartbeat()
        return bool(lab.view.snapshot()["devices"].get(LAMP) == before)

    wait_until(is_back, "it is there as before")


def test_fault_26_a_disk_that_stays_slow_delays_what_is_confirmed_and_no_more(lab: Lab) -> None:
    """The disk stays slow: what is read meanwhile is confirmed all the same, when Redis has written it."""
    agent = lab.agent()
    agent.read()
    with slow_disk_until_killed(lab.redis_server):
        wait_until(lambda: agent.read() and busy(lab), "the disk is busy")
        late = agent.read()
        wait_until(lambda: agent.read() and late not in agent.kept, "confirmed")
    lab.redis_server.start()
    wait_until(agent.offered_again, "confirmed")
    assert lab.history() == [("e1", n) for n in range(1, agent.n + 1)]


def test_numbers_that_are_gone_are_recorded_as_a_gap(lab: Lab) -> None:
    agent = lab.agent()
    agent.read()
    wait_until(lambda: not agent.kept, "confirmed")
    agent.n = 9
    agent.heartbeat()
    agent.read()
    wait_until(lambda: not agent.kept, "confirmed")
    assert lab.history() == [("e1", 1), "gap 2-9", ("e1", 10)]
    seen = lab.view.readings(LAMP, 3, "pi")
    assert [reading.get("gap", reading.get("n")) for reading in seen] == [1, "2-9", 10]
    assert [reading["n"] for reading in lab.view.readings(LAMP, 3, "another")] == [1, 10]


def test_a_gap_between_others_is_recorded_and_blocks_nothing(lab: Lab) -> None:
    agent = lab.agent()
    agent.muted = True
    for _ in range(9):
        agent.read()
    for n in (3, 4, 5, 8):
        del agent.kept[n]
    agent.muted = False
    backlog = "clayhub/agent/pi/backlog"

    def offered_again() -> bool:
        """Also twice, and with gaps that cannot be."""
        agent.backlog()
        for gap in ("[3, 5]", "[3, 5]", "[8, 8]", "[5, 3]", "[0, 9]", "[7]", "7", '["3", "5"]'):
            agent.say(backlog, f'{{"epoch": "e1", "gap": {gap}}}'.encode())
        agent.say(backlog, b'{"epoch": "e0", "gap": [1, 9]}')
        return not agent.kept

    wait_until(offered_again, "all confirmed")
    assert lab.history() == [("e1", 1), ("e1", 2), "gap 3-5", ("e1", 6), ("e1", 7), "gap 8-8", ("e1", 9)]


def test_an_agent_that_begins_anew_is_followed(lab: Lab) -> None:
    first = lab.agent()
    first.read()
    wait_until(lambda: not first.kept, "confirmed")
    first.die()
    second = lab.agent(boot="b2", epoch="e2")
    second.read()
    wait_until(lambda: not second.kept, "confirmed")
    assert lab.history() == [("e1", 1), "gap epoch", ("e2", 1)]


def test_a_redis_that_lost_its_data_is_filled_again(lab: Lab) -> None:
    agent = lab.agent()
    agent.read()
    wait_until(lambda: not agent.kept, "confirmed")
    cursor = lab.view.snapshot()["cursor"]
    lab.redis.flushall()

    def filled() -> bool:
        agent.heartbeat()
        return LAMP in (devices := lab.view.snapshot()["devices"]) and devices[LAMP]["availability"] == "online"

    wait_until(filled, "the lamp is known again")
    with pytest.raises(Lost):
        lab.view.follow(cursor, 1)
    wait_until(lambda: lab.lamp()["received"] == 1795347302123, "what the broker kept is shown, as old as it is")
    agent.read(red=5.0)
    wait_until(agent.offered_again, "confirmed")
    assert lab.history() == ["gap epoch", ("e1", 2)]


def test_after_a_restart_of_the_broker_all_goes_on(lab: Lab) -> None:
    agent = lab.agent()
    beat = agent.beat
    lab.broker.kill()
    lab.broker.start()
    wait_until(lambda: agent.beat > beat, "the agent is back")
    agent.read(red=7.0)
    wait_until(agent.offered_again, "confirmed")
    assert lab.history() == [("e1", 1)]
