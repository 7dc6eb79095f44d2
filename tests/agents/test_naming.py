"""What a driver brought becomes what may be published: never a NaN, never a value that its channel cannot have."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.catalog.catalog import Entry
from agents.driver import Snapshot
from agents.naming import Measured, named, shows
from hub.contract.channels import Number, Switch, Value
from hub.contract.description import Description
from hub.contract.errors import DeviceError
from hub.contract.reading import Reading
from tests.agents.bench import Bench

ENTRY = Entry(
    Description("s", "d", "D", "bench", "a1", 1.0, "anyone", Bench.channels),
    Bench,
    {"address": "x"},
    {channel.name: channel.name for channel in Bench.channels},
    False,
)
GOOD: dict[str, Value | None] = {"heater": True, "power": 50, "mode": "slow", "temp": 20.5}


def test_good_values_pass_and_an_action_has_none() -> None:
    assert named(ENTRY, Snapshot(dict(GOOD))) == Measured(GOOD, {}, {})


@pytest.mark.parametrize(
    ("channel", "value", "left"),
    [
        ("temp", math.nan, None),
        ("temp", math.inf, None),
        ("temp", None, None),
        ("temp", 81, 81),
        ("temp", -1e300, None),
        ("temp", 10**30, None),
        ("mode", "turbo", None),
    ],
)
def test_a_doubtful_value_is_suspect(channel: str, value: Value | None, left: Value | None) -> None:
    values, quality, _ = named(ENTRY, Snapshot({**GOOD, channel: value}))
    assert values == {**GOOD, channel: left}
    assert quality == {channel: "suspect"}


def test_what_the_driver_says_of_the_quality_stands() -> None:
    _, quality, _ = named(ENTRY, Snapshot({**GOOD, "temp": None}, {"temp": "warming_up", "unknown": "suspect"}))
    assert quality == {"temp": "warming_up"}


@given(
    st.sampled_from([*GOOD]), st.one_of(st.floats(), st.integers(), st.text(), st.booleans(), st.binary(), st.none())
)
def test_whatever_a_driver_brings_can_be_published_or_is_its_fault(channel: str, value: object) -> None:
    try:
        values, quality, _ = named(ENTRY, Snapshot({**GOOD, channel: value}))  # type: ignore[dict-item]
    except DeviceError:
        return
    reading = Reading("2026-01-01T00:00:00.000Z", "e", 1, values, quality)
    Reading.decode(reading.encode()).check_values(ENTRY.description)


def test_a_number_is_confirmed_within_the_rounding_of_its_decimals() -> None:
    power = Number("power", decimals=1)
    assert shows(power, 20.04, 20.0)
    assert shows(power, 20, 20.049)
    assert not shows(power, 20, 20.06)
    assert not shows(power, 20, None)
    assert not shows(Number("power"), 20, 20.001)
    assert not shows(Switch("heater"), True, False)
