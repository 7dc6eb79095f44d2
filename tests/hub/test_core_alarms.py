"""Which alarms the hub raises of what it hears and does not hear, with the clock in the test's hand."""

from dataclasses import replace
from typing import Any

import orjson

from hub.contract import interlock, topics
from hub.contract.alarm import AlarmMessage
from hub.contract.channels import Choice
from hub.contract.command import Result, Status
from hub.contract.description import Description
from hub.contract.presence import Heartbeat
from hub.contract.reading import Quality, Reading
from hub.contract.topics import Leaf
from hub.link.link import Incoming
from hub.state import record
from tests.hub.test_core import Clockwork
from tests.wire.speaker import AGENT, LAMP, TS, lamp_description

HOT = {"stand": "phytotron", "channel": "lamp.temp", "high": 40, "hysteresis": 2}


class Watch(Clockwork):
    """A clockwork whose agent speaks every second, with short words for alarms."""

    def __init__(self, limits: object, kept: dict[str, Any] | None = None, **more: Any) -> None:  # noqa: ANN401
        super().__init__(kept_alarms=kept, alarms=limits, **more)
        self.n, self.boot, self.alarms, self.messages = 0, "b1", dict[str, str](), dict[str, str]()
        self.heartbeat()
        self.hear(topics.device(LAMP, Leaf.AVAILABILITY), b"online")

    def read(self, quality: dict[str, str] | None = None, **values: Any) -> None:  # noqa: ANN401
        """A live reading."""
        self.n += 1
        said = Reading(TS, f"epoch-{self.boot}", self.n, values, quality or {})
        message = Incoming(topics.device(LAMP, Leaf.STATE), said.encode(), False, None, None)
        self.core.take([message], self.now)

    def live(self, seconds: int, boot: str = "b1", **values: Any) -> None:  # noqa: ANN401
        """The agent speaks and reads every second."""
        for _ in range(seconds):
            self.wait(1)
            self.heartbeat(boot)
            if values:
                self.read(**values)

    def stand(self) -> dict[str, str]:
        """The state of every alarm that is not normal, as it is published."""
        for message in self.published():
            topic = topics.parse(message.topic)
            if topic.leaf is Leaf.ALARM:
                assert message.retain
                said = AlarmMessage.decode(message.payload) if message.payload else None
                self.alarms[topic.device] = said.state if said else "normal"
                self.messages[topic.device] = said.message if said else ""
        return {name: said for name, said in self.alarms.items() if said != "normal"}

    def acknowledge(self, alarm: str) -> None:
        """Anna knows."""
        asked = record.pending("r1", "alarm", "anna", "panel", 0)
        asked.update({"name": alarm, "action": "acknowledge", "note": "on my way"})
        self.core.on_request("1-1", self.now.ms + 5_000, asked, self.now)


def watching(**alarms: object) -> Watch:
    """A watch with these limits."""
    return Watch(limits=alarms)


def test_a_value_beyond_its_limit_until_it_is_back_by_the_hysteresis() -> None:
    watch = watching(hot=HOT)
    for temp, expected in ((40, {}), (40.1, {"hot": "unacknowledged"}), (39, {"hot": "unacknowledged"}), (38, {})):
        watch.read(temp=temp)
        assert watch.stand() == expected


def test_fault_32_what_is_unknown_neither_raises_nor_ends_an_alarm() -> None:
    watch = watching(hot=HOT)
    for quality in Quality:
        watch.read(temp=99, quality={"temp": quality})
    assert watch.stand() == {}
    watch.read(temp=50)
    for quality in Quality:
        watch.read(temp=None, quality={"temp": quality})
        watch.read(temp=20, quality={"temp": quality})
    watch.read(red=5)
    watch.read(temp=None)
    assert watch.stand() == {"hot": "unacknowledged"}
    watch.read(temp=20)
    assert watch.stand() == {}


def test_values_of_the_backlog_raise_nothing() -> None:
    watch = watching(hot=HOT)
    said = Reading(TS, "epoch-b1", 1, {"temp": 99})
    wrapped = orjson.dumps({"topic": topics.device(LAMP, Leaf.STATE), "payload": orjson.loads(said.encode())})
    watch.core.take([Incoming(topics.agent(AGENT, Leaf.BACKLOG), wrapped, False, None, None)], watch.now)
    assert watch.stand() == {}


def test_somebody_acknowledges_and_it_is_on_record() -> None:
    watch = watching(hot=HOT)
    watch.read(temp=50)
    watch.acknowledge("hot")
    assert watch.stand() == {"hot": "acknowledged"}
    watch.acknowledge("hot")
    watch.acknowledge("cold")
    assert watch.ends() == [
        ("r1", "done", None),
        ("r1", "rejected", "bad_message"),
        ("r1", "rejected", "unknown_target"),
    ]
    watch.read(temp=20)
    assert watch.stand() == {}


def test_a_latched_alarm_stays_until_it_is_acknowledged() -> None:
    watch = watching(hot={**HOT, "latched": True})
    watch.read(temp=50)
    watch.read(temp=20)
    assert watch.stand() == {"hot": "returned"}
    watch.acknowledge("hot")
    assert watch.stand() == {}


def test_fault_31_a_silent_device_is_stale_after_three_periods() -> None:
    watch = watching()
    watch.live(5, temp=20)
    watch.live(3)
    assert watch.stand() == {}
    watch.live(2)
    assert watch.stand() == {"stale-phytotron-lamp": "unacknowledged"}
    watch.read(temp=20)
    watch.live(1)
    assert watch.stand() == {}


def test_an_agent_that_falls_silent_explains_the_silence_of_its_fast_devices() -> None:
    watch = watching()
    watch.hear(topics.device(LAMP, Leaf.INFO), replace(lamp_description(), period=0.5).encode())
    watch.live(5, temp=20)
    for _ in range(15):
        watch.wait(1)
        watch.stand()
    assert watch.alarms == {"offline-pi": "unacknowledged"}
    watch.live(2, temp=20)
    watch.live(4)
    assert watch.stand() == {"stale-phytotron-lamp": "unacknowledged"}


def test_a_device_in_fault_is_told_after_ten_seconds_and_not_as_stale_too() -> None:
    watch = watching()
    watch.live(5, temp=20)
    watch.hear(topics.device(LAMP, Leaf.AVAILABILITY), b"fault")
    watch.live(10)
    assert watch.stand() == {}
    watch.live(1)
    assert watch.stand() == {"fault-phytotron-lamp": "unacknowledged"}


def test_a_lost_agent_is_one_alarm_not_one_a_device() -> None:
    watch = watching()
    watch.live(5, temp=20)
    watch.wait(12.9)
    assert watch.stand() == {}
    watch.wait(2)
    assert watch.stand() == {"offline-pi": "unacknowledged"}
    watch.heartbeat("b2")
    watch.wait(1)
    assert watch.stand() == {}


def test_an_agent_that_is_restarted_is_no_alarm() -> None:
    watch = watching()
    watch.live(3, "b1", temp=20)
    for boot in ("b2", "b3"):
        watch.boot = boot
        watch.live(8, boot, temp=20)
    assert watch.stand() == {}


def test_fault_21_two_agents_of_one_name_are_one_alarm_without_flapping() -> None:
    watch = watching()
    said = []
    for _ in range(20):
        watch.heartbeat("b1")
        watch.heartbeat("other")
        watch.live(1, temp=20)
        said.append(watch.stand())
    assert said[2:] == [{"double-pi": "unacknowledged"}] * 18
    watch.hear(topics.device(LAMP, Leaf.AVAILABILITY), b"fault")
    watch.live(5, temp=20)
    availability = [message.payload for message in watch.core.effects.publishes if "availability" in message.topic]
    assert availability == [b"online"], "what the second says of a device is taken back"
    watch.live(12, temp=20)
    assert watch.stand() == {"double-pi": "returned"}


def test_another_config_is_an_alarm_until_it_is_the_same() -> None:
    watch = watching()
    other = Heartbeat("b1", 5, TS, "epoch-b1", 1, 0, "old", {LAMP: "ok"})
    watch.hear(topics.agent(AGENT, Leaf.HEARTBEAT), other.encode())
    watch.wait(1)
    assert watch.stand() == {"config-pi": "unacknowledged"}
    watch.live(2)
    assert watch.stand() == {}


def test_fault_28_an_agent_that_cannot_keep_what_is_not_stored_is_an_alarm() -> None:
    watch = watching()
    said = {"boot": "b1", "beat": 5, "ts": TS, "epoch": "epoch-b1", "oldest": 1, "newest": 0, "config": "hash"}
    for trouble, alarms in (({"trouble": "The disk is full."}, {"disk-pi": "unacknowledged"}), ({}, {})):
        beat = orjson.dumps({**said, "health": {}, **trouble})
        watch.hear(topics.agent(AGENT, Leaf.HEARTBEAT), beat)
        watch.wait(1)
        assert watch.stand() == alarms, "an agent of an older version says nothing of it"


def test_an_interlock_of_an_agent_is_an_alarm_until_it_is_reset() -> None:
    rule = {"title": "Lamp too hot", "when": "lamp.temp > 40", "outputs": ["lamp.red"], "latched": True}
    devices = {"lamp": {"driver": "lamp"}, "interlocks": {"driver": "interlocks"}}
    stand = {"agent": AGENT, "devices": devices, "interlocks": {"too_hot": rule}}
    watch = Watch({}, stands={"phytotron": stand})
    channel = Choice("too_hot", options=interlock.STATES)
    device = Description("phytotron", "interlocks", "Interlocks", "interlocks", AGENT, 5.0, "anyone", (channel,))
    watch.hear(topics.device(device.key, Leaf.INFO), device.encode())
    alarm, steps = "interlock-phytotron-too_hot", ("waiting", "blocked", "tripped", "latched", "waiting", "normal")
    found = []
    for n, state in enumerate(steps, 1):
        said = Reading(TS, "epoch-b1", n, {"too_hot": state}).encode()
        watch.core.take([Incoming(topics.device(device.key, Leaf.STATE), said, False, None, None)], watch.now)
        found.append(watch.stand().get(alarm, ""))
    assert found == ["", "", *["unacknowledged"] * 3, ""], "what is not known neither raises nor ends it"
    told = "Lamp too hot: lamp.temp > 40, or this is not known. The interlock keeps lamp.red at the safe value."
    assert watch.messages[alarm] == told


def test_fault_09_a_refused_retained_command_waits_for_somebody() -> None:
    watch = watching()
    result = {"id": "x", "channel": "red", "value": None, "status": "rejected", "code": "retained", "reason": "..."}
    payload = orjson.dumps({**result, "ts": TS, "epoch": "epoch-b1", "n": 1})
    watch.core.take([Incoming(topics.device(LAMP, Leaf.RESULT), payload, False, None, None)], watch.now)
    assert watch.stand() == {"retained-phytotron-lamp": "returned"}
    watch.acknowledge("retained-phytotron-lamp")
    assert watch.stand() == {}


def test_fault_09_a_refusal_that_comes_again_with_the_backlog_is_no_second_alarm() -> None:
    """The agent offers its refusal again, as every 3 s while Redis is full: the acknowledged alarm stays so."""
    watch = watching(hot=HOT)
    topic, name = topics.device(LAMP, Leaf.RESULT), "retained-phytotron-lamp"
    said = Result("x1", "red", None, Status.REJECTED, TS, "epoch-b1", 1, code="retained", reason="Send it without.")
    watch.core.take([Incoming(topic, said.encode(), False, None, None)], watch.now)
    watch.acknowledge(name)
    wrapped = orjson.dumps({"topic": topic, "payload": orjson.loads(said.encode())})
    watch.core.take([Incoming(topics.agent(AGENT, Leaf.BACKLOG), wrapped, False, None, None)], watch.now)
    assert watch.stand() == {}


def test_a_hub_that_was_stopped_itself_takes_nobody_for_stale() -> None:
    watch = watching()
    watch.live(5, temp=20)
    watch.mono += 60
    watch.core.on_time(watch.now)
    watch.live(2)
    assert watch.stand() == {}


def test_what_stood_before_the_hub_was_restarted_stands_until_more_is_known() -> None:
    before = watching(hot=HOT)
    before.read(temp=50)
    kept = orjson.loads(orjson.dumps(before.core.memory.alarms))
    watch = Watch(kept=kept, limits={"hot": HOT})
    assert watch.stand() == {}
    told: Any = watch.core.effects.journal.delta()["alarms"]
    assert told == kept, "Redis may have lost it"
    watch.core.on_up(watch.now)
    assert watch.stand() == {"hot": "unacknowledged"}
    watch.read(temp=39)
    assert watch.stand() == {"hot": "unacknowledged"}
    watch.read(temp=38)
    assert watch.stand() == {}


def test_a_broker_that_was_away_when_an_alarm_ended_learns_of_it() -> None:
    watch = watching(hot=HOT)
    watch.read(temp=50)
    watch.read(temp=20)
    watch.published()
    watch.alarms["hot"] = "unacknowledged"
    watch.core.on_up(watch.now)
    assert watch.stand() == {}


def test_an_alarm_that_is_not_in_the_configuration_any_more_is_taken_away() -> None:
    before = watching(hot=HOT)
    before.read(temp=50)
    watch = Watch(kept=dict(before.core.memory.alarms), limits={})
    watch.core.on_up(watch.now)
    assert [(message.topic, message.payload) for message in watch.published() if "alarm" in message.topic] == [
        ("clayhub/alarm/hot", b"")
    ]
    assert watch.core.memory.alarms == {}


def test_notices_are_sent_once_again_and_when_it_is_over() -> None:
    watch = Watch(limits={"hot": HOT}, notify={"repeat": "10m"})
    sent = watch.core.effects.notices
    watch.read(temp=50)
    watch.live(599, temp=50)
    assert [notice.title for notice in sent] == ["clayhub: alarm: temp is above 40 °C."]
    watch.live(5, temp=50)
    assert [notice.title for notice in sent[1:]] == ["clayhub: still: temp is above 40 °C."]
    watch.read(temp=20)
    assert [notice.title for notice in sent[2:]] == ["clayhub: over: temp is above 40 °C."]


def test_a_sign_of_life_once_the_machine_knows_the_time() -> None:
    watch = Watch(limits={}, notify={"sign_of_life": "12:00"})
    sent = watch.core.effects.notices
    watch.live(1)
    watch.mono += 24 * 3600
    watch.live(1)
    assert sent == []
    watch.core.on_clock_set(watch.now)
    watch.live(1)
    watch.mono += 24 * 3600
    watch.live(1)
    assert [notice.title for notice in sent] == ["clayhub: sign of life"]
    assert sent[0].body.startswith("1 of 1 devices are there.")
