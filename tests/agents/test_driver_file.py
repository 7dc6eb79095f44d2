"""Numbers in files, as the kernel shows them."""

from pathlib import Path

import pytest

from agents.driver import Driver
from hub.contract.channels import Number, Switch
from hub.contract.errors import Code, ConfigError
from hub.contract.reading import Quality
from tests.agents.driving import error_of, reads
from tests.agents.generic import configured, opened


def over(folder: Path, *channels: str) -> Driver:
    """A driver for files below `folder`."""
    entry = configured(folder, "\n".join(["  driver: file", f"  address: {folder}", "  channels:", *channels]))
    return entry.driver(entry.options(folder))


def test_it_reads_scales_and_writes(tmp_path: Path) -> None:
    with opened("file", tmp_path) as (_, driver):
        values = driver.read().values
        assert isinstance(values["temp"], float)
        assert 10 < values["temp"] < 40
        assert values["pump"] is False
        driver.write("pump", True)
        assert driver.read().values["pump"] is True


def test_the_channels_are_as_config_yaml_describes_them(tmp_path: Path) -> None:
    entry = configured(
        tmp_path,
        "  driver: file\n  channels:\n    a: {path: /a, unit: V, low: 0, high: 5, decimals: 2, title: A}\n"
        "    b: {path: /b, kind: switch, writable: true, safe: false, lease: 5s}",
    )
    assert entry.description.channels == (
        Number("a", title="A", unit="V", low=0, high=5, decimals=2),
        Switch("b", writable=True, safe=False, lease=5),
    )


def test_a_missing_file_leaves_the_others_alone_and_a_missing_device_is_an_error(tmp_path: Path) -> None:
    with opened("file", tmp_path) as (simulated, driver):
        simulated.suffer(missing=True)
        snapshot = reads(driver, lambda found: {found.values["temp"], found.values["hum"]} == {None})
        assert snapshot.quality == {"temp": Quality.SUSPECT, "hum": Quality.SUSPECT}
        assert snapshot.values["pump"] is False
    driver = over(tmp_path, "    a: {path: /no/such/file}")
    assert error_of(driver.read) is Code.NO_ANSWER


@pytest.mark.parametrize(
    ("content", "value"),
    [("21437\n", 21.437), (" -5 ", -0.005), ("1e3", 1), ("+2.5", 0.0025), ("4096", 4.096)],
)
def test_a_number(tmp_path: Path, content: str, value: float) -> None:
    (tmp_path / "a").write_text(content)
    assert over(tmp_path, "    a: {path: /a, scale: 0.001}").read().values == {"a": value}


@pytest.mark.parametrize("content", ["", "NaN", "inf", "1e400", "0x10", "1 2", "21.5 C", "1_000", "²", "9" * 5000])
def test_what_is_no_number(tmp_path: Path, content: str) -> None:
    (tmp_path / "a").write_text(content)
    assert error_of(over(tmp_path, "    a: {path: /a}").read) is Code.BAD_ANSWER


def test_the_mark_for_absent_is_no_value(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("-255.0")
    snapshot = over(tmp_path, "    a: {path: /a, absent: -255, scale: 0.1}").read()
    assert snapshot.values == {"a": None}
    assert snapshot.quality == {"a": Quality.SENTINEL}


def test_a_star_stands_for_one_folder(tmp_path: Path) -> None:
    driver = over(tmp_path, "    a: {path: /hwmon*/temp1_input}")
    assert error_of(driver.read) is Code.NO_ANSWER
    for number in (3, 4):
        (tmp_path / f"hwmon{number}").mkdir()
        (tmp_path / f"hwmon{number}" / "temp1_input").write_text("41000")
        assert (error_of(driver.read) is None) == (number == 3)


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    driver = over(tmp_path, "    a: {path: /no/such/file, writable: true}")
    assert error_of(lambda: driver.write("a", 1)) is Code.DEVICE_REFUSED


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("{}", "channels.a: lacks 'path'; add it"),
        ("{path: a}", "channels.a.path: 'a' is no whole path"),
        ("{path: /a, unti: V}", "channels.a.unti: there is no such key here; did you mean 'unit'?"),
        ("{path: /a, titel: V}", "channels.a.titel: there is no such key here; did you mean 'title'?"),
        ("{path: /a, kind: switch, unit: V}", "'unit' belongs to a number"),
        ("{path: /a, on: 1}", "'on' belongs to a switch"),
        ("{path: /a, scale: 0}", "a scale of 0"),
        ("{path: /a, low: 2, high: 1}", "write the smaller one under low"),
        ("{path: /a, kind: choice}", "a choice needs its words"),
        ("{path: /a, safe: 1}", "only a channel that can be set has a safe value"),
        ("{path: /a, low: 1, writable: true, safe: 0}", "a takes at least 1"),
        ("{path: /a, source: b}", "the driver file has no channel 'b'"),
    ],
)
def test_each_mistake_is_named_with_its_line(tmp_path: Path, channel: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        configured(tmp_path, f"  driver: file\n  channels:\n    a: {channel}")
    assert str(caught.value).startswith("config.yaml:11: stands.stand.devices.device.channels.a")
    assert told in str(caught.value)


@pytest.mark.parametrize("channels", ["", "  channels: {}\n"])
def test_without_channels_there_is_nothing_to_read(tmp_path: Path, channels: str) -> None:
    with pytest.raises(ConfigError, match="channels"):
        configured(tmp_path, f"  driver: file\n{channels}")
