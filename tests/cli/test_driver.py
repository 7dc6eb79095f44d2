"""`clayhub driver`: what it writes works as it is, what it lists is true, and the reference is what it prints."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agents.drivers import DRIVERS
from hub.cli.reference import reference
from tests.cli.installation import SHIPPED, Installation

ROOT = SHIPPED.parent
DEVICE = """      cooler:
        driver: water_bath
        address: /dev/null
      co2:
"""


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """With a driver of its own, as `clayhub driver new` begins it."""
    made = Installation(tmp_path)
    made.edit("version: 1\n", "version: 1\ndrivers: ./drivers\n")
    answer = made.clayhub("driver", "new", "water_bath")
    assert answer.exit_code == 0, answer.output
    return made


def run(*arguments: str | Path) -> None:
    done = subprocess.run([sys.executable, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_it_writes_passes_its_own_test(installation: Installation) -> None:
    folder = installation.folder / "drivers"
    run("-m", "pytest", "-q", "-p", "no:cacheprovider", folder / "tests" / "test_water_bath.py")
    run("-m", "ruff", "check", "--config", ROOT / "pyproject.toml", "--ignore", "S101,S603,INP", folder)
    run("-m", "ruff", "format", "--check", "--config", ROOT / "pyproject.toml", folder)
    run("-m", "mypy", "--strict", "--explicit-package-bases", folder / "water_bath.py")


def test_it_overwrites_nothing_and_wants_a_name(installation: Installation) -> None:
    again = installation.clayhub("driver", "new", "water_bath")
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)
    for name in ("Water", "sba5", "../x"):
        assert "cannot name a new driver" in installation.clayhub("driver", "new", name).stderr


def test_without_a_folder_it_says_what_to_add(tmp_path: Path) -> None:
    answer = Installation(tmp_path).clayhub("driver", "new", "stirrer")
    assert "drivers: ./drivers" in answer.stdout
    assert (tmp_path / "drivers" / "stirrer.py").is_file()


def test_a_device_of_it_is_one_like_others(installation: Installation) -> None:
    installation.edit("      co2:\n", DEVICE)
    assert installation.clayhub("check").exit_code == 0
    listed = json.loads(installation.clayhub("driver", "list", "--json").stdout)
    assert listed["water_bath"]["from"].endswith("drivers/water_bath.py")
    assert listed["water_bath"]["channels"]["target"]["safe"] == 0
    assert "water_bath" in installation.clayhub("driver", "list").stdout


def test_a_mistake_in_it_is_named_and_stops_nobody(installation: Installation) -> None:
    installation.edit("      co2:\n", DEVICE)
    installation.edit("{set: chamber.valve_left, to: true, label: opening valves}", "{set: cooler.target, to: 5}")
    (installation.folder / "drivers" / "water_bath.py").write_text("1 / 0")
    answer = installation.clayhub("check")
    assert answer.exit_code == 1
    assert "The driver water_bath" in answer.stderr
    assert "ZeroDivisionError" in answer.stderr
    assert installation.clayhub("info").exit_code == 0
    assert "ZeroDivisionError" in installation.clayhub("driver", "list", "--json").stdout


def test_the_reference_is_as_the_drivers_are() -> None:
    page = (ROOT / "docs" / "driver-reference.md").read_text()
    assert page == reference(DRIVERS), "run: clayhub driver reference > docs/driver-reference.md"
