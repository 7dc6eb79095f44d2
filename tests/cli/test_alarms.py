"""`clayhub alarms`, and what `clayhub check` says of alarms that cannot be."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.installation import Installation
from tests.hub.test_notifier import Mailbox, mailbox
from tests.servers import MosquittoServer, RedisServer, wait_until
from tests.wire.hubs import Lab

__all__ = ["mailbox"]

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # used by Apprise


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def add(installation: Installation, text: str) -> None:
    """Something more in config.yaml, on one line, in the place of what stands there."""
    key = text.partition(":")[0]
    kept = re.sub(rf"(?m)^{key}:.*\n(?:[ #].*\n|\n)*", "", installation.config.read_text())
    installation.config.write_text(f"{kept}{text}\n")


@pytest.mark.parametrize(
    ("alarm", "said"),
    [
        ("channel: chamber.int_temp", "an alarm needs a limit"),
        ("channel: chamber.int_tem, high: 40", "no channel 'int_tem'; did you mean 'int_temp'"),
        ("channel: chambre.int_temp, high: 40", "no device 'chambre'; did you mean 'chamber'"),
        ("channel: chamber.fan_left, high: 1", "fan_left is a switch, and only a number has limits"),
        ("channel: chamber.int_temp, high: .inf", "high: "),
        ("channel: chamber.int_temp, high: '40'", "high: '40'"),
        ("channel: chamber.int_temp, low: 5, high: 8, hysteresis: 2", "no value between low and high"),
        ("channel: chamber.int_temp, high: 40, hysteresis: -1", "write at least 0"),
        ("channel: chamber.int_temp, high: 40, priority: urgent", "'critical'"),
    ],
)
def test_an_alarm_that_cannot_be_is_named_with_its_line(installation: Installation, alarm: str, said: str) -> None:
    add(installation, f"alarms: {{too_hot: {{stand: phytotron, {alarm}}}}}")
    line = len(installation.config.read_text().splitlines())
    answer = installation.clayhub("check")
    assert answer.exit_code == 1
    assert f"config.yaml:{line}: alarms.too_hot" in answer.stderr
    assert said in answer.stderr


@pytest.mark.parametrize("wrong", ['sign_of_life: "8:00"', 'sign_of_life: "25:00"', "repeat: 10s", "repeat: 60"])
def test_a_wrong_word_on_notices_is_named(installation: Installation, wrong: str) -> None:
    add(installation, f"notify: {{{wrong}}}")
    assert f"notify.{wrong.partition(':')[0]}: " in installation.clayhub("check").stderr


def test_addresses_are_kept_in_a_file_of_their_own_for_their_owner_only(installation: Installation) -> None:
    installation.clayhub("render")
    urls = installation.folder / "secrets/notify.urls"
    assert urls.stat().st_mode & 0o777 == 0o600
    urls.write_text("json://127.0.0.1:9/\n")
    urls.chmod(0o644)
    installation.clayhub("render")
    assert (urls.stat().st_mode & 0o777, urls.read_text()) == (0o600, "json://127.0.0.1:9/\n")


def test_a_test_notice_goes_to_every_address(installation: Installation, mailbox: Mailbox) -> None:
    installation.clayhub("render")
    answer = installation.clayhub("alarms", "test")
    assert answer.exit_code == 1
    assert "names no address; docs/alarms.md says" in answer.stderr
    with (installation.folder / "secrets/notify.urls").open("a") as urls:
        urls.write(f"{mailbox.url}\njson://127.0.0.1:9/\n")
    answer = installation.clayhub("alarms", "test")
    assert (answer.exit_code, answer.stdout) == (1, "address 1 (json): sent\n")
    assert "address 2 (json): could not be reached" in answer.stderr
    assert mailbox.titles == ["Plant laboratory: a test"]


def test_alarms_are_listed_and_acknowledged(
    installation: Installation, broker: MosquittoServer, redis_server: RedisServer
) -> None:
    installation.clayhub("render")
    installation.edit(f"port: {installation.ports['16379']}", f"port: {redis_server.port}")
    (installation.folder / "secrets/redis.password").write_text(redis_server.password)
    hot = {"stand": "phytotron", "channel": "lamp.temp", "high": 40, "message": "Too hot."}
    lab = Lab(broker, redis_server, alarms={"hot": hot})
    try:
        lab.agent().read(temp=50)
        wait_until(lambda: "hot" in lab.view.snapshot()["alarms"], "the alarm stands")
        assert re.search(r"hot +medium +unacknowledged .*Too hot\.", installation.clayhub("alarms", "list").stdout)
        answer = installation.clayhub("alarms", "acknowledge", "hot", "--note", "on my way")
        assert (answer.exit_code, answer.stdout) == (0, "done\n")
        found = json.loads(installation.clayhub("alarms", "list", "--json").stdout)["hot"]
        assert (found["state"], found["note"]) == ("acknowledged", "on my way")
        said = installation.clayhub("alarms", "history").stdout
        assert re.search(r"acknowledged +Too hot\. +\S+ +on my way\n.*unacknowledged +Too hot\. +- +-", said)
        said = installation.clayhub("alarms", "history", "--count", "1", "--json").stdout
        assert json.loads(said)["state"] == "acknowledged"
        answer = installation.clayhub("alarms", "acknowledge", "cold")
        assert answer.exit_code == 1
        assert "There is no alarm 'cold' now" in answer.stderr
        assert installation.clayhub("alarms", "acknowledge", "hot", "--note", "x" * 201).exit_code == 2
    finally:
        lab.close()
