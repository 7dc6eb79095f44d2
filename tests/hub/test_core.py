"""The hub's decisions with the clock in the test's hand: silence, time running out, two agents of one name."""

from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from hub.contract import times, topics
from hub.contract.command import Command
from hub.contract.presence import Heartbeat
from hub.contract.reading import Reading
from hub.contract.topics import Leaf
from hub.core.core import Core
from hub.core.effects import Publish
from hub.link.link import Incoming
from hub.procedures.effects import Moment
from hub.state import record
from hub.state.journal import Journal
from hub.state.record import Record
from hub.state.restored import Memory, Restored
from tests.wire.speaker import AGENT, LAMP, TS, lamp_config, lamp_description


class Clockwork:
    """A core that knows the lamp, and a clock that the test turns."""

    def __init__(
        self,
        *commands: Record,
        kept_alarms: dict[str, Any] | None = None,
        in_hand: tuple[Record, ...] = (),
        **more: object,
    ) -> None:
        self.mono = 1_000.0
        lock: Any = SimpleNamespace(boot="hub", token=7)
        kept = Restored({LAMP: lamp_description()}, [], list(commands), [], Memory({}, {}, kept_alarms or {}, in_hand))
        self.core = Core(lamp_config(1883, 6379, **more), "hash", lock, kept, self.now)
        self.records: list[Record] = []

    @property
    def now(self) -> Moment:
        """The moment."""
        return Moment(self.mono, 1_763_811_302.0 + self.mono)

    def heartbeat(self, boot: str = "b1", beat: int = 1) -> None:
        """An agent's sign of life."""
        said = Heartbeat(boot, beat, TS, f"epoch-{boot}", 1, 0, "hash", {LAMP: "ok"})
        self.hear(topics.agent(AGENT, Leaf.HEARTBEAT), said.encode())

    def hear(self, topic: str, payload: bytes) -> None:
        """A message from the broker."""
        self.core.on_message(Incoming(topic, payload, False, None, None), self.now)

    def ask(self, request_id: str = "r1", value: object = 60, seconds: float = 5.0) -> None:
        """A request from the panel."""
        self.core.on_request("1-1", self.now.ms + round(seconds * 1000), asked(request_id, value), self.now)

    def wait(self, seconds: float) -> None:
        """Time passes, and the hub looks at the clock when it said that it would."""
        end = self.mono + seconds
        while (due := self.core.next_due()) <= end:
            self.mono = max(self.mono, due)
            self.core.on_time(self.now)
        self.mono = end

    def published(self) -> list[Publish]:
        """What was published since the last look, the hub's heartbeats apart."""
        found, self.core.effects.publishes = self.core.effects.publishes, []
        return [message for message in found if message.topic != topics.HUB_HEARTBEAT]

    def ends(self) -> list[tuple[str, str, str | None]]:
        """Id, status and code of the commands on record since the last look."""
        commands: Any = self.core.effects.journal.delta().get("commands", [])
        self.core.effects.journal = Journal()
        return [(found["id"], found["status"], found["code"]) for found in reversed(commands)]


def asked(request_id: str, value: object) -> Record:
    """What the panel asks of the lamp."""
    return record.pending(request_id, "set", "anna", "panel", 0, LAMP, "red", value)  # type: ignore[arg-type]


@pytest.fixture
def clockwork() -> Clockwork:
    made = Clockwork()
    made.heartbeat()
    made.published()
    return made


def test_without_a_result_the_outcome_is_unknown_after_ten_seconds(clockwork: Clockwork) -> None:
    clockwork.ask()
    for _ in range(9):
        clockwork.wait(1)
        clockwork.heartbeat()
    assert clockwork.ends() == [("r1", "pending", None)]
    clockwork.heartbeat()
    clockwork.wait(1)
    assert clockwork.ends() == [("r1", "unknown", "no_result")]
    clockwork.wait(60)
    assert clockwork.ends() == []


def test_a_command_carries_the_latest_beat(clockwork: Clockwork) -> None:
    clockwork.heartbeat(beat=17)
    clockwork.ask()
    (message,) = clockwork.published()
    command = Command.decode(message.payload)
    assert (command.boot, command.beat, command.token, command.counter) == ("b1", 17, 7, 1)


@pytest.mark.parametrize(
    ("ago", "clock", "age"),
    [(1.5, "", 1.5), (3600.0, "", 3600.0), (-3600.0, "", 3.001), (1.5, "unsynced", 3.001), (60.0, "unsynced", 60.0)],
)
def test_fault_16_a_retained_reading_is_never_younger_than_it_can_be(
    clockwork: Clockwork, ago: float, clock: str, age: float
) -> None:
    said = Reading(times.instant(clockwork.now.wall - ago), "e", 1, {"temp": 20}, clock=clock)
    clockwork.core.take([Incoming(topics.device(LAMP, Leaf.STATE), said.encode(), True, None, None)], clockwork.now)
    _, key, received, _ = clockwork.core.effects.live.words()[:4]
    assert (key, received) == (LAMP, clockwork.now.ms - round(age * 1000))


def test_three_silent_seconds_make_an_agent_offline(clockwork: Clockwork) -> None:
    clockwork.wait(2.9)
    clockwork.ask("before")
    clockwork.wait(0.2)
    clockwork.ask("after")
    assert clockwork.ends() == [
        ("before", "pending", None),
        ("before", "unknown", "agent_offline"),
        ("after", "rejected", "agent_offline"),
    ]
    availability = topics.device(LAMP, Leaf.AVAILABILITY)
    assert (availability, b"offline", True) in [message[:3] for message in clockwork.published()]


@pytest.mark.parametrize("remembers", [True, False])
def test_a_broker_that_was_away_learns_again_who_is_offline(remembers: bool, clockwork: Clockwork) -> None:
    """It has what it was told before, or nothing at all."""
    topic = topics.device(LAMP, Leaf.AVAILABILITY)
    clockwork.wait(4)
    said = Publish(topic, b"offline", retain=True)
    assert clockwork.published() == [said]
    clockwork.core.on_up(clockwork.now)
    if remembers:
        clockwork.hear(topic, b"offline")
    clockwork.wait(2.9)
    assert clockwork.published() == []
    clockwork.wait(0.2)
    assert clockwork.published() == ([] if remembers else [said])
    clockwork.heartbeat("b2")
    assert clockwork.published() == [Publish(topic, b"online", retain=True)]


def test_a_hub_that_was_stopped_itself_counts_nobodys_silence(clockwork: Clockwork) -> None:
    clockwork.mono += 60
    clockwork.core.on_time(clockwork.now)
    clockwork.ask()
    assert clockwork.ends() == [("r1", "pending", None)]


def test_a_request_past_its_deadline_is_never_sent(clockwork: Clockwork) -> None:
    clockwork.ask(seconds=-0.001)
    assert clockwork.published() == []
    assert clockwork.ends() == [("r1", "expired", "expired")]


def test_the_same_request_twice_is_sent_once(clockwork: Clockwork) -> None:
    clockwork.ask()
    clockwork.ask()
    assert len(clockwork.published()) == 1


def test_a_command_that_could_not_be_sent_is_rejected(clockwork: Clockwork) -> None:
    clockwork.ask()
    clockwork.core.on_unsent("r1", clockwork.now)
    assert clockwork.ends() == [("r1", "pending", None), ("r1", "rejected", "agent_offline")]


def test_a_command_that_an_earlier_hub_sent_gets_its_end() -> None:
    clockwork = Clockwork(asked("r0", 60))
    clockwork.heartbeat()
    result = {"id": "r0", "channel": "red", "value": 60, "status": "done", "ts": TS, "epoch": "epoch-b1", "n": 1}
    clockwork.hear(topics.device(LAMP, Leaf.RESULT), orjson.dumps(result))
    assert clockwork.ends() == [("r0", "done", None)]


def result(request_id: str, status: str) -> bytes:
    """What the agent says of a command."""
    said = {"id": request_id, "channel": "red", "value": 60, "status": status, "ts": TS, "epoch": "epoch-b1", "n": 1}
    return orjson.dumps(said)


def test_what_was_done_while_redis_was_away_is_not_called_expired(clockwork: Clockwork) -> None:
    clockwork.ask()
    clockwork.hear(topics.device(LAMP, Leaf.RESULT), result("r1", "done"))
    after = Clockwork(in_hand=clockwork.core.memory.commands)
    after.ask(seconds=-1)
    assert after.published() == []
    assert after.ends() == [("r1", "done", None)]


def test_what_was_sent_while_redis_was_away_is_awaited_still(clockwork: Clockwork) -> None:
    clockwork.ask()
    after = Clockwork(in_hand=clockwork.core.memory.commands)
    after.heartbeat()
    after.published()
    after.ask(seconds=-1)
    after.hear(topics.device(LAMP, Leaf.RESULT), result("r1", "done"))
    assert after.published() == []
    assert after.ends() == [("r1", "done", None)]


def test_the_refusal_of_another_agent_of_the_same_name_ends_no_command(clockwork: Clockwork) -> None:
    clockwork.ask()
    for epoch, status in (("epoch-b2", "rejected"), ("epoch-b1", "done")):
        result = {"id": "r1", "channel": "red", "value": 60, "status": status, "ts": TS, "epoch": epoch, "n": 1}
        clockwork.hear(topics.device(LAMP, Leaf.RESULT), orjson.dumps(result))
    assert clockwork.ends() == [("r1", "pending", None), ("r1", "done", None)]


def test_of_two_agents_of_one_name_the_first_is_followed_and_it_is_said_once(
    clockwork: Clockwork, caplog: pytest.LogCaptureFixture
) -> None:
    for beat in range(2, 6):
        clockwork.heartbeat("b1", beat)
        clockwork.heartbeat("other", beat)
        clockwork.wait(1)
    clockwork.ask()
    assert Command.decode(clockwork.published()[-1].payload).boot == "b1"
    assert caplog.messages.count("two agents call themselves pi; I follow the first. Stop one of them.") == 1
    clockwork.wait(3)
    clockwork.heartbeat("other")
    clockwork.ask("r2")
    assert Command.decode(clockwork.published()[-1].payload).boot == "other"


def test_an_agent_that_was_killed_with_the_broker_and_comes_back_is_no_second_one(
    clockwork: Clockwork, caplog: pytest.LogCaptureFixture
) -> None:
    for beat in range(1, 6):
        clockwork.heartbeat("b2", beat)  # no last will came of b1
        clockwork.wait(1)
    assert caplog.messages == []
    clockwork.ask()
    assert Command.decode(clockwork.published()[-1].payload).boot == "b2"


def test_another_config_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    clockwork = Clockwork()
    for beat in (1, 2, 3):
        said = Heartbeat("b1", beat, TS, "e", 1, 0, "old", {})
        clockwork.hear(topics.agent(AGENT, Leaf.HEARTBEAT), said.encode())
    assert len([message for message in caplog.messages if "config.yaml" in message]) == 1
