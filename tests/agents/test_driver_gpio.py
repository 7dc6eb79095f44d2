"""A Raspberry Pi's pins, as gpiozero pretends them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

from agents.drivers.gpio import Gpio
from hub.contract.channels import Number, Switch
from hub.contract.errors import Code, ConfigError
from tests.agents.driving import error_of
from tests.agents.generic import configured, example, opened

PIN = {"pump": 17, "light": 18, "door": 23, "rain": 24}


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    """The pins of this machine are pretended ones."""
    before, Device.pin_factory = Device.pin_factory, MockFactory(pin_class=MockPWMPin)
    yield Device.pin_factory
    Device.pin_factory.close()
    Device.pin_factory = before


def made(folder: Path, channels: str | None = None) -> Gpio:
    """The page's example, or a device with these channels, on this machine's pins."""
    text = example("gpio") if channels is None else f"  driver: gpio\n  channels: {channels}"
    entry = configured(folder, text)
    driver = entry.driver(entry.options(folder))
    assert isinstance(driver, Gpio)
    return driver


def test_what_the_channels_are(tmp_path: Path) -> None:
    assert configured(tmp_path, example("gpio")).description.channels == (
        Switch("pump", writable=True, safe=False),
        Number("light", unit="%", low=0, high=100, writable=True, decimals=1, safe=0),
        Switch("door"),
        Number("rain", unit="mm", low=0),
    )


def test_outputs_and_dimmers_are_set_and_read_back(pins: MockFactory, tmp_path: Path) -> None:
    driver = made(tmp_path)
    driver.open()
    for value in (True, False):
        driver.write("pump", value)
        assert pins.pin(PIN["pump"]).state is not value  # it is on at 0 V
        assert driver.read().values["pump"] is value
    driver.write("light", 33.5)
    assert pins.pin(PIN["light"]).state == pytest.approx(0.335)
    assert driver.read().values["light"] == 33.5
    driver.close()


@pytest.mark.parametrize("pull", ["up", "down", "none"])
@pytest.mark.parametrize("active_low", [False, True])
def test_inputs_and_counters(pins: MockFactory, tmp_path: Path, pull: str, active_low: bool) -> None:
    more = f"pull: {pull}, active_low: {str(active_low).lower()}"
    driver = made(
        tmp_path, f"{{door: {{pin: 23, mode: input, {more}}}, rain: {{pin: 24, mode: counter, {more}, scale: 0.5}}}}"
    )
    driver.open()
    door, rain = pins.pin(23), pins.pin(24)
    levels = (True, False) if active_low else (False, True)
    for pin in (door, rain):
        pin.drive_high() if levels[0] else pin.drive_low()
    start = driver.read().values
    assert start["door"] is False
    for _ in range(3):
        rain.drive_high() if levels[1] else rain.drive_low()
        rain.drive_high() if levels[0] else rain.drive_low()
    door.drive_high() if levels[1] else door.drive_low()
    values = driver.read().values
    assert values["door"] is True
    assert isinstance(values["rain"], float)
    assert isinstance(start["rain"], float)
    assert values["rain"] - start["rain"] == 1.5
    driver.close()


def test_opened_again_an_output_keeps_its_state_and_a_counter_its_count(pins: MockFactory, tmp_path: Path) -> None:
    driver = made(tmp_path)
    driver.open()
    driver.write("pump", True)
    pins.pin(PIN["rain"]).drive_low()
    driver.open()
    values = driver.read().values
    assert values["rain"] == 0.2794
    assert values["pump"] is True
    driver.close()
    assert error_of(driver.read) is Code.NO_ANSWER
    driver.close()


def test_pins_that_are_taken_are_an_error(pins: MockFactory, tmp_path: Path) -> None:
    first, second = made(tmp_path), made(tmp_path, "{lamp: {pin: 17, mode: output}}")
    first.open()
    assert error_of(second.open) is Code.NO_ANSWER
    first.close()
    second.open()
    second.close()


def test_a_simulated_device_has_pretended_pins(tmp_path: Path) -> None:
    with opened("gpio", tmp_path) as (_, driver):
        driver.write("pump", True)
        assert driver.read().values["pump"] is True


@pytest.mark.parametrize(
    ("channels", "told"),
    [
        ("{a: {pin: 1}}", "channels.a: lacks 'mode'"),
        ("{a: {pin: 40, mode: input}}", "channels.a.pin"),
        ("{a: {pin: 1, mode: servo}}", "channels.a.mode"),
        ("{a: {pin: 1, mode: output, pull: up}}", "'pull' belongs to input and counter, and this is output"),
        ("{a: {pin: 1, mode: output}, b: {pin: 1, mode: input}}", "a and b have the same pin 1; give them two"),
        ("{a: {pin: 1, mode: input, safe: false}}", "only a channel that can be set has a safe value"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, channels: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        made(tmp_path, channels)
    assert told in str(caught.value)
