"""systemd takes the units as they are written, and finds little that they could do beyond their work."""

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli.main import main

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "config.yaml").read_text()
NETWORKED = SHIPPED.replace("host: 127.0.0.1", "host: 192.168.1.10")
UNITS = {
    "clayhub.target",
    "clayhub-render.service",
    "clayhub-redis.service",
    "clayhub-mosquitto.service",
    "clayhub-hub.service",
    "clayhub-web.service",
    "clayhub-agent@.service",
}
EVERYWHERE = pytest.mark.parametrize("config", [SHIPPED, NETWORKED], ids=["loopback", "network"])


def write_units(folder: Path, config: str) -> Path:
    """The units as `clayhub units` writes them."""
    folder.joinpath("config.yaml").write_text(config)
    units = folder / "units"
    units.mkdir()
    done = CliRunner().invoke(main, ["units", str(units)], env={"CLAYHUB_CONFIG": str(folder / "config.yaml")})
    assert done.exit_code == 0, done.output
    assert {Path(line).name for line in done.output.splitlines()} == UNITS == {unit.name for unit in units.iterdir()}
    return units


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Ask systemd-analyze."""
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze is not installed: run `make test`, which installs what the tests need"
    return subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@EVERYWHERE
def test_systemd_has_nothing_to_complain_of(tmp_path: Path, config: str) -> None:
    units = write_units(tmp_path, config)
    for unit in units.iterdir():  # it looks whether the programs are there: here they are in this checkout
        unit.write_text(unit.read_text().replace("/opt/clayhub/", f"{ROOT}/"))
    done = analyze("verify", "--man=no", "--recursive-errors=no", *units.iterdir())
    assert (done.stdout, done.returncode) == ("", 0)


@EVERYWHERE
def test_services_can_do_little_beyond_their_work(tmp_path: Path, config: str) -> None:
    for unit in write_units(tmp_path, config).glob("*.service"):
        done = analyze("security", "--offline=true", "--no-pager", "--threshold=20", unit)
        assert done.returncode == 0, f"more than 2.0:\n{done.stdout}"


def allowed(units: Path, name: str) -> str:
    """The addresses with which a service may speak."""
    lines = (units / f"clayhub-{name}.service").read_text().splitlines()
    return next(line.partition("=")[2] for line in lines if line.startswith("IPAddressAllow="))


def test_only_servers_that_listen_on_the_network_may_speak_with_it(tmp_path: Path) -> None:
    units = write_units(tmp_path, SHIPPED.replace("host: 127.0.0.1\n  port: 11883", "host: 0.0.0.0\n  port: 11883"))
    assert allowed(units, "redis") == allowed(units, "web") == "localhost"
    assert "192.168.0.0/16" in allowed(units, "mosquitto")
    assert "192.168.0.0/16" in allowed(units, "hub"), "the broker may be found at one of the machine's other addresses"
    assert "192.168.0.0/16" in allowed(units, "agent@"), "devices are on the network"


def test_only_a_hub_that_sends_notices_may_speak_with_everybody(tmp_path: Path) -> None:
    units = write_units(tmp_path, f"{SHIPPED}\nnotify: {{}}\n")
    assert [allowed(units, name) for name in ("hub", "web", "redis")] == ["any", "localhost", "localhost"]
