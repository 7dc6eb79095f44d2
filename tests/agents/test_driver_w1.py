"""1-wire thermometers: the kernel's files, and all that can be wrong with a line."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agents.drivers.w1 import parse
from agents.simulators.kernel_files import AIR, W1Faults, crc8, slave
from hub.contract.errors import Code, ConfigError, DeviceError
from hub.contract.reading import Quality
from tests.agents.driving import becomes, error_of, reads
from tests.agents.generic import configured, opened

GOOD = "4b 46 7f ff 0c 10 d4 01 2c : crc=2c YES\n4b 46 7f ff 0c 10 d4 01 2c t=21500\n"


def test_it_reads_every_sensor_of_the_line(tmp_path: Path) -> None:
    with opened("w1", tmp_path) as (_, driver):
        snapshot = driver.read()
    assert snapshot.values.keys() == {"air", "roots"}
    assert not snapshot.quality
    assert all(isinstance(value, float) and 10 < value < 40 for value in snapshot.values.values())


def test_a_sensor_that_is_missing_leaves_the_others_alone(tmp_path: Path) -> None:
    with opened("w1", tmp_path) as (simulated, driver):
        simulated.suffer(missing=[AIR])
        snapshot = reads(driver, lambda found: found.values["air"] is None)
        assert snapshot.quality == {"air": Quality.SUSPECT}
        assert snapshot.values["roots"] is not None
        simulated.suffer(missing=[AIR, "28-0316a2796cbb"])
        becomes(driver, Code.NO_ANSWER)
        simulated.suffer()
        becomes(driver, None)


@pytest.mark.parametrize("fault", ["disturbed", "held"])
def test_a_line_that_is_disturbed_or_held_down_gives_no_values(fault: str, tmp_path: Path) -> None:
    with opened("w1", tmp_path) as (simulated, driver):
        simulated.suffer(**{fault: True})
        becomes(driver, Code.BAD_ANSWER)
        simulated.suffer()
        becomes(driver, None)


def test_the_value_at_power_on_is_suspect(tmp_path: Path) -> None:
    with opened("w1", tmp_path) as (simulated, driver):
        simulated.suffer(power_on=True)
        snapshot = reads(driver, lambda found: set(found.values.values()) == {85})
        assert snapshot.quality == {"air": Quality.SUSPECT, "roots": Quality.SUSPECT}


def test_all_sensors_of_a_line_share_a_thread(tmp_path: Path) -> None:
    buses = [
        configured(tmp_path, f"  driver: w1\n  channels: {{a: {{sensor: 28-00000000000{n}}}}}").bus for n in (1, 2)
    ]
    assert buses[0] == buses[1]


def test_an_id_that_cannot_be_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config.yaml:\d+: stands.stand.devices.device.channels.a.sensor"):
        configured(tmp_path, "  driver: w1\n  channels: {a: {sensor: ds18b20}}")


def test_the_kernels_lines() -> None:
    assert parse(GOOD) == 21.5
    assert parse(GOOD.replace("21500", "-10125")) == -10.125


@given(st.floats(-55, 125))
def test_the_simulator_writes_what_the_driver_reads(temperature: float) -> None:
    text = slave(temperature, W1Faults())
    assert abs(parse(text) - temperature) <= 1 / 32 + 0.001
    assert crc8(bytes.fromhex(text[:26])) == 0


@given(st.text(max_size=100) | st.integers(0, len(GOOD)).map(lambda end: GOOD[:end]))
@example(GOOD.replace("21500", "99999999"))
@example(GOOD.replace("YES", "NO"))
def test_anything_else_is_a_bad_answer(text: str) -> None:
    if text != GOOD:
        assert error_of(lambda: parse(text)) is Code.BAD_ANSWER


def test_bytes_of_nothing_but_zeros_are_no_temperature() -> None:
    with pytest.raises(DeviceError, match="held at 0 V"):
        parse(slave(20, W1Faults(held=True)))
