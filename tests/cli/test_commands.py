"""Commands that need nothing to run, and what the others say when nothing runs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli.main import COMMANDS
from hub.contract.config.load import json_schema
from tests.cli.installation import SHIPPED, Installation
from tests.servers import listens
from web.users import Users


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(installation: Installation, name: str) -> None:
    answer = installation.clayhub(name, "--help")
    assert answer.exit_code == 0
    assert f"{name} " in answer.stdout.splitlines()[0]
    assert len(answer.stdout) > 150


def test_the_page_names_every_command() -> None:
    page = (SHIPPED.parent / "docs/cli.md").read_text()
    assert [name for name in COMMANDS if not re.search(rf"clayhub {name}\b", page)] == []


def test_the_shipped_configuration_has_no_mistake(installation: Installation) -> None:
    answer = installation.clayhub("check")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert re.search(r"no mistake \(\d+ stands, \d+ devices, ", answer.stdout)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("period: 2s", "period: fast", r"period: .*write for example"),
        ("driver: sba5", "driver: sba6", r"driver: there is no driver 'sba6'; did you mean 'sba5'"),
        ("{set: chamber.valve_left, to: true", "{set: chamber.valve_lef, to: true", r"has no channel 'valve_lef'"),
        ("{set: chamber.valve_left, to: true", "{set: chamber.int_temp, to: true", r"can only be read"),
        ("{set: chamber.valve_left, to: true", "{set: chamber.valve_left, to: 1", r"takes true or false"),
        ("{source: ch0, title: Left fan", "{source: ch9, title: Left fan", r"no channel 'ch9'"),
        ("    every: 1m", "    cron: 0 0 30 2 *", r"never comes"),
        ("safe: false}", "safe: NO}", r"safe"),
    ],
)
def test_check_names_each_mistake_with_its_line(installation: Installation, old: str, new: str, said: str) -> None:
    line = installation.config.read_text()[: installation.config.read_text().index(old)].count("\n") + 1
    installation.edit(old, new)
    answer = installation.clayhub("check")
    assert answer.exit_code == 1
    assert re.search(rf"config\.yaml:{line}: .*{said}", answer.stderr), answer.stderr


@pytest.mark.parametrize("command", [("up",), ("hub",), ("web",), ("agent", "bench"), ("render",), ("info",)])
def test_nothing_starts_with_a_mistake_in_the_configuration(
    installation: Installation, command: tuple[str, ...]
) -> None:
    installation.clayhub("render")
    installation.edit("period: 2s", "period: fast")
    answer = installation.process(*command)
    assert answer.returncode in (1, 2)
    assert "period: 'fast' is no duration" in answer.stderr.replace("not a duration", "no duration")
    assert len(answer.stderr.splitlines()) == 1


def test_no_configuration_is_one_sentence(installation: Installation) -> None:
    installation.config.unlink()
    answer = installation.process("up")
    assert answer.returncode == 1
    assert "there is no such file; set CLAYHUB_CONFIG" in answer.stderr


def test_a_taken_port_is_one_sentence_and_nothing_starts(installation: Installation) -> None:
    port = installation.ports["11883"]
    with subprocess.Popen([sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)], stderr=-3) as other:
        try:
            while not listens(port):
                assert other.poll() is None
            answer = installation.process("up")
        finally:
            other.kill()
    assert answer.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used for mqtt (Address already in use)" in answer.stderr
    assert "another port under `mqtt:`" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert not (installation.folder / "var/log").exists()


def test_two_servers_on_one_port_is_one_sentence(installation: Installation) -> None:
    installation.edit(f"port: {installation.ports['8080']}", f"port: {installation.ports['11883']}")
    assert "have the same port" in installation.process("up").stderr


def test_a_missing_program_is_named_with_its_package(installation: Installation, tmp_path: Path) -> None:
    answer = installation.process("up", PATH=str(tmp_path))
    assert answer.returncode == 1
    assert "Not installed: redis-server" in answer.stderr
    assert "sudo apt-get install redis-server" in answer.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("devices",),
        ("watch",),
        ("set", "phytotron/chamber/fan_left", "ON"),
        ("procedures", "start", "ventilation"),
        ("schedules", "list"),
        ("link",),
    ],
)
def test_when_nothing_runs_each_says_how_to_start_it(installation: Installation, command: tuple[str, ...]) -> None:
    assert installation.clayhub("render").exit_code == 0
    answer = installation.clayhub(*command)
    assert answer.exit_code == 3
    assert "does not answer" in answer.stderr
    assert "`make run`" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_set_wants_stand_device_and_channel(installation: Installation) -> None:
    answer = installation.clayhub("set", "fan_left", "ON")
    assert answer.exit_code == 2
    assert "write STAND/DEVICE/CHANNEL" in answer.stderr


def test_a_negative_value_is_no_option(installation: Installation) -> None:
    installation.clayhub("render")
    answer = installation.clayhub("set", "phytotron/lamp/white", "-5")
    assert answer.exit_code == 3  # it has asked Redis, which does not run
    assert "option" not in answer.stderr


def test_info_tells_where_secrets_lie_and_shows_none(installation: Installation) -> None:
    installation.clayhub("render")
    found = json.loads(installation.clayhub("info", "--json").stdout)
    assert found["mqtt"] == f"127.0.0.1:{installation.ports['11883']}"
    assert set(found["accounts"]) == {"hub", "agent-bench", "operator", "viewer"}
    shown = installation.clayhub("info").stdout
    for file in found["accounts"].values():
        assert file in shown
        assert Path(file).read_text().strip() not in shown


def test_render_changes_no_secret_that_is_there(installation: Installation) -> None:
    def words() -> dict[str, str]:
        return {path.name: path.read_text() for path in (installation.folder / "secrets").glob("*.password")}

    installation.clayhub("render")
    before = words()
    installation.edit("  bench:\n", "  roof: {}\n  bench:\n")
    installation.clayhub("render")
    assert before.items() < words().items()
    assert words().keys() - before.keys() == {"mqtt-agent-roof.password"}


def test_a_password_and_a_role_for_a_user_of_the_panel(installation: Installation) -> None:
    users = Users(installation.folder / "secrets/users.json")
    assert installation.clayhub("password", "anna", "--role", "viewer", given="correct horse\n" * 2).exit_code == 0
    anna = users.check("anna", "correct horse")
    assert anna is not None
    assert anna.role == "viewer"
    assert users.check("anna", "wrong horse") is None
    assert installation.clayhub("password", "anna", given="battery staple\n" * 2).exit_code == 0
    assert users.get("anna").role == "viewer"  # type: ignore[union-attr]
    assert installation.clayhub("password", "anna", given="short\n" * 2).exit_code == 2
    assert users.check("anna", "battery staple") is not None
    assert installation.clayhub("password", " ", given="battery staple\n" * 2).exit_code == 2
    assert users.get(" ") is None


def test_reset_asks_and_keeps_configuration_and_secrets(installation: Installation) -> None:
    installation.clayhub("render")
    data = installation.folder / "var/redis/data"
    data.write_text("")
    answer = installation.clayhub("reset", given="n\n")
    assert (answer.exit_code, data.exists()) == (1, True)
    assert str(data.parent) in answer.stdout
    assert installation.clayhub("reset", "--yes").exit_code == 0
    assert not data.exists()
    assert installation.config.exists()
    assert (installation.folder / "secrets/redis.password").exists()


def test_the_schema_is_that_of_the_configuration(installation: Installation) -> None:
    assert json.loads(installation.clayhub("schema").stdout) == json_schema()
