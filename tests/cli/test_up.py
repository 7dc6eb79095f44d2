"""The whole demonstration as a visitor meets it: started, commanded, broken and stopped."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.agent import SAFE_WITHIN
from hub.cli.processes import STOPPING
from hub.contract.config.load import load
from hub.state.view import View
from tests.cli.installation import Installation
from tests.servers import freeze, listens, wait_until

FAN, SETS = "phytotron/chamber/fan_left", {"ON": 1, "OFF": 0}


def up(folder: Path) -> Iterator[Installation]:
    """All of it, with no ventilation by itself."""
    with Installation(folder) as installation:
        text = installation.config.read_text()
        installation.config.write_text(re.sub(r"every: \d+m", "every: 24h", text))
        installation.start()
        yield installation


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One for the tests that leave it as it was."""
    yield from up(tmp_path_factory.mktemp("up"))


@pytest.fixture
def ending(tmp_path: Path) -> Iterator[Installation]:
    """One for a test that ends it."""
    yield from up(tmp_path)


def pasted(line: str) -> list[str]:
    return ["bash", "-c", line]


def lines(running: Installation) -> tuple[str, str]:
    """The mosquitto_sub and the mosquitto_pub line."""
    watch, command = (line.strip() for line in running.text().splitlines() if " mosquitto_" in line)
    return watch, command


def switch(running: Installation, value: str) -> None:
    wait_until(lambda: running.clayhub("set", FAN, value).exit_code == 0, f"the fan {value}")
    assert running.outputs()[0] == SETS[value]


def ask(running: Installation, *command: str) -> None:
    """Until it is done: a hub that has just been started waits for agents and clock, and says so."""
    wait_until(lambda: running.clayhub(*command).output == "done\n", " ".join(command))


def test_the_printed_lines_work_together_as_they_are(running: Installation) -> None:
    watch, command = lines(running)
    with subprocess.Popen(pasted(watch), stdout=subprocess.PIPE, text=True, cwd="/") as seen:
        assert seen.stdout is not None
        assert re.match(r"clayhub/\S+ \S", seen.stdout.readline())
        assert Path(f"/proc/{seen.pid}/cmdline").read_bytes() == b"mosquitto_sub\0-v\0-t\0clayhub/#\0", "no password"
        assert subprocess.run(pasted(command), timeout=10).returncode == 0
        for line in seen.stdout:
            if line.startswith("clayhub/phytotron/chamber/result "):
                break
        seen.terminate()
    result = json.loads(line.partition(" ")[2])
    assert (result["channel"], result["value"], result["status"]) == ("fan_left", True, "done")
    assert running.outputs()[0] == 1


def test_the_printed_link_signs_in_once(running: Installation) -> None:
    link = re.search(r"http://\S+/link/\S+", running.text())
    assert link
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(link[0], timeout=30) as page:
        assert page.status == 200
        assert "/signin" not in page.url
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(link[0], timeout=30)


def test_nobody_reads_redis_without_the_password(running: Installation) -> None:
    answer = subprocess.run(
        ["redis-cli", "-p", str(running.ports["16379"]), "get", "clayhub:hub"], capture_output=True, text=True
    )
    assert "NOAUTH" in answer.stdout


@pytest.mark.parametrize(
    ("target", "value", "code", "said"),
    [
        (FAN, "ON", 0, "done"),
        (FAN, "60", 1, "takes ON or OFF"),
        ("phytotron/chamber/int_temp", "20", 1, "can only be read"),
        ("phytotron/chamber/fan", "ON", 1, "has no channel 'fan'"),
        ("phytotron/heater/red", "60", 1, "no device phytotron/heater"),
        ("fan_left", "ON", 2, "STAND/DEVICE/CHANNEL"),
    ],
)
def test_set_says_what_became_of_it(running: Installation, target: str, value: str, code: int, said: str) -> None:
    answer = running.clayhub("set", target, value)
    assert answer.exit_code == code
    assert said in answer.output


def test_set_on_a_device_that_does_not_answer_fails_and_others_go_on(running: Installation) -> None:
    freeze(running.processes()["simulator-phytotron.chamber"])
    try:
        before = len(running.seen("phytotron.co2"))
        answer = running.clayhub("set", FAN, "OFF", "--json")
        record = json.loads(answer.stdout)
        assert (answer.exit_code, record["status"]) == (1, "failed")
        assert record["code"] in ("no_answer", "not_confirmed")
        wait_until(lambda: len(running.seen("phytotron.co2")) > before, "the analyser asked again")
    finally:
        os.kill(running.processes()["simulator-phytotron.chamber"], signal.SIGCONT)
    switch(running, "ON")


def test_with_a_frozen_hub_nothing_is_done_and_the_exit_code_says_so(running: Installation) -> None:
    freeze(running.processes()["hub"])
    try:
        with running.redis() as redis:
            wait_until(lambda: not View(redis).hub_alive(), "the end of the hub's lock")
        answer = running.clayhub("set", FAN, "OFF")
        assert (answer.exit_code, answer.stdout) == (3, "")
        assert "The hub does not run" in answer.stderr
    finally:
        os.kill(running.processes()["hub"], signal.SIGCONT)
    switch(running, "ON")


def test_devices_and_values_are_shown(running: Installation) -> None:
    def online() -> set[str]:
        devices = json.loads(running.clayhub("devices", "--json").stdout)
        return {key for key, device in devices.items() if device["availability"] == "online"}

    stands = load(running.config).stands
    all_of_them = {f"{name}/{device}" for name, stand in stands.items() for device in stand.devices}
    wait_until(lambda: online() == all_of_them, "all devices", 40)
    assert "phytotron/co2" in running.clayhub("devices").stdout
    argv = [sys.executable, "-m", "hub.cli.main", "watch", "phytotron/co2", "--json"]
    with subprocess.Popen(argv, env=running.environment, stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        first, second = (json.loads(watch.stdout.readline()) for _ in range(2))
        watch.send_signal(signal.SIGINT)
        assert watch.wait(10) == 0
    assert first["device"] == second["device"] == "phytotron/co2"
    assert second["state"]["n"] > first["state"]["n"]

    def history() -> list[str]:
        return running.clayhub("readings", "phytotron/co2", "--count", "2").stdout.splitlines()

    wait_until(lambda: len(history()) == 3, "a heading and two readings")
    heading, *rows = history()
    assert heading.startswith("ts,co2,")
    assert rows[0] < rows[1], "newest last"
    unknown = running.clayhub("watch", "phytotron/heater")
    assert (unknown.exit_code, "no device phytotron/heater" in unknown.stderr) == (1, True)


def test_a_procedure_is_started_watched_and_stopped_safe(running: Installation) -> None:
    def run() -> dict[str, object]:
        found: dict[str, dict[str, object]] = json.loads(running.clayhub("procedures", "list", "--json").stdout)
        return found["ventilation"] or {}

    switch(running, "OFF")
    ask(running, "procedures", "start", "ventilation")
    wait_until(lambda: run().get("stage") == "valves opening", "the stage")
    assert running.outputs() == [0, 0, 1, 1]
    assert "valves opening" in running.clayhub("procedures", "list").stdout
    ask(running, "procedures", "stop", "ventilation")
    wait_until(lambda: run()["state"] == "stopped", "the end")
    assert running.outputs() == [0, 0, 0, 0]
    assert running.clayhub("procedures", "start", "ventilatio").exit_code == 1


def test_a_schedule_is_switched_off_and_on(running: Installation) -> None:
    def enabled() -> object:
        return json.loads(running.clayhub("schedules", "list", "--json").stdout)["ventilation"]["enabled"]

    ask(running, "schedules", "stop", "ventilation")
    assert enabled() is False
    ask(running, "schedules", "start", "ventilation")
    assert enabled() is True
    assert "every 24h" in running.clayhub("schedules", "list").stdout


def test_a_second_one_says_that_one_runs(running: Installation) -> None:
    assert running.running is not None
    for command in ("up", "reset"):
        answer = running.process(command)
        assert answer.returncode == 1
        assert f"clayhub already runs here (process {running.running.pid})" in answer.stderr


@pytest.mark.parametrize(
    "name",
    ["web", "simulator-phytotron.co2", "simulator-phytotron.chamber", "agent-bench", "hub", "mosquitto", "redis"],
)
def test_each_process_killed_comes_back_and_all_works(running: Installation, name: str) -> None:
    said = len(running.text())
    os.kill(running.processes()[name], signal.SIGKILL)
    wait_until(lambda: f"{name} runs again." in running.text()[said:], f"{name} again", 30)
    switch(running, "ON")
    switch(running, "OFF")
    with urllib.request.urlopen(f"http://127.0.0.1:{running.ports['8080']}/health", timeout=30) as health:
        assert health.status == 200


def nothing_left(installation: Installation, pids: list[int]) -> None:
    assert not any(listens(port) for port in installation.ports.values())
    assert not [pid for pid in pids if os.path.exists(f"/proc/{pid}")]  # noqa: PTH110 - a path of the kernel's


def test_ctrl_c_stops_all_and_makes_the_outputs_safe(ending: Installation) -> None:
    switch(ending, "ON")
    pids = list(ending.processes().values())
    assert ending.stop() == 0
    assert ending.outputs() == [0, 0, 0, 0]
    nothing_left(ending, pids)


def test_after_a_kill_the_next_one_cleans_up_and_works(ending: Installation) -> None:
    switch(ending, "ON")
    left = ending.processes()
    ending.stop(signal.SIGKILL)
    assert all(listens(port) for port in ending.ports.values())
    said = ending.start()
    assert f"Ended what an earlier clayhub left running: {', '.join(left)}" in said
    assert not set(left.values()) & set(ending.processes().values())
    assert ending.outputs()[0] == 0
    switch(ending, "ON")
    assert ending.stop(signal.SIGTERM) == 0
    nothing_left(ending, list(left.values()))


def test_agents_have_the_time_that_they_take_to_make_outputs_safe_and_others_little() -> None:
    unit = (Path(__file__).parents[2] / "deploy/systemd/clayhub-agent@.service.template").read_text()
    under_systemd = int(unit.partition("TimeoutStopSec=")[2].split()[0])
    assert SAFE_WITHIN < STOPPING["agent"] < under_systemd
    assert sum(STOPPING.values()) - STOPPING["agent"] < 3
