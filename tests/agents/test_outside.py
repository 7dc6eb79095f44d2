"""Drivers from outside are checked as ours are, and one that cannot be used never stops the others."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from agents import outside
from agents.catalog.broken import UnknownChannels
from agents.catalog.catalog import describe, entries
from agents.drivers import DRIVERS
from agents.outside import drivers, offers
from hub.contract.config.load import load, naming_lines
from hub.contract.errors import Code, ConfigError, DeviceError

GOOD = """
from agents.driver import Driver, Snapshot
from hub.contract.channels import Number

class Scale(Driver):
    kind = "scale"
    channels = (Number("weight", unit="g"),)

    def read(self):
        return Snapshot({"weight": 1.5})

    def write(self, channel, value):
        pass
"""
CONFIG = """version: 1
drivers: ./mine
agents: {a1: {}}
stands:
  s:
    agent: a1
    devices:
      balance: {driver: scale, address: x}
      other: {driver: sba5, address: y, derived: {twice: {formula: 2 * co2}, heavy: {formula: balance.weight}}}
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine"


def why(mine: Path, kind: str = "scale") -> str:
    """What is wrong with the driver; empty when nothing is."""
    (found,) = (offer.why for offer in offers(mine) if offer.driver.kind == kind and offer.origin != "clayhub")
    return found


def test_a_file_in_the_folder_is_a_driver(mine: Path) -> None:
    (mine / "scale.py").write_text(GOOD)
    (mine / "_notes.py").write_text("nothing here")
    config = load(mine.parent / "config.yaml")
    found = drivers(config, mine.parent / "config.yaml")
    assert found.keys() - DRIVERS.keys() == {"scale"}
    assert list(describe(config, found)["s/balance"].by_name) == ["weight"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("class Scale", "class Scale(", "SyntaxError"),
        ("from agents.driver", "from agents.drivers", "ImportError"),
        ("class Scale", "raise SystemExit(1)\nclass Scale", "SystemExit"),
        ("class Scale", "1 / 0\nclass Scale", "ZeroDivisionError"),
        ('kind = "scale"', 'kind = "balance"', "its `kind` is 'balance'; it must be 'scale'"),
        ("class Scale(Driver)", "class Scale", "0 classes that are a Driver"),
        ("def read", "def reed", "it has no method `read`"),
        ('"weight", unit', '"Weight", unit', "'Weight' cannot name a channel"),
        ('unit="g"', 'unit="g", safe=1', "has a safe value, but is not writable"),
        ('unit="g"', "unit='g', writable=True, high=1, safe=2", "the safe value of 'weight' cannot be"),
        ('unit="g"),', "unit='g'), Number('weight'),", "declared twice"),
        ('(Number("weight", unit="g"),)', '["weight"]', "no tuple of channels"),
    ],
)
def test_a_mistake_is_named_and_stops_only_its_own_devices(mine: Path, before: str, after: str, told: str) -> None:
    assert before in GOOD
    (mine / "scale.py").write_text(GOOD.replace(before, after, 1))
    assert told in why(mine)
    file = mine.parent / "config.yaml"
    found = entries(load(file), drivers(load(file), file))
    unknown = found["s/balance"]
    assert isinstance(unknown.description, UnknownChannels)
    assert told in unknown.description.why
    with pytest.raises(DeviceError, match="cannot be used") as caught:
        unknown.driver(unknown.options(mine)).open()
    assert caught.value.code is Code.INTERNAL
    assert list(found["s/other"].derived) == ["twice", "heavy"]


def test_a_driver_of_ours_is_not_replaced(mine: Path) -> None:
    (mine / "sba5.py").write_text(GOOD.replace('"scale"', '"sba5"'))
    assert "already" in why(mine, "sba5")
    file = mine.parent / "config.yaml"
    (mine / "scale.py").write_text(GOOD)
    assert drivers(load(file), file)["sba5"] is DRIVERS["sba5"]


def test_a_package_offers_drivers(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("bench", "tests.agents.bench:Bench", outside.GROUP),
        EntryPoint("gone", "tests.agents.nowhere:Gone", outside.GROUP),
        EntryPoint("text", "tests.agents.bench:SHELF", outside.GROUP),
    ]
    monkeypatch.setattr(outside, "entry_points", lambda group: [each for each in points if each.group == group])
    found = {offer.driver.kind: offer.why for offer in offers(None) if offer.origin != "clayhub"}
    assert found["bench"] == ""
    assert "ModuleNotFoundError" in found["gone"]
    assert "no subclass" in found["text"]


def test_a_folder_that_is_not_there_is_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG)
    with pytest.raises(ConfigError, match=r"config.yaml:2: drivers: there is no folder"), naming_lines(file):
        drivers(load(file), file)
