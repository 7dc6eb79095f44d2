"""Interlocks on a clock of their own: whatever comes in whatever order, an output that might do harm may not be set."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.interlocks.board import Board
from agents.messages import Health, Obtained
from agents.verdict import Verdict
from hub.contract.channels import Value
from hub.contract.condition import Condition
from hub.contract.errors import Code
from hub.contract.interlock import Interlock, point

PERIODS = {"s/chamber": 2.0, "s/supply": 5.0}


def interlock(text: str, *, needed: bool = False, latched: bool = False, title: str = "Lamp too hot") -> Interlock:
    """One of the stand s that keeps its lamp off."""
    condition = Condition(text)
    inputs = {name: point("s", name) for name in condition.references}
    return Interlock("s", "hot", title, "a", condition, needed, latched, inputs, (point("s", "lamp.white"),))


class Bed:
    """One interlock, its clock, and what its output may."""

    def __init__(self, one: Interlock, latched: frozenset[str] = frozenset()) -> None:
        self.now = 100.0
        self.board, self.verdict = Board([one], PERIODS, latched), Verdict()
        self.told: list[str] = []
        self.verdict.publish(self.board.rulings())

    def reads(self, device: str, quality: Mapping[str, str] | None = None, **values: Value | None) -> None:
        """A device is read."""
        changes = self.board.obtained(Obtained(f"s/{device}", 0.0, values, quality or {}), self.now)
        self._done([change.text for change in changes])

    def fails(self, device: str, fault: Code | None = Code.NO_ANSWER) -> None:
        """A device has a fault, or none any more."""
        self._done([change.text for change in self.board.health(Health(f"s/{device}", fault), self.now)])

    def tick(self) -> None:
        """The loop looks at the clock."""
        self._done([change.text for change in self.board.tick(self.now)])

    def reset(self) -> str:
        """Somebody resets; returns why it was refused."""
        changes, refused = self.board.reset("s", self.now)
        self._done([change.text for change in changes])
        return refused

    def _done(self, texts: list[str]) -> None:
        self.told += [text for text in texts if text]
        self.verdict.publish(self.board.rulings())

    def state(self) -> str:
        """How it stands."""
        return self.board.states("s")["hot"]

    def reason(self) -> str | None:
        """Why the lamp may not be set now."""
        return self.verdict.forbidden("s/lamp", self.now).get("white")


def test_it_trips_says_why_and_is_released_by_itself() -> None:
    bed = Bed(interlock("chamber.temp > 40"))
    bed.reads("chamber", temp=39.5)
    assert (bed.state(), bed.reason(), bed.told) == ("normal", None, [])
    bed.reads("chamber", temp=41.2)
    assert bed.state() == "tripped"
    assert bed.reason() == "hot (Lamp too hot): chamber.temp > 40; chamber.temp is 41.2."
    bed.reads("chamber", temp=41.3)
    bed.reads("chamber", temp=39)
    assert (bed.state(), bed.reason()) == ("normal", None)
    assert bed.told == [
        "hot (Lamp too hot) has tripped: chamber.temp > 40; chamber.temp is 41.2. It keeps lamp.white safe.",
        "hot (Lamp too hot): the cause has gone. lamp.white may be set again.",
    ], "each is told once"


def test_what_it_needs_must_be_true() -> None:
    bed = Bed(interlock("supply.valve", needed=True, title="hot"))
    bed.reads("supply", valve=False)
    assert bed.reason() == "hot: needs supply.valve; supply.valve is OFF."
    assert (bed.state(), bed.told) == ("blocked", []), "a valve that is shut is no trouble"
    bed.reads("supply", valve=True)
    assert (bed.state(), bed.reason(), bed.told) == ("normal", None, [])


@pytest.mark.parametrize(
    ("value", "quality", "said"),
    [
        (None, {"temp": "sentinel"}, "sentinel"),
        (None, {}, "suspect"),
        (20.0, {"temp": "frozen"}, "frozen"),
        (20.0, {"temp": "a word of tomorrow"}, "a word of tomorrow"),
        ("20", {}, "suspect"),
    ],
)
def test_a_value_that_cannot_be_believed_trips(value: Value | None, quality: dict[str, str], said: str) -> None:
    bed = Bed(interlock("chamber.temp > 40"))
    bed.reads("chamber", temp=20.0)
    bed.reads("chamber", quality, temp=value)
    assert bed.state() == "tripped"
    assert bed.reason() == f"hot (Lamp too hot): chamber.temp > 40; chamber.temp is not known ({said})."


def test_a_silent_sensor_trips_after_three_periods() -> None:
    bed = Bed(interlock("chamber.temp > 40"))
    bed.reads("chamber", temp=20.0)
    bed.now += 6.0
    assert bed.reason() is None
    bed.now += 0.001
    assert bed.reason() is not None, "nobody has looked at the clock yet, but the verdict has an end"
    bed.tick()
    assert bed.state() == "tripped"
    assert "chamber.temp is not known (older than 6 s)" in str(bed.reason())


def test_a_device_with_a_fault_shows_nothing_until_it_is_read_again_and_well() -> None:
    bed = Bed(interlock("chamber.temp > 40"))
    bed.reads("chamber", temp=20.0)
    bed.fails("chamber")
    assert "is not known (no_answer)" in str(bed.reason())
    bed.reads("chamber", temp=20.0)
    assert bed.state() == "tripped"
    bed.fails("chamber", None)
    assert bed.state() == "normal"


def test_a_division_by_zero_trips() -> None:
    bed = Bed(interlock("1 / chamber.temp > 2"))
    bed.reads("chamber", temp=0)
    assert bed.state() == "tripped"


def test_a_latched_one_stays_until_it_is_reset() -> None:
    bed = Bed(interlock("chamber.temp > 40", latched=True))
    bed.reads("chamber", temp=20.0)
    bed.reads("chamber", temp=41.0)
    assert bed.board.latched == {"s/hot"}
    assert bed.reset() == "hot (Lamp too hot): chamber.temp > 40; chamber.temp is 41."
    assert bed.state() == "tripped"
    bed.reads("chamber", temp=20.0)
    assert bed.state() == "latched"
    assert "nobody has reset it" in str(bed.reason())
    assert bed.reset() == ""
    assert (bed.state(), bed.reason(), bed.board.latched) == ("normal", None, frozenset())
    assert [text.partition(":")[0] for text in bed.told] == [
        "hot (Lamp too hot) has tripped",
        "hot (Lamp too hot)",
        "hot (Lamp too hot) was reset.",
    ]
    assert bed.reset() == "", "there is nothing to reset any more"


def test_at_the_start_it_waits_and_latches_nothing() -> None:
    bed = Bed(interlock("chamber.temp > 40 or supply.valve", latched=True))
    assert bed.state() == "waiting"
    assert "not known yet" in str(bed.reason())
    bed.fails("chamber")
    bed.reads("supply", valve=True)
    assert (bed.state(), bed.board.latched) == ("waiting", frozenset())
    bed.fails("chamber", None)
    bed.reads("chamber", temp=20.0)
    bed.reads("supply", valve=False)
    assert bed.state() == "latched", "all was known once while the valve was open"


def test_what_was_latched_is_so_after_a_restart() -> None:
    bed = Bed(interlock("chamber.temp > 40", latched=True), frozenset({"s/hot"}))
    assert bed.state() == "latched"
    assert "not known (not read yet)" in bed.reset()
    bed.reads("chamber", temp=20.0)
    assert bed.state() == "latched"
    assert bed.reset() == ""
    assert bed.reason() is None


@dataclass
class Truth:
    """What must be the case, worked out in another way: from all that ever happened to the two inputs."""

    needed_fresh: Mapping[str, float]

    def __post_init__(self) -> None:
        self.seen: dict[str, tuple[float, bool | float | None]] = {}
        self.faulty: set[str] = set()
        self.known_once = self.held = False

    def known(self, now: float) -> bool:
        """Whether both inputs can be believed."""
        return not self.faulty and all(
            key in self.seen and self.seen[key][1] is not None and now - self.seen[key][0] <= 3 * period
            for key, period in self.needed_fresh.items()
        )

    def harmless(self, now: float) -> bool:
        """Whether the output may be set: all is known, cool, and the valve is open."""
        if not self.known(now):
            return False
        return float(self.seen["chamber"][1] or 0) <= 40 and bool(self.seen["supply"][1])

    def looked(self, now: float, *, latched: bool) -> None:
        """The loop has looked at it."""
        self.known_once = self.known_once or self.known(now)
        self.held = self.held or (latched and self.known_once and not self.harmless(now))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("temp"), st.sampled_from([20.0, 40.0, 40.5, None])),
        st.tuples(st.just("valve"), st.sampled_from([True, False, None])),
        st.tuples(st.just("doubt"), st.sampled_from(["chamber", "supply"])),
        st.tuples(st.just("fault"), st.sampled_from(["chamber", "supply"])),
        st.tuples(st.just("works"), st.sampled_from(["chamber", "supply"])),
        st.tuples(st.just("passes"), st.sampled_from([0.5, 3.0, 6.0, 15.5])),
        st.tuples(st.just("tick"), st.just(0)),
        st.tuples(st.just("reset"), st.just(0)),
    ),
    max_size=40,
)


@given(STEPS, st.booleans())
def test_whatever_happens_an_output_may_be_set_only_when_all_is_known_and_well(
    steps: list[tuple[str, object]], latched: bool
) -> None:
    bed = Bed(interlock("chamber.temp <= 40 and supply.valve", needed=True, latched=latched))
    truth = Truth({"chamber": 2.0, "supply": 5.0})
    for what, detail in steps:
        _happens(bed, truth, what, detail)
        if what != "passes":
            truth.looked(bed.now, latched=latched)
        if what == "reset" and truth.harmless(bed.now):
            truth.held = False
        allowed = truth.harmless(bed.now) and not truth.held
        assert (bed.reason() is None) is allowed, (what, detail)
        if what in ("tick", "reset"):
            assert (bed.state() == "normal") is allowed


def _happens(bed: Bed, truth: Truth, what: str, detail: object) -> None:
    match what, detail:
        case "temp", float() | None as value:
            bed.reads("chamber", temp=value)
            truth.seen["chamber"] = bed.now, value
        case "valve", bool() | None as value:
            bed.reads("supply", valve=value)
            truth.seen["supply"] = bed.now, value
        case "doubt", str(device):
            bed.reads(device, {"temp": "frozen", "valve": "suspect"}, temp=20.0, valve=True)
            truth.seen[device] = bed.now, None
        case "fault", str(device):
            bed.fails(device)
            truth.faulty.add(device)
            truth.seen.pop(device, None)
        case "works", str(device):
            bed.fails(device, None)
            truth.faulty.discard(device)
        case "passes", float(seconds):
            bed.now += seconds
        case "tick", _:
            bed.tick()
        case "reset", _:
            bed.reset()
