"""The hub's interlocks, which look at devices of another agent, with the clock in the test's hand."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.contract import topics
from hub.contract.channels import Number
from hub.contract.command import Command
from hub.contract.description import Description
from hub.contract.presence import Heartbeat
from hub.contract.reading import Reading
from hub.contract.topics import Leaf
from hub.link.link import Incoming
from tests.hub.test_core_alarms import Watch
from tests.wire.speaker import AGENT, LAMP, TS, lamp_description

OTHER, ROOM = "roof", "climate/room"
ALARM = "interlock-phytotron-too_hot"
HOT = {"title": "Room too hot", "when": "climate.room.temp > 30", "outputs": ["lamp.red"]}
REASON = "too_hot (Room too hot): climate.room.temp > 30; climate.room.temp is 31."


class Two(Watch):
    """The lamp, and a thermometer of another agent that an interlock of the lamp looks at."""

    def __init__(self, kept: dict[str, Any] | None = None, **changes: object) -> None:
        lamp = {"driver": "lamp", "commands": "hub", "period": "1s"}
        phytotron = {"agent": AGENT, "devices": {"lamp": lamp}, "interlocks": {"too_hot": {**HOT, **changes}}}
        climate = {"agent": OTHER, "devices": {"room": {"driver": "thermometer", "period": "1s"}}}
        self.there = {AGENT, OTHER}
        super().__init__({}, kept, agents={AGENT: {}, OTHER: {}}, stands={"phytotron": phytotron, "climate": climate})
        room = Description("climate", "room", "Room", "thermometer", OTHER, 1.0, "anyone", (Number("temp"),))
        self.hear(topics.device(ROOM, Leaf.INFO), room.encode())
        self.hear(topics.device(LAMP, Leaf.INFO), replace(lamp_description(), commands="hub").encode())
        self.hear(topics.device(ROOM, Leaf.AVAILABILITY), b"online")
        self.m = 0

    def heartbeat(self, boot: str = "b1", beat: int = 1) -> None:
        """Of both agents."""
        for agent, key in ((AGENT, LAMP), (OTHER, ROOM)):
            if agent in self.there:
                said = Heartbeat(boot, beat, TS, f"epoch-{agent}", 1, 0, "hash", {key: "ok"})
                self.hear(topics.agent(agent, Leaf.HEARTBEAT), said.encode())

    def show(self, key: str, quality: dict[str, str] | None = None, **values: Any) -> None:  # noqa: ANN401
        """A live reading of either."""
        self.m += 1
        agent = AGENT if key == LAMP else OTHER
        said = Reading(TS, f"epoch-{agent}", self.m, values, quality or {})
        self.core.take([Incoming(topics.device(key, Leaf.STATE), said.encode(), False, None, None)], self.now)

    def run(self, seconds: int, temp: float | None, **lamp: Any) -> None:  # noqa: ANN401
        """Both speak every second; the room has that temperature (None: it says nothing)."""
        for _ in range(seconds):
            self.wait(1)
            self.heartbeat()
            if temp is not None:
                self.show(ROOM, temp=temp)
            if lamp:
                self.show(LAMP, **lamp)

    def commands(self) -> list[tuple[str, object]]:
        """Channel and value of the commands that were sent since the last look."""
        found: list[tuple[str, object]] = []
        for message in self.published():
            topic = topics.parse(message.topic)
            if topic.leaf is Leaf.COMMAND:
                command = Command.decode(message.payload)
                found.append((command.channel, command.value))
            elif topic.leaf is Leaf.ALARM:
                self.core.effects.publishes.append(message)
        return found

    def refused(self, value: object = 60) -> tuple[str | None, str | None]:
        """Code and reason of a command of the panel; none when it was sent."""
        self.m += 1
        self.ask(f"r{self.m}", value)
        commands: Any = self.core.effects.journal.delta()["commands"]
        return commands[0]["code"], commands[0]["reason"]


def test_it_refuses_what_is_not_safe_and_commands_what_is() -> None:
    lab = Two()
    lab.show(ROOM, temp=20)
    assert lab.refused() == (None, None)
    assert lab.commands() == [("red", 60)]
    lab.show(ROOM, temp=31)
    assert lab.commands() == [("red", 0)], "at once, not when the clock is looked at"
    assert lab.refused() == ("interlock", REASON)
    assert lab.refused(0) == (None, None)
    assert lab.commands() == [("red", 0)]
    lab.wait(1)
    assert lab.stand() == {ALARM: "unacknowledged"}
    lab.show(ROOM, temp=30)
    lab.run(2, 30, red=0)
    assert (lab.commands(), lab.stand()) == ([], {}), "it switches nothing on again"
    assert lab.refused() == (None, None)


def test_a_latched_one_that_trips_is_an_alarm_at_once_so_that_a_killed_hub_does_not_forget_it() -> None:
    lab = Two(latched=True)
    lab.run(2, 20)
    lab.show(ROOM, temp=31)
    assert lab.stand() == {ALARM: "unacknowledged"}
    after = Two(lab.core.memory.alarms, latched=True)
    after.run(2, 20)
    assert after.refused()[0] == "interlock"


def test_an_output_that_shows_another_value_is_commanded_again_at_a_bounded_rate() -> None:
    lab = Two()
    lab.run(1, 20, red=50)
    lab.run(20, 31, red=50)
    assert lab.commands() == [("red", 0)] * 4
    lab.run(1, 31, red=0)
    lab.commands()
    lab.run(20, 31, red=0)
    assert lab.commands() == []


def test_what_is_not_known_trips_it() -> None:
    for what, seconds in (("silent", 3), ("suspect", 0), ("fault", 1), ("gone", 3)):
        lab = Two()
        lab.run(2, 20)
        lab.commands()
        if what == "suspect":
            lab.show(ROOM, {"temp": "suspect"}, temp=20)
        elif what == "fault":
            lab.hear(topics.device(ROOM, Leaf.AVAILABILITY), b"fault")
        elif what == "gone":
            lab.there.remove(OTHER)
        lab.run(seconds + 1, None)
        assert lab.commands() == [("red", 0)], what
        assert lab.stand()[ALARM] == "unacknowledged", what
        assert "climate.room.temp > 30; climate.room.temp is not known (" in lab.messages[ALARM], what
        code, reason = lab.refused()
        assert code == "interlock"
        assert "climate.room.temp is not known" in str(reason)


def test_a_hub_that_begins_gives_the_inputs_time_to_be_heard_and_allows_nothing_meanwhile() -> None:
    lab = Two()
    lab.run(9, None, red=50)
    assert lab.refused()[0] == "interlock"
    assert (lab.commands(), ALARM in lab.stand()) == ([], False)
    lab.run(2, None, red=50)
    assert lab.commands() == [("red", 0)]
    lab.run(1, 20, red=0)
    assert lab.refused() == (None, None)


def test_an_input_that_is_never_known_after_a_start_is_an_alarm_for_its_outputs_are_kept_safe() -> None:
    lab = Two()
    for _ in range(12):
        lab.wait(1)
        lab.heartbeat()
        lab.show(ROOM, {"temp": "sentinel"}, temp=None)
        lab.show(LAMP, red=50)
    assert ("red", 0) in lab.commands()
    assert lab.stand() == {ALARM: "unacknowledged"}
    lab.run(2, 20, red=0)
    assert lab.stand() == {}


def test_an_output_whose_agent_is_away_is_commanded_when_it_is_back() -> None:
    lab = Two()
    lab.run(2, 20, red=50)
    lab.there.remove(AGENT)
    lab.run(5, 20)
    lab.run(5, 31)
    assert lab.commands() == []
    lab.there.add(AGENT)
    lab.run(2, 31)
    assert lab.commands() == [("red", 0)]


def test_a_latched_one_waits_for_an_acknowledgement_after_its_cause_has_gone() -> None:
    lab = Two(latched=True)
    lab.run(2, 20)
    lab.run(2, 31)
    lab.acknowledge(ALARM)
    assert lab.stand()[ALARM] == "acknowledged"
    lab.run(2, 20)
    assert lab.stand()[ALARM] == "returned", "that somebody knew of the cause does not release it"
    code, reason = lab.refused()
    assert code == "interlock"
    assert "its cause has gone, but nobody has acknowledged its alarm" in str(reason)
    lab.acknowledge(ALARM)
    assert (lab.stand().get(ALARM), lab.refused()) == (None, (None, None))


def test_what_must_come_first_is_no_alarm_while_it_lacks() -> None:
    lab = Two(when=None, needs="climate.room.temp < 30")
    lab.run(2, 20, red=0)
    lab.run(2, 31, red=0)
    assert lab.commands() == [("red", 0)]
    assert (lab.refused()[0], lab.stand()) == ("interlock", {})


def test_a_cause_that_comes_and_goes_between_two_looks_latches_too() -> None:
    lab = Two(latched=True)
    lab.run(1, 20)
    lab.show(ROOM, temp=31)
    lab.show(ROOM, temp=20)
    assert lab.refused()[0] == "interlock"
    lab.wait(1)
    assert lab.stand() == {ALARM: "returned"}
    lab.acknowledge(ALARM)
    assert lab.refused() == (None, None)


def test_a_latched_one_outlives_the_hub_and_a_restart_alone_latches_nothing() -> None:
    before = Two(latched=True)
    before.run(2, 20)
    before.run(2, 31)
    after = Two(dict(before.core.memory.alarms), latched=True)
    after.run(2, 20)
    assert after.refused()[0] == "interlock"
    after.acknowledge(ALARM)
    assert after.refused() == (None, None)
    fresh = Two(latched=True)
    fresh.run(20, None)
    fresh.run(2, 20)
    assert (fresh.refused(), fresh.stand().get(ALARM)) == ((None, None), None)


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("temp"), st.sampled_from([20.0, 29.9, 30.1, 99.0])),
            st.tuples(st.just("doubt"), st.sampled_from(["suspect", "sentinel"])),
            st.tuples(st.just("lamp"), st.sampled_from([0.0, 50.0])),
            st.tuples(st.just("time"), st.integers(1, 5)),
            st.tuples(st.just("word"), st.sampled_from([b"fault", b"online", b"offline"])),
        ),
        max_size=25,
    )
)
def test_nothing_but_the_safe_value_is_ever_commanded_while_the_input_is_not_known_to_be_good(
    events: list[Any],
) -> None:
    lab = Two()
    good_until = 0.0
    for kind, what in events:
        if kind == "temp":
            lab.show(ROOM, temp=what)
            good_until = lab.mono + 3 if what <= 30 and lab.core._presence.doubt(ROOM) is None else 0.0
        elif kind == "doubt":
            lab.show(ROOM, {"temp": what}, temp=20)
            good_until = 0.0
        elif kind == "lamp":
            lab.show(LAMP, red=what)
        elif kind == "time":
            lab.run(what, None)
        elif kind == "word":
            lab.hear(topics.device(ROOM, Leaf.AVAILABILITY), what)
            good_until = good_until if what == b"online" else 0.0
        good = lab.mono <= good_until
        assert all(value == 0 for _, value in lab.commands())
        assert (lab.refused()[0] is None) is good
        lab.commands()
