"""Frozen and railed sensors: doubted as long as they are so, and only then; what is doubted is unknown to all else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.catalog.catalog import Entry, entries
from agents.derivation import Derivations
from agents.messages import Obtained
from agents.plausibility import Plausibility, mistakes
from hub.contract.channels import Number
from hub.contract.config.load import load, naming_lines
from hub.contract.errors import ConfigError
from tests.agents.bench import DRIVERS
from tests.agents.test_device import Bed

FROZEN_AFTER = 600.0
CO2 = Number("co2", frozen_after=FROZEN_AFTER, rails=(0, 4095))
BEGIN = "version: 1\nagents: {a1: {}}\nstands:\n  s:\n    agent: a1\n    devices:\n      d:\n"
BENCH = "        driver: bench\n        address: plausible\n        channels:\n"


def entry(folder: Path, *channels: str, more: str = "") -> Entry:
    file = folder / "config.yaml"
    file.write_text(BEGIN + BENCH + "".join(f"          {line}\n" for line in channels) + more)
    with naming_lines(file):
        return entries(load(file), DRIVERS)["s/d"]


def doubt(judge: Plausibility, value: float | None, now: float, said: dict[str, str] | None = None) -> str | None:
    return judge.doubts({"co2": value}, said or {}, now).get("co2")


def test_fault_32_a_value_that_never_changes_is_frozen_until_it_does() -> None:
    judge = Plausibility([CO2])
    assert [doubt(judge, 400.1, now) for now in (0, 300, 599)] == [None] * 3
    assert [doubt(judge, 400.1, now) for now in (600, 900)] == ["frozen"] * 2
    assert [doubt(judge, 400.2, now) for now in (901, 1200, 1501)] == [None, None, "frozen"]


def test_a_sensor_that_was_absent_now_and_then_is_frozen_all_the_same() -> None:
    judge = Plausibility([CO2])
    for now in range(0, 600, 100):
        assert doubt(judge, 400.1, now) is None
        assert doubt(judge, None, now + 50, {"co2": "sentinel"}) is None
    assert doubt(judge, 400.1, 600) == "frozen"


def test_nobody_knows_what_it_was_like_while_nothing_was_shown() -> None:
    judge = Plausibility([CO2])
    doubt(judge, 400.1, 0)
    assert doubt(judge, 400.1, 30_000) is None
    assert doubt(judge, 400.1, 30_300) is None
    assert doubt(judge, 400.1, 30_600) == "frozen"


@pytest.mark.parametrize(
    ("value", "word"), [(0, "railed"), (-1, "railed"), (1, None), (4094.9, None), (4095, "railed")]
)
def test_fault_32_a_value_at_the_end_of_the_range_or_beyond_is_railed(value: float, word: str | None) -> None:
    assert doubt(Plausibility([CO2]), value, 0) == word


def test_what_the_driver_says_stands_but_that_a_number_is_out_of_range_is_said_better() -> None:
    judge = Plausibility([CO2])
    assert doubt(judge, 4095, 0, {"co2": "zeroing"}) is None
    assert doubt(judge, 4095, 1, {"co2": "suspect"}) == "railed"
    assert doubt(judge, 5, 2, {"co2": "suspect"}) is None
    assert doubt(judge, 5, 600, {"co2": "suspect"}) is None
    assert doubt(judge, 5, 602) == "frozen"


@given(st.lists(st.tuples(st.floats(0.1, 400), st.sampled_from([1.0, 2.0, None])), max_size=40))
def test_a_value_is_frozen_only_when_it_was_seen_so_all_the_time(steps: list[tuple[float, float | None]]) -> None:
    judge, now, last, since = Plausibility([CO2]), 0.0, None, 0.0
    for pause, value in steps:
        now += pause
        word = doubt(judge, value, now)
        if value is None:
            assert word is None
            continue
        if value != last:
            last, since = value, now
        assert word is None or now - since >= FROZEN_AFTER


def test_a_number_of_which_nothing_is_said_may_stay_as_it_is() -> None:
    assert Plausibility([Number("co2")]).doubts({"co2": 0}, {}, 1e9) == {}


def test_the_raw_value_is_judged(tmp_path: Path) -> None:
    calibration = "calibration: {table: [[1, 10], [59, 900]], date: 2026-10-01}"
    temp = entry(tmp_path, f"temp: {{rails: [0, 60], frozen_after: 1m, {calibration}}}").calibrated["temp"]
    bed = Bed(Number("temp", rails=(0, 60)), calibrated={"temp": temp})
    for raw, value, word in ((60.0, None, "railed"), (40.0, temp.value(40), None)):
        bed.hardware.values["temp"] = raw
        bed.device.visit()
        reading = [event for event in bed.told if isinstance(event, Obtained)][-1]
        assert (reading.values["temp"], reading.raw["temp"], reading.quality.get("temp")) == (value, raw, word)


def test_fault_32_a_frozen_value_stays_visible_and_is_told_with_its_word() -> None:
    bed = Bed(Number("temp", frozen_after=30))
    for _ in range(5):
        bed.device.visit()
        bed.now = bed.device.due
    words = [event.quality.get("temp") for event in bed.told if isinstance(event, Obtained)]
    assert words == [None, None, None, "frozen", "frozen"]
    assert [event.values["temp"] for event in bed.told if isinstance(event, Obtained)] == [21.5] * 5


def test_fault_32_what_is_derived_from_a_frozen_value_has_none(tmp_path: Path) -> None:
    derived = "        derived: {double: {formula: 2 * temp}}\n"
    found = entry(tmp_path, "temp: {frozen_after: 1m}", more=derived)
    reading = Derivations({"s/d": found}).complete(Obtained("s/d", 0, {"temp": 21.5}, {"temp": "frozen"}), 0)
    assert (reading.values["double"], reading.quality["double"]) == (None, "frozen")


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("heater: {rails: [0, 1]}", "heater.rails: only a number is judged so, and this is a switch"),
        ("power: {frozen_after: 1h}", "power.frozen_after: a channel that is set shows what it was set to"),
        ("temp: {rails: [5, 5]}", "temp.rails: these are the least and the most that the sensor can show"),
        ("temp: {rails: [5]}", "temp.rails"),
        ("temp: {rails: 5}", "temp.rails"),
        ("temp: {frozen_after: 5s}", "temp.frozen_after: it is read every 2s; give it 3 periods at least"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, channel: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        entry(tmp_path, channel)
    assert f"config.yaml:11: stands.s.devices.d.channels.{told}" in str(caught.value)


def test_a_drivers_own_declaration_is_looked_over_too() -> None:
    assert not list(mistakes(CO2))
    assert [key for key, _ in mistakes(Number("co2", rails=(5, 1), writable=True))] == ["rails", "rails"]
