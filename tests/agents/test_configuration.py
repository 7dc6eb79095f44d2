"""Which configuration an agent begins with."""

from pathlib import Path

import pytest

from agents.configuration import configuration
from hub.contract.errors import ConfigError
from hub.contract.places import Places

RIGHT = """\
version: 1
agents: {bench: {}, roof: {}}
stands:
  phytotron:
    agent: bench
    devices:
      board: {driver: esp32_relay, address: http://192.0.2.1}
"""
BROKEN = {
    "cut off": RIGHT[:60],
    "empty": "",
    "an unknown driver": RIGHT.replace("esp32_relay", "esp32_rely"),
    "a folder that is not there": RIGHT + "drivers: mine\n",
    "no UTF-8": "\udcff",
}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places(tmp_path / "config.yaml", tmp_path / "var", tmp_path / "secrets")
    found.config.write_text(RIGHT)
    return found


@pytest.mark.parametrize("broken", [*BROKEN, None])
def test_with_a_mistake_it_begins_as_it_did_before(
    places: Places, broken: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    before = configuration("bench", places)
    if broken is None:
        places.config.unlink()
    else:
        places.config.write_bytes(BROKEN[broken].encode(errors="surrogateescape"))
    after = configuration("bench", places)
    assert after.entries.keys() == before.entries.keys() == {"phytotron/board"}
    assert after.hash == before.hash
    assert "config.yaml" in caplog.text
    assert "I go on with the config.yaml of " in caplog.text


def test_it_takes_the_right_one_as_soon_as_it_is_right_again(places: Places) -> None:
    configuration("bench", places)
    places.config.write_text(BROKEN["cut off"])
    configuration("bench", places)
    places.config.write_text(RIGHT.replace("board:", "plate:"))
    assert configuration("bench", places).entries.keys() == {"phytotron/plate"}


@pytest.mark.parametrize("broken", BROKEN)
def test_at_its_first_start_a_mistake_is_refused(places: Places, broken: str) -> None:
    places.config.write_bytes(BROKEN[broken].encode(errors="surrogateescape"))
    with pytest.raises(ConfigError, match=r"config\.yaml"):
        configuration("bench", places)


def test_an_agent_that_was_taken_out_does_not_come_back(places: Places) -> None:
    configuration("roof", places)
    places.config.write_text(RIGHT.replace(", roof: {}", ""))
    with pytest.raises(ConfigError, match=r"config\.yaml:2: agents: there is no agent 'roof'"):
        configuration("roof", places)


def test_each_agent_remembers_its_own(places: Places) -> None:
    configuration("bench", places)
    places.config.write_text(BROKEN["empty"])
    with pytest.raises(ConfigError):
        configuration("roof", places)


def test_a_start_without_news_writes_nothing(places: Places) -> None:
    configuration("bench", places)
    copy = places.var / "config" / "bench.yaml"
    before = copy.stat()
    configuration("bench", places)
    assert (copy.stat().st_mtime_ns, copy.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_folder_that_cannot_be_written_is_said_and_hinders_nothing(
    places: Places, caplog: pytest.LogCaptureFixture
) -> None:
    places.var.write_text("a file, where a folder should be")
    assert configuration("bench", places).entries
    assert "with a mistake in config.yaml I could not start again" in caplog.text
