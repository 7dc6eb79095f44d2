"""docs/drivers.md is enough: its stirrer, put together as the page says in a copy of the house, works."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hub.contract.config.load import load

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "drivers.md").read_text()


def blocks(language: str) -> list[str]:
    """The code on the page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def add(file: Path, after: str, more: str, imports: str) -> None:
    """Add an import, and an entry to a list, as a person would in an editor."""
    text = file.read_text()
    assert after in text
    text = text.replace(after, after + more, 1)
    file.write_text(re.sub(r"^from agents", f"{imports}\nfrom agents", text, count=1, flags=re.MULTILINE))


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the house with the stirrer in it."""
    for room in ("agents", "hub"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests" / "agents").mkdir(parents=True)
    for file in ("pyproject.toml", "tests/conftest.py", "tests/servers.py", "tests/agents/simulated.py"):
        shutil.copy(ROOT / file, tmp_path / file)
    for block in blocks("python"):
        place, _, code = block.removeprefix("# ").partition("\n")
        (tmp_path / place).write_text(code.replace("TIMEOUT = 1.0", "TIMEOUT = 5.0"))  # the machine may be busy
    drivers = tmp_path / "agents" / "drivers" / "__init__.py"
    add(drivers, "_ALL: tuple[type[Driver], ...] = (", "Stirrer, ", "from agents.drivers.stirrer import Stirrer")
    simulators = tmp_path / "agents" / "simulators" / "__main__.py"
    line = next(line for line in PAGE.splitlines() if line.startswith('    "stirrer": ('))
    start = "INSTRUMENTS: dict[str, tuple[Callable[[str, float, Exchange], Instrument[Any]], type]] = {\n"
    add(simulators, start, f"{line}\n", "from agents.simulators.stirrer import Stirrer, StirrerFaults")
    return tmp_path


def run(house: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=house, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_stirrer_of_the_page_works(house: Path) -> None:
    assert "3 passed" in run(house, "-m", "pytest", "-q", "tests/agents/test_driver_stirrer.py")
    files = [block.removeprefix("# ").partition("\n")[0] for block in blocks("python")]
    run(house, "-m", "ruff", "check", *files)
    run(house, "-m", "ruff", "format", "--check", *files)


def test_the_entry_of_the_page_is_understood(house: Path) -> None:
    entry = "".join(f"      {line}\n" for line in blocks("yaml")[0].splitlines())
    file = house / "config.yaml"
    file.write_text(f"version: 1\nagents: {{a1: {{}}}}\nstands:\n  s:\n    agent: a1\n    devices:\n{entry}")
    load(file)
    look = (
        "from pathlib import Path; from agents.catalog.catalog import describe; from agents.drivers import DRIVERS;"
        "from hub.contract.config.load import load;"
        "print([*describe(load(Path('config.yaml')), DRIVERS)['s/stirrer'].by_name])"
    )
    assert run(house, "-c", look) == "['stirring', 'torque']\n"
