"""Where the outbox lies: in memory, out of everybody's sight, and held by one agent."""

import os
from pathlib import Path

import pytest

from agents.outbox.place import in_memory, place
from hub.contract.errors import ConfigError
from hub.contract.places import Places


def places(folder: Path) -> Places:
    return Places.from_environment({"CLAYHUB_CONFIG": str(folder / "config.yaml")})


def test_each_installation_and_agent_has_a_folder_of_its_own(tmp_path: Path) -> None:
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    found = [
        place(places(tmp_path / folder), agent, environment) for folder in ("one", "two") for agent in ("a1", "a2")
    ]
    assert len({each.memory for each in found}) == 4
    assert [each.disk for each in found][:2] == [tmp_path / "one/var/outbox/a1", tmp_path / "one/var/outbox/a2"]
    assert not any(each.disk.exists() for each in found)
    assert all(each.memory.stat().st_mode & 0o777 == 0o700 for each in found)


def test_a_second_agent_of_the_name_is_refused(tmp_path: Path) -> None:
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    place(places(tmp_path), "a1", environment)
    with pytest.raises(ConfigError, match="The agent a1 of this installation runs already"):
        place(places(tmp_path), "a1", environment)


def test_the_folder_that_systemd_gives_comes_first(tmp_path: Path) -> None:
    given, other = tmp_path / "given", tmp_path / "other"
    given.mkdir()
    other.mkdir()
    environment = {"RUNTIME_DIRECTORY": str(given), "XDG_RUNTIME_DIR": str(other)}
    assert in_memory(places(tmp_path), environment).is_relative_to(given)


def test_a_folder_that_others_may_look_into_or_have_planted_is_left_alone(tmp_path: Path) -> None:
    open_to_all, planted = tmp_path / "open", tmp_path / "planted"
    name = f"clayhub-{os.getuid()}"
    (open_to_all / name).mkdir(parents=True)
    (open_to_all / name).chmod(0o777)
    planted.mkdir()
    (planted / name).symlink_to(tmp_path)
    environment = {"RUNTIME_DIRECTORY": str(open_to_all), "XDG_RUNTIME_DIR": str(planted)}
    assert in_memory(places(tmp_path), environment).is_relative_to("/dev/shm")
