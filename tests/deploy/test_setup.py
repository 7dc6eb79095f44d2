"""The set-up script tells in one sentence what this machine lacks and how to mend it."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("bash", "cat", "dirname", "env", "flock", "readlink", "sha256sum")
PACKAGES = "mosquitto-clients redis-server"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A copy of the set-up script and a PATH folder `bin` with little in it; Debian's servers are not there."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy/setup", tmp_path / "deploy/setup")
    for name in NEEDED:
        found = shutil.which(name)
        assert found
        (tmp_path / "bin" / name).symlink_to(found)
    program(tmp_path, "mosquitto", "")
    program(tmp_path, "python3", "")
    program(tmp_path, "id", "echo 1000")
    return tmp_path


def program(machine: Path, name: str, script: str) -> None:
    path = machine / "bin" / name
    path.write_text(f"#!{shutil.which('bash')}\n{script}\n")
    path.chmod(0o755)


def set_up(machine: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["deploy/setup", "run"], cwd=machine, env={"PATH": str(machine / "bin")}, capture_output=True, text=True
    )


def test_without_apt_it_names_the_packages(machine: Path) -> None:
    done = set_up(machine)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"these Debian packages are needed: {PACKAGES}, but there is no apt-get" in done.stderr


def test_without_root_and_sudo_it_says_what_to_run(machine: Path) -> None:
    program(machine, "apt-get", "exit 1")
    done = set_up(machine)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"sudo apt-get install {PACKAGES}" in done.stderr


def test_when_apt_fails_it_says_what_to_run(machine: Path) -> None:
    program(machine, "apt-get", "echo 'E: no such package' >&2; exit 100")
    program(machine, "sudo", '"$@"')
    done = set_up(machine)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(
        f"{PACKAGES} could not be installed. Install them with 'sudo apt-get install {PACKAGES}', then run make again."
    )


def test_it_asks_for_sudo_only_when_not_root(machine: Path) -> None:
    program(machine, "id", "echo 0")
    program(machine, "apt-get", f'echo "$@" >>{machine}/apt.log; exit 1')
    program(machine, "sudo", f"touch {machine}/sudo.log")
    set_up(machine)
    assert (
        f"install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=120 {PACKAGES}"
        in (machine / "apt.log").read_text()
    )
    assert not (machine / "sudo.log").exists()
