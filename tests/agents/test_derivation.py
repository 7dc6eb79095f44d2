"""Derived channels: worked out from values that can be believed, and from no others."""

from pathlib import Path

import pytest

from agents.catalog.catalog import Entry, entries
from agents.derivation import Derivations
from agents.messages import Health, Obtained
from hub.contract.channels import Number, Value
from hub.contract.config.load import load, naming_lines
from hub.contract.errors import Code, ConfigError
from tests.agents.bench import DRIVERS

CONFIG = """version: 1
agents: {a1: {}}
stands:
  s:
    agent: a1
    devices:
      near:
        driver: bench
        address: one
        channels: {power: {}, temp: {}, heater: {}, mode: {}}
        derived:
          warmth: {formula: temp - far.cold, title: Warmth, unit: K, decimals: 1}
          heat: {formula: power / 2 if heater else 0}
      far:
        driver: bench
        address: two
        period: 10s
        channels: {cold: {source: temp}}
"""
VALUES: dict[str, Value | None] = {"power": 50, "temp": 21.5, "heater": True, "mode": "slow"}
FAR = Obtained("s/far", 0.0, {"cold": 1.5}, {})


def made(folder: Path, text: str = CONFIG) -> dict[str, Entry]:
    file = folder / "config.yaml"
    file.write_text(text)
    with naming_lines(file):
        return entries(load(file), DRIVERS)


def near(**changes: Value | None) -> Obtained:
    return Obtained("s/near", 0.0, VALUES | changes, {name: "warming_up" for name in changes if changes[name] is None})


def test_the_description_has_them(tmp_path: Path) -> None:
    found = made(tmp_path)["s/near"].description
    assert found.channel("warmth") == Number("warmth", title="Warmth", unit="K", decimals=1, formula="temp - far.cold")
    assert not found.channel("warmth").writable


def test_they_stand_beside_what_was_measured(tmp_path: Path) -> None:
    derivations = Derivations(made(tmp_path))
    assert derivations.complete(FAR, 100.0) == FAR
    found = derivations.complete(near(), 101.0)
    assert found.values == VALUES | {"warmth": 20.0, "heat": 25.0}
    assert found.quality == {}
    assert derivations.complete(near(heater=False), 102.0).values["heat"] == 0


def test_without_a_value_to_believe_there_is_none(tmp_path: Path) -> None:
    derivations = Derivations(made(tmp_path))
    found = derivations.complete(near(power=None), 100.0)
    assert (found.values["warmth"], found.values["heat"]) == (None, None)
    assert found.quality == {"power": "warming_up", "heat": "warming_up", "warmth": "suspect"}
    derivations.complete(Obtained("s/far", 0.0, {"cold": 90.0}, {"cold": "suspect"}), 101.0)
    assert derivations.complete(near(), 102.0).quality == {"warmth": "suspect"}


def test_another_devices_value_counts_while_it_is_fresh(tmp_path: Path) -> None:
    derivations = Derivations(made(tmp_path))
    derivations.complete(FAR, 100.0)
    assert derivations.complete(near(), 130.0).values["warmth"] == 20.0
    assert derivations.complete(near(), 130.1).values["warmth"] is None
    derivations.complete(FAR, 140.0)
    derivations.health(Health("s/far", Code.NO_ANSWER))
    assert derivations.complete(near(), 140.1).values["warmth"] is None


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "temp - far.cold",
            "tmep",
            "config.yaml:12: stands.s.devices.near.derived.warmth.formula: near has no measured",
        ),
        ("temp - far.cold", "tmep", "did you mean 'temp'?"),
        ("temp - far.cold", "afar.cold", "s has no device 'afar'; did you mean 'far'?"),
        ("temp - far.cold", "far.temp", "far has no measured channel 'temp'"),
        ("temp - far.cold", "heat", "near has no measured channel 'heat'"),
        ("temp - far.cold", "mode + 1", "'mode' is a choice"),
        ("temp - far.cold", "temp -", "'temp -' is no formula"),
        ("warmth:", "temp:", "the device has a channel of that name"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, before: str, after: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        made(tmp_path, CONFIG.replace(before, after))
    assert told in str(caught.value)


def test_an_unknown_driver_is_one_mistake_and_not_two(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        made(tmp_path, CONFIG.replace("driver: bench\n        address: two", "driver: bnech\n        address: two"))
    assert len(str(caught.value).splitlines()) == 1
