"""The script that writes the hub's decisions: only the next number of an epoch, whatever comes and how often."""

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from redis import Redis

from hub.contract.command import Result, Status
from hub.contract.errors import Code
from hub.contract.presence import Stored
from hub.core.commands import foreign
from hub.state import keys
from hub.state.journal import Journal
from hub.state.lane import Lane
from hub.state.live import Live
from hub.state.lock import Lock, LockLostError
from hub.state.record import Record
from hub.state.view import Lost, View
from hub.state.writer import Writer
from tests.servers import RedisServer

NOW = 1_763_811_302_123
TS = "2026-11-22T11:35:02.123Z"


@pytest.fixture
def writer(redis_client: Redis) -> Writer:
    lock = Lock(redis_client, "boot", "hash")
    assert lock.take()
    redis_client.persist(keys.HUB)
    return Writer(redis_client, lock.value)


class Numbers(RuleBasedStateMachine):
    """An agent that numbers, repeats, loses and begins anew, against a model of what must be stored."""

    client: Redis

    def __init__(self) -> None:
        super().__init__()
        self.client.flushall()
        lock = Lock(self.client, "boot", "hash")
        assert lock.take()
        self.client.persist(keys.HUB)
        self.writer = Writer(self.client, lock.value)
        self.epoch: str | None = None
        self.last = 0
        self.history: list[tuple[str, str]] = []
        self.epochs = 0

    @rule(numbers=st.lists(st.integers(1, 30), max_size=8), other=st.booleans(), bad=st.booleans())
    def offer(self, numbers: list[int], other: bool, bad: bool) -> None:
        """Numbers in any order and again and again; of another epoch too; some refused."""
        lane = Lane()
        for n in numbers:
            epoch = "other" if other else f"e{self.epochs}"
            if bad:
                lane.refused("pi", epoch, n, "topic", Code.BAD_MESSAGE, "reason", b"payload")
            else:
                lane.reading("pi", epoch, n, "s/d", b"{}")
            if epoch == self.epoch and n == self.last + 1:
                self.last = n
                if not bad:
                    self.history.append((epoch, str(n)))
        self._write(lane)

    @rule(oldest=st.integers(1, 30))
    def beat(self, oldest: int) -> None:
        """A heartbeat: what is older than `oldest` is gone."""
        lane = Lane()
        epoch = f"e{self.epochs}"
        lane.beat("pi", epoch, oldest)
        if self.epoch != epoch:
            if self.epoch is not None or oldest > 1:
                self.history.append((epoch, "gap"))
            self.epoch, self.last = epoch, oldest - 1
        elif oldest - 1 > self.last:
            self.history.append((epoch, "gap"))
            self.last = oldest - 1
        self._write(lane)

    @rule()
    def begin_anew(self) -> None:
        """A new outbox."""
        self.epochs += 1

    @invariant()
    def only_the_next_number_is_stored(self) -> None:
        """History is what the model says, entry by entry."""
        entries: Any = self.client.xrange(keys.READINGS)
        assert self.history == [
            (fields[b"e"].decode(), "gap" if b"gap" in fields else fields[b"n"].decode()) for _, fields in entries
        ]

    def _write(self, lane: Lane) -> None:
        stored = self.writer.write(lane, Live(), Journal(), NOW).get("pi")
        assert stored is None or stored == Stored(self.epoch or "", self.last)


@pytest.fixture
def numbers(redis_client: Redis) -> type[Numbers]:
    Numbers.client = redis_client
    return Numbers


def test_only_the_next_number_is_stored(numbers: type[Numbers]) -> None:
    quick = settings(max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(numbers, settings=quick)


def test_a_batch_written_twice_adds_nothing(redis_client: Redis, writer: Writer) -> None:
    lane = Lane()
    lane.beat("pi", "e1", 1)
    for n in range(1, 201):
        lane.reading("pi", "e1", n, "s/d", b'{"n":%d}' % n)
    assert writer.write(lane, Live(), Journal(), NOW) == {"pi": Stored("e1", 200)}
    assert writer.write(lane, Live(), Journal(), NOW) == {"pi": Stored("e1", 200)}
    assert redis_client.xlen(keys.READINGS) == 200


def test_the_result_of_a_foreign_command_is_audited_in_its_turn(redis_client: Redis, writer: Writer) -> None:
    result = Result("id-1", "red", 5, Status.DONE, TS, "e1", 2)
    early, late = Lane(), Lane()
    early.beat("pi", "e1", 1)
    early.result("pi", "e1", 2, foreign("s/d", result, NOW))
    writer.write(early, Live(), Journal(), NOW)
    assert redis_client.xlen(keys.AUDIT) == 0
    late.reading("pi", "e1", 1, "s/d", b"{}")
    late.result("pi", "e1", 2, foreign("s/d", result, NOW))
    late.result("pi", "e1", 2, foreign("s/d", result, NOW))
    writer.write(late, Live(), Journal(), NOW)
    assert redis_client.xlen(keys.AUDIT) == 1


def test_a_final_record_stays_as_it_is(redis_client: Redis, writer: Writer) -> None:
    result = Result("id-1", "red", 5, Status.DONE, TS, "e1", 2)
    done = foreign("s/d", result, NOW)
    failed: Record = {**done, "status": Status.FAILED}
    for record in (done, failed, done):
        journal = Journal()
        journal.record(record, latest=True)
        writer.write(Lane(), Live(), journal, NOW)
    kept: Any = redis_client.get(keys.command("id-1"))
    assert orjson.loads(kept)["status"] == "done"
    assert redis_client.xlen(keys.AUDIT) == 1


def test_a_change_of_an_alarm_written_twice_is_one(redis_client: Redis, writer: Writer) -> None:
    journal = Journal()
    for number, state in (("7-1", "unacknowledged"), ("7-2", "normal")):
        journal.alarm_changed(number, {"id": "hot", "state": state})
        writer.write(Lane(), Live(), journal, NOW)
    later = Journal()
    later.alarm_changed("8-1", {"id": "hot", "state": "unacknowledged"})
    writer.write(Lane(), Live(), later, NOW)
    states = [change["state"] for change in View(redis_client).alarm_history(10)]
    assert states == ["unacknowledged", "normal", "unacknowledged"]


def test_without_the_lock_nothing_is_written(redis_client: Redis, writer: Writer) -> None:
    redis_client.set(keys.HUB, "another hub")
    lane = Lane()
    lane.beat("pi", "e1", 1)
    lane.reading("pi", "e1", 1, "s/d", b"{}")
    with pytest.raises(LockLostError):
        writer.write(lane, Live(), Journal(), NOW)
    assert redis_client.dbsize() == 2  # lock and token


def test_a_redis_that_was_restarted_gets_the_script_again(redis_server: RedisServer, writer: Writer) -> None:
    first, second = Lane(), Lane()
    first.beat("pi", "e1", 1)
    writer.write(first, Live(), Journal(), NOW)
    redis_server.kill()
    redis_server.start()
    second.reading("pi", "e1", 1, "s/d", b"{}")
    assert writer.write(second, Live(), Journal(), NOW) == {"pi": Stored("e1", 1)}


def test_a_redis_that_forgot_what_it_was_told_last_is_told_again(redis_client: Redis, writer: Writer) -> None:
    live, journal = Live(), Journal()
    live.show("s/d", NOW, b'{"red":5}')
    journal.info("s/d", b'{"title":"Lamp"}')
    journal.record(foreign("s/d", Result("id-1", "red", 5, Status.DONE, TS, "e1", 2), NOW), latest=True)
    for state in ("running", "ended"):
        journal.run("ventilation", {"state": state})
        writer.write(Lane(), live, journal, NOW)
        live, journal = Live(), Journal()
    told = set(redis_client.keys())
    redis_client.delete(*told - {keys.HUB.encode(), keys.TOKEN.encode()})
    redis_client.script_flush()  # as a restart does
    writer.write(Lane(), Live(), Journal(), NOW)
    assert set(redis_client.keys()) == told
    found = View(redis_client).snapshot()
    assert found["devices"]["s/d"]["info"] == {"title": "Lamp"}
    assert found["devices"]["s/d"]["state"] == {"red": 5}
    assert found["runs"]["ventilation"] == {"state": "ended"}
    assert redis_client.xlen(keys.AUDIT) == 1
    with pytest.raises(Lost):  # the panels look at the whole again
        View(redis_client).follow("0-0", 0)
