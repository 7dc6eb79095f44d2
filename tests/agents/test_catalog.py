"""From config.yaml to devices: the names of config.yaml, and each mistake named with its line and what to write."""

from pathlib import Path

import pytest

from agents.catalog.catalog import Entry, describe, entries
from agents.catalog.declaration import mistakes as mistakes_of
from agents.drivers import DRIVERS as SHIPPED
from hub.contract.channels import Number, Switch
from hub.contract.config.load import load, naming_lines
from hub.contract.errors import Code, ConfigError, DeviceError
from tests.agents.bench import DRIVERS

X = "address: x"
BEGIN = "version: 1\nagents: {a1: {}}\nstands:\n  s:\n    agent: a1\n    simulate: false\n    devices:\n      d:\n"


def entry(folder: Path, *lines: str, simulate: bool = False) -> Entry:
    text = BEGIN.replace("simulate: false", f"simulate: {str(simulate).lower()}")
    file = folder / "config.yaml"
    file.write_text(text + "".join(f"        {line}\n" for line in lines))
    with naming_lines(file):
        return entries(load(file), DRIVERS)["s/d"]


def mistakes(folder: Path, *lines: str) -> str:
    with pytest.raises(ConfigError) as caught:
        entry(folder, *lines)
    return str(caught.value)


def test_without_a_list_all_channels_appear_under_the_drivers_names(tmp_path: Path) -> None:
    found = entry(tmp_path, "driver: bench", "address: one")
    assert list(found.description.by_name) == ["heater", "power", "mode", "temp", "reset"]
    assert found.description.title == "d"
    assert found.bus == "one"


def test_with_a_list_exactly_the_listed_ones_appear_under_their_new_names(tmp_path: Path) -> None:
    found = entry(
        tmp_path,
        "driver: bench",
        "address: one",
        "title: The heater",
        "channels:",
        "  lamp: {source: heater, title: Lamp, safe: false, lease: 60s}",
        "  temp: {}",
    )
    assert found.description.channels == (
        Switch("lamp", title="Lamp", writable=True, safe=False, lease=60),
        Number("temp", unit="°C", low=-40, high=80),
    )
    assert found.sources == {"lamp": "heater", "temp": "temp"}
    assert found.description.title == "The heater"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            ["driver: bnech"],
            "config.yaml:9: stands.s.devices.d.driver: there is no driver 'bnech'; did you mean 'bench'?",
        ),
        (["driver: bench"], "config.yaml:8: stands.s.devices.d: the driver bench needs the option 'address'"),
        (
            ["driver: bench", X, "buad: 1"],
            "config.yaml:11: stands.s.devices.d.buad: the driver bench has no",
        ),
        (["driver: bench", X, "buad: 1"], "did you mean 'baud'?"),
        (["driver: bench", X, "baud: fast"], "config.yaml:11: stands.s.devices.d.baud: 'fast' cannot be"),
        (["driver: bench", X, "channels: {tmep: {}}"], "no channel 'tmep'; did you mean 'temp'?"),
        (
            ["driver: bench", X, "channels: {a: {source: b}}"],
            "devices.d.channels.a.source: the driver bench",
        ),
        (["driver: bench", X, "channels: {heater: {safe: 0}}"], "heater.safe: heater takes true or false"),
        (["driver: bench", X, "channels: {power: {safe: 101}}"], "power.safe: power takes 0 to 100 %"),
        (["driver: bench", X, "channels: {temp: {safe: 20}}"], "temp.safe: only a channel that can be set"),
        (
            ["driver: bench", X, "channels: {reset: {safe: PRESS}}"],
            "reset.safe: only a channel that can be set",
        ),
        (
            ["driver: bench", X, "channels: {mode: {lease: 5s}}"],
            "mode.lease: a lease ends at the safe value",
        ),
        (["driver: bench", X, "channels: {heater: {lease: 0s}}"], "heater.lease: a lease of no time"),
        (["driver: bench", X, "channels: {mode: {max_on: 5s}}"], "mode.max_on: a limit ends at the safe value"),
        (["driver: bench", X, "channels: {heater: {max_on: 0s}}"], "heater.max_on: a limit of no time"),
    ],
)
def test_each_mistake_is_named_with_its_line(tmp_path: Path, lines: list[str], told: str) -> None:
    assert told in mistakes(tmp_path, *lines)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = mistakes(tmp_path, "driver: bench", "address: 5", "speed: 1", "channels: {a: {}, b: {}}")
    assert len(text.splitlines()) == 4


def test_a_simulated_device_takes_the_address_of_its_simulator(tmp_path: Path) -> None:
    found = entry(tmp_path, "driver: bench", simulate=True)
    assert found.bus == "simulated s/d"
    with pytest.raises(DeviceError, match=r"The simulator of s/d does not run") as caught:
        found.options(tmp_path)
    assert caught.value.code is Code.NO_ANSWER
    (tmp_path / "s.d.address").write_text("/dev/pts/7\n")
    assert found.options(tmp_path).address == "/dev/pts/7"


def test_the_shipped_configuration_has_no_mistake() -> None:
    file = Path(__file__).parents[2] / "config.yaml"
    assert "phytotron/chamber" in describe(load(file), SHIPPED)


@pytest.mark.parametrize("kind", sorted(SHIPPED))
def test_each_drivers_declaration_holds_together(kind: str) -> None:
    driver = SHIPPED[kind]
    assert driver.kind == kind
    assert list(mistakes_of(driver)) == []
