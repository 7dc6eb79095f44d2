"""Calibrations: the value follows from what the device shows, which stays beside it; never a guess."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.catalog.calibration import Calibrated
from agents.catalog.catalog import Entry, entries
from agents.clock import Clock
from agents.device import Device
from agents.driver import Snapshot
from agents.messages import Event, Finished, Job, Obtained, Request
from agents.naming import named
from hub.contract.channels import Number, Value
from hub.contract.command import Status
from hub.contract.config.calibration import Calibration
from hub.contract.config.load import load, naming_lines
from hub.contract.description import decode
from hub.contract.errors import Code, ConfigError
from tests.agents.bench import DRIVERS, SHELF, Hardware

BEGIN = "version: 1\nagents: {a1: {}}\nstands:\n  s:\n    agent: a1\n    devices:\n      d:\n"
BENCH = "        driver: bench\n        address: calibrated\n        channels:\n"
NUMBERS = st.floats(-1e6, 1e6)


def calibrated(**given: Any) -> Calibrated:  # noqa: ANN401
    return Calibrated(Number("x", unit="mV", low=0, high=100), Calibration(date="2026-10-01", **given))


def entry(folder: Path, *channels: str) -> Entry:
    file = folder / "config.yaml"
    file.write_text(BEGIN + BENCH + "".join(f"          {line}\n" for line in channels))
    with naming_lines(file):
        return entries(load(file), DRIVERS)["s/d"]


@pytest.mark.parametrize(
    ("given", "raw", "value"),
    [
        ({"scale": 1.1, "offset": -3}, 10, 8),
        ({"offset": 0.1}, 0.2, 0.3),
        ({"scale": -2}, 3, -6),
        ({"polynomial": [1, 2, 3]}, 10, 321),
        ({"polynomial": [7]}, 10, 7),
        ({"polynomial": [0, 0, 0, 1]}, 1e200, None),
        ({"table": [[0, 1], [10, 2], [20, 12]]}, 0, 1),
        ({"table": [[0, 1], [10, 2], [20, 12]]}, 15, 7),
        ({"table": [[0, 1], [10, 2], [20, 12]]}, 20, 12),
        ({"table": [[0, 1], [10, 2]]}, 10.001, None),
        ({"table": [[0, 1], [10, 2]]}, -0.001, None),
    ],
)
def test_the_value_of_a_raw_number(given: dict[str, Any], raw: float, value: float | None) -> None:
    assert calibrated(**given).value(raw) == value


@given(NUMBERS.filter(lambda scale: abs(scale) > 1e-3), NUMBERS, NUMBERS)
def test_a_linear_one_can_be_turned_round(scale: float, offset: float, value: float) -> None:
    both = calibrated(scale=scale, offset=offset)
    assert both.value(both.to_raw(value)) == pytest.approx(value, rel=1e-6, abs=1e-3)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=6, unique_by=lambda pair: pair[0]), NUMBERS)
def test_a_table_stays_between_its_neighbours(pairs: list[tuple[float, float]], raw: float) -> None:
    table = sorted(pairs)
    value = calibrated(table=table).value(raw)
    assert (value is None) == (not table[0][0] <= raw <= table[-1][0])
    values = [at for _, at in table]
    assert value is None or min(values) - 1e-3 <= value <= max(values) + 1e-3


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("{scale: 2}", "lacks 'date'"),
        ("{date: 2026-13-01, scale: 2}", "'2026-13-01' is no day; write it as 2026-11-22"),
        ("{date: 2026-10-01}", "either scale and offset, or a polynomial, or a table"),
        ("{date: 2026-10-01, scale: 2, table: [[0, 1], [1, 2]]}", "either scale and offset"),
        ("{date: 2026-10-01, scale: 0}", "a scale of 0"),
        ("{date: 2026-10-01, table: [[0, 1]]}", "two pairs or more"),
        ("{date: 2026-10-01, table: [[1, 1], [0, 2]]}", "raw values rising"),
        ("{date: 2026-10-01, polynomial: []}", "1 to 10 coefficients"),
        ("{date: 2026-10-01, scael: 2}", "did you mean 'scale'?"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, given: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        entry(tmp_path, f"temp: {{calibration: {given}}}")
    assert "config.yaml:11: stands.s.devices.d.channels.temp.calibration" in str(caught.value)
    assert told in str(caught.value)


def test_what_cannot_be_calibrated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        entry(
            tmp_path,
            "heater: {calibration: {date: 2026-10-01, scale: 2}}",
            "power: {calibration: {date: 2026-10-01, polynomial: [0, 2]}}",
        )
    first, second = str(caught.value).splitlines()
    assert "heater.calibration: only a number" in first
    assert "power.calibration: a channel that is set takes scale and offset only" in second


def test_the_description_tells_it(tmp_path: Path) -> None:
    channel = "temp: {calibration: {date: 2026-10-01, note: ice, scale: -2, offset: 1, unit: F}}"
    found = entry(tmp_path, channel).description
    assert decode("s", "d", found.encode()) == found
    assert found.channel("temp") == Number(
        "temp",
        unit="F",
        low=-159,
        high=81,
        calibration={"date": "2026-10-01", "note": "ice", "scale": -2.0, "offset": 1.0, "unit": "F"},
    )


def test_the_raw_value_stays_beside_and_is_what_is_judged(tmp_path: Path) -> None:
    found = entry(tmp_path, "temp: {calibration: {date: 2026-10-01, table: [[0, 32], [100, 212]]}}", "power: {}")
    assert named(found, Snapshot({"temp": 50.0, "power": 1})) == ({"temp": 122.0, "power": 1}, {}, {"temp": 50.0})
    beyond = named(found, Snapshot({"temp": 81.0, "power": 1}))
    assert (beyond.values["temp"], beyond.quality) == (177.8, {"temp": "suspect"})
    outside = named(found, Snapshot({"temp": -1.0, "power": 1}))
    assert outside == ({"temp": None, "power": 1}, {"temp": "suspect"}, {"temp": -1.0})
    nothing = named(found, Snapshot({"temp": None, "power": 1}, {"temp": "sentinel"}))
    assert nothing == ({"temp": None, "power": 1}, {"temp": "sentinel"}, {})


def test_what_is_set_is_turned_round_and_confirmed_as_the_device_shows_it(tmp_path: Path) -> None:
    found = entry(tmp_path, "light: {source: power, calibration: {date: 2026-10-01, scale: 3, offset: 6}}")
    hardware = SHELF["calibrated"] = Hardware()
    told: list[Event] = []
    device = Device(found, tmp_path, told.append, Clock(lambda: 0.0, lambda: 0.0))
    device.visit()
    assert hardware.log == [("power", 0)], "the driver's safe value, not that of another scale"

    def command(value: Value) -> Finished:
        request = Request("t", "s/d", "light", "id", True, 0.0)
        return device.command(Job(request, found.description.channel("light").check(value), None))

    assert command(106).status is Status.DONE
    assert hardware.values["power"] == pytest.approx(100 / 3)
    readings = [event for event in told if isinstance(event, Obtained)]
    assert readings[-1].values["light"] == 106
    assert readings[-1].raw["light"] == pytest.approx(100 / 3)
    hardware.stuck = True
    assert command(6).code is Code.NOT_CONFIRMED
