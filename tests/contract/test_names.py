"""Ids, topics, durations and instants."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.contract import ids, times, topics
from hub.contract.channels import Number
from hub.contract.description import Description
from hub.contract.errors import Code, Refused
from hub.contract.topics import Leaf, Topic

IDS = st.from_regex(r"\A[a-z][a-z0-9_]{0,63}\Z")
STANDS = IDS.filter(lambda name: name not in ids.RESERVED_STANDS)


@pytest.mark.parametrize("name", ["a", "fan_left", "ch0", "a" * 64])
def test_an_id(name: str) -> None:
    assert ids.is_id(name)


@pytest.mark.parametrize("name", ["", "A", "0a", "_a", "fan-left", "a b", "ä", "a\n", "a/b", "+", "#", "a" * 65, "a٣"])
def test_no_id(name: str) -> None:
    assert not ids.is_id(name)


@given(STANDS, IDS, IDS, st.sampled_from([Leaf.INFO, Leaf.STATE, Leaf.AVAILABILITY, Leaf.COMMAND, Leaf.RESULT]))
def test_a_topic_is_taken_apart_as_it_was_built(stand: str, device: str, channel: str, leaf: Leaf) -> None:
    assert topics.parse(topics.device(f"{stand}/{device}", leaf)) == Topic(leaf, stand, device)
    assert topics.parse(topics.set_of(f"{stand}/{device}", channel)) == Topic(Leaf.SET, stand, device, channel)
    assert topics.parse(topics.agent(device, Leaf.HEARTBEAT)) == Topic(Leaf.HEARTBEAT, "agent", device)
    assert topics.parse(topics.stored(device)) == Topic(Leaf.STORED, "hub", device)


def test_the_hub_has_its_own_topic() -> None:
    assert topics.parse(topics.HUB_HEARTBEAT) == Topic(Leaf.HEARTBEAT, "hub")


@given(
    st.text() | st.lists(st.sampled_from(["clayhub", "agent", "hub", "a", "set", "state", "", "+", "A"])).map("/".join)
)
@example("clayhub//co2/state")
@example("clayhub/agent/bench/state")
@example("clayhub/hub/co2/state")
@example("clayhub/alarm/co2/state")
@example("clayhub/a/b/c/state")
@example("clayhub/a/b/set")
@example("clayhub/agent/bench/red/set")
@example("clayhub/a/b/state/")
@example("/clayhub/a/b/state")
@example("clayhub/+/b/state")
def test_any_topic_is_ours_or_refused(text: str) -> None:
    try:
        found = topics.parse(text)
    except Refused:
        return
    assert text.startswith("clayhub/")
    assert found.stand not in ("", "alarm")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("2s", 2),
        ("10m", 600),
        ("8h", 28_800),
        ("7d", 604_800),
        ("1h30m", 5400),
        ("1.5s", 1.5),
        ("0s", 0),
    ],
)
def test_a_duration(text: str, seconds: float) -> None:
    assert times.duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "2", "s", "2 s", "-2s", "1e3s", "2S", "2sec", "٢s", ".5s", "12:30", "fast", "2s ", "9" * 400 + "d"]
)
def test_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        times.duration(text)


@given(st.text())
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    try:
        assert 0 <= times.duration(text) <= times.LONGEST
    except ValueError:
        return


@given(st.integers(0, 4_000_000_000_000))
def test_an_instant_keeps_its_milliseconds(ms: int) -> None:
    assert round(times.seconds(times.instant(ms / 1000)) * 1000) in (ms, ms - 1)


@pytest.mark.parametrize("text", ["2026-11-22T11:35:02", "2026-11-22", "now", ""])
def test_an_instant_names_its_zone(text: str) -> None:
    with pytest.raises(ValueError, match=r"zone|[Ii]nvalid"):
        times.seconds(text)


def test_what_does_not_exist_or_cannot_be_set_is_named() -> None:
    lamp = Description("phytotron", "lamp", "Lamp", "pwm", "bench", 2.0, "anyone", (Number("temp"),))
    with pytest.raises(Refused, match="phytotron/lamp has no channel 'red'; it has temp") as unknown:
        lamp.writable("red")
    with pytest.raises(Refused, match="phytotron/lamp/temp can only be read") as read_only:
        lamp.writable("temp")
    assert (unknown.value.code, read_only.value.code) == (Code.UNKNOWN_TARGET, Code.READ_ONLY)
