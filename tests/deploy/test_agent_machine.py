"""A machine with only an agent has only the packages of an agent."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def clayhub(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line there."""
    program = ROOT / ".venv-agent/bin/clayhub"
    assert program.exists(), "run `make test`, which makes .venv-agent as on a machine that only runs an agent"
    return subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True)


def test_it_can_write_its_unit(tmp_path: Path) -> None:
    done = clayhub("units", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "clayhub-agent@.service").exists()


def test_it_can_check_the_whole_configuration() -> None:
    done = clayhub("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no mistake" in done.stdout


def test_what_belongs_to_the_hubs_machine_is_one_sentence() -> None:
    done = clayhub("devices")
    assert done.returncode == 1
    assert "`clayhub devices` needs the Python package" in done.stderr
    assert "Traceback" not in done.stderr
