"""The SBA-5 driver against its simulator, over a pty."""

import math
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial
from hypothesis import example, given
from hypothesis import strategies as st

from agents.driver import DriverOptions, Snapshot
from agents.drivers import DRIVERS, sba5
from agents.drivers.sba5 import Measurement, Sba5, parse
from hub.contract.channels import PRESS
from hub.contract.errors import Code, DeviceError
from hub.contract.reading import Quality
from tests.agents.driving import HASTY, error_of, reads
from tests.agents.simulated import Simulated
from tests.servers import wait_until

LAB = ["!", "A0", "F252", "P1", "EL"]


@pytest.fixture
def analyser(tmp_path: Path) -> Iterator[Simulated]:
    with Simulated("sba5", tmp_path, "--speed", "5") as device:
        yield device


@pytest.fixture
def driver(analyser: Simulated, monkeypatch: pytest.MonkeyPatch, timeout: float) -> Iterator[Sba5]:
    monkeypatch.setattr(sba5, "TIMEOUT", timeout)
    made = Sba5(DriverOptions(address=analyser.address))
    wait_until(lambda: error_of(lambda: begin(made)) is None, "the driver to begin")
    yield made
    made.close()


def begin(driver: Sba5) -> None:
    """As an agent does that expects no particular instrument."""
    driver.open()
    driver.prepare()


def switches_off(driver: Sba5) -> None:
    wait_until(lambda: error_of(lambda: driver.write("pump", False)) is None, "the pump to be switched")


def is_good(snapshot: Snapshot) -> bool:
    return isinstance(snapshot.values["co2"], float) and not snapshot.quality


def test_it_initialises_as_the_lab_does_and_reads_all_in_one_transaction(analyser: Simulated, driver: Sba5) -> None:
    assert DRIVERS["sba5"] is Sba5
    snapshot = driver.read()
    assert analyser.requests == [*LAB, "M"]
    assert snapshot.values.keys() == {channel.name for channel in Sba5.channels if channel.kind != "action"}
    assert is_good(snapshot)
    assert snapshot.values["pump"] is True


def test_the_pump_is_switched(analyser: Simulated, driver: Sba5) -> None:
    for value in (False, True, False):
        driver.write("pump", value)
        assert driver.read().values["pump"] is value
    assert [request for request in analyser.requests[5:] if request != "M"] == ["P0", "P1", "P0"]


def test_a_pump_that_was_switched_off_stays_off_when_the_driver_connects_again(
    analyser: Simulated, driver: Sba5
) -> None:
    driver.write("pump", False)
    driver.close()
    begin(driver)
    assert driver.read().values["pump"] is False
    assert analyser.requests[-5:] == ["A0", "F252", "P0", "EL", "M"]


def test_stray_streamed_lines_are_passed_over(analyser: Simulated, driver: Sba5) -> None:
    line = os.open(analyser.address, os.O_RDWR | os.O_NOCTTY)
    os.write(line, b"S,11,0.1\r@")
    wait_until(lambda: "@" in analyser.requests, "the stream to be on")
    for _ in range(5):
        assert is_good(driver.read())
    driver.write("pump", False)
    os.close(line)


@HASTY
def test_after_a_warm_up_it_initialises_again(analyser: Simulated, driver: Sba5) -> None:
    analyser.suffer(warm_up=True)
    snapshot = reads(driver, lambda snapshot: snapshot.quality.get("co2") == Quality.WARMING_UP, "warming up")
    assert set(snapshot.values.values()) == {None}
    assert set(snapshot.quality.values()) == {Quality.WARMING_UP}
    analyser.suffer()
    told = [request for request in analyser.requests if request != "M"]
    reads(driver, is_good, "a value")
    assert [request for request in analyser.requests if request != "M"][len(told) :][-5:] == LAB


def test_it_finds_its_zero_when_told(analyser: Simulated, driver: Sba5) -> None:
    driver.write("zero", PRESS)
    reads(driver, lambda snapshot: snapshot.quality.get("co2") == Quality.ZEROING, "zeroing")
    assert [request for request in analyser.requests[5:] if request != "M"] == ["Z"]


def test_it_tells_its_serial_number_before_anything_is_set(
    analyser: Simulated, monkeypatch: pytest.MonkeyPatch, timeout: float
) -> None:
    monkeypatch.setattr(sba5, "TIMEOUT", timeout)
    other = Sba5(DriverOptions(address=analyser.address))
    other.open()
    assert other.identify() == {"serial": "0"}
    assert analyser.requests == ["!", "V"]
    other.close()


@HASTY
def test_zeroing_is_a_gap(analyser: Simulated, driver: Sba5) -> None:
    analyser.suffer(zeroing=True)
    snapshot = reads(driver, lambda snapshot: snapshot.quality.get("co2") == Quality.ZEROING, "zeroing")
    assert snapshot.values == {"co2": None, "irga_temp": None, "pressure": None, "pump": True}
    switches_off(driver)
    analyser.suffer()
    reads(driver, is_good, "a value")


def test_the_analysers_own_doubt_makes_co2_suspect(analyser: Simulated, driver: Sba5) -> None:
    analyser.suffer(status=3)
    reads(driver, lambda snapshot: snapshot.quality == {"co2": Quality.SUSPECT}, "a doubt")


@HASTY
@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        ("silent", {Code.NO_ANSWER}),
        ("truncated", {Code.NO_ANSWER}),
        ("garbage", {Code.NO_ANSWER, Code.BAD_ANSWER}),
        ("unplugged", {Code.NO_ANSWER}),
    ],
)
def test_a_fault_is_an_error_and_then_all_is_well_again(
    fault: str, codes: set[Code], analyser: Simulated, driver: Sba5
) -> None:
    analyser.suffer(**{fault: True})
    wait_until(lambda: error_of(driver.read) in codes, f"an error while {fault}")
    driver.close()
    wait_until(lambda: error_of(lambda: begin(driver)) in codes, f"an error when it begins while {fault}")
    driver.close()
    analyser.suffer()
    wait_until(lambda: error_of(lambda: begin(driver)) is None, "the driver to open")
    reads(driver, is_good, "a value")


@HASTY
def test_it_finds_its_feet_without_opening_the_port_again(analyser: Simulated, driver: Sba5) -> None:
    analyser.suffer(garbage=True)
    wait_until(lambda: error_of(driver.read), "garbage")
    analyser.suffer()
    reads(driver, is_good, "a value")
    switches_off(driver)


@HASTY
def test_a_command_that_failed_is_never_carried_out_later(analyser: Simulated, driver: Sba5) -> None:
    analyser.freeze()
    assert error_of(lambda: driver.write("pump", False)) is Code.NO_ANSWER
    driver.close()
    analyser.thaw()
    wait_until(lambda: error_of(lambda: begin(driver)) is None, "the driver to open")
    assert reads(driver, is_good, "a value").values["pump"] is True
    assert "P0" not in analyser.requests


def test_a_port_in_use_is_told_from_one_that_is_not_there(analyser: Simulated, tmp_path: Path, driver: Sba5) -> None:
    other = Sba5(driver.options)
    with pytest.raises(DeviceError, match="Another program has") as caught:
        other.open()
    assert caught.value.code is Code.PORT_BUSY
    driver.close()
    other.open()
    other.close()
    other.close()
    missing = Sba5(DriverOptions(address=str(tmp_path / "nothing")))
    with pytest.raises(DeviceError, match="is it plugged in") as caught:
        missing.open()
    assert caught.value.code is Code.NO_ANSWER
    assert error_of(missing.read) is Code.NO_ANSWER


def test_a_second_program_cannot_open_the_port(driver: Sba5) -> None:
    with pytest.raises(serial.SerialException):
        serial.Serial(driver.options.address, exclusive=True)


def test_lines_as_the_manual_shows_them() -> None:
    assert parse(b"M 50885 48094 500.96 55.0 0.0 0.0 829 55.0 55.0 00") == Measurement(500.96, 55.0, 829.0, 0)
    assert parse(b"M 50885 48094 501 55.0 0.0 0.0 829 55.0 55.0 613 4") == Measurement(501.0, 55.0, 829.0, 4)
    assert parse(b"W,43.1") is Quality.WARMING_UP
    assert parse(b"Z,22 of 25") is Quality.ZEROING


WORDS = st.sampled_from(["M", "W,", "Z,", "of", "50885", "500.96", "nan", "1e400", "-", "00", "7", "٣", "\r\n", ""])


@given(st.binary(max_size=100) | st.lists(WORDS, max_size=14).map(lambda words: " ".join(words).encode()))
@example(b"M 50885 48094 500.96 55.0 0.0 0.0 829 55.0 55.0 OK")
@example(b"M 50885 48094 500.96 55.0 0.0 0.0 829 55.0 55.0 07")
@example(b"M 50885 48094 500.96 829 00")
def test_the_parser_gives_a_finite_measurement_a_quality_or_its_own_error(line: bytes) -> None:
    if error_of(lambda: parse(line)) is Code.BAD_ANSWER:
        return
    found = parse(line)
    if isinstance(found, Measurement):
        assert all(math.isfinite(value) for value in (found.co2, found.irga_temp, found.pressure))
        assert found.status in range(7)
