"""The supervisor, with small shell programs that note when they begin and end."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.cli.child import Check, Program
from hub.cli.logs import REFUSED, Log
from hub.cli.record import Entry, Record
from hub.cli.running import kill_session, start_time
from hub.cli.supervisor import Supervisor
from hub.contract.errors import ClayhubError
from tests.servers import wait_until

SERVICE = """
echo "$1 begins" >> order
trap 'echo "$1 ends" >> order; exit 0' TERM
sleep 0.05; echo "$1 serves" >> order; touch "$1.$$.ready"
while :; do sleep 0.02; done
"""


def program(name: str, script: str = SERVICE, turn: int = 0, grace: float = 3.0) -> Program:
    return Program(name, ("sh", "-c", script, "sh", name), lambda: new_file(f"{name}.*.ready"), turn, grace)


def new_file(pattern: str) -> Check:
    before = set(Path().glob(pattern))
    return lambda: bool(set(Path().glob(pattern)) - before)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def supervise(
    stages: list[list[Program]], when_ready: Callable[[], None], on_line: Callable[[str], None] = lambda _: None
) -> list[str]:
    """Run until something sends SIGTERM to this process; returns what was said."""
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        on_line(line)

    record = Record(Path("run"))
    with record.locked():
        Supervisor(stages, record, Path("log"), dict(os.environ), say).run(when_ready)
    return said


def end() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def order() -> list[str]:
    return Path("order").read_text().splitlines()


def pid_of(name: str) -> int:
    return next(entry.pid for entry in Record(Path("run")).left_over() if entry.name == name)


def test_each_is_started_when_the_one_before_serves_and_stopped_in_its_turn() -> None:
    supervise([[program("first", turn=3)], [program("second", turn=0)], [program("third", turn=1)]], end)
    assert order() == [
        *(f"{name} {what}" for name in ("first", "second", "third") for what in ("begins", "serves")),
        *(f"{name} ends" for name in ("second", "third", "first")),
    ]


def test_one_that_cannot_start_ends_all_and_says_its_last_words() -> None:
    broken = program("broken", "echo 'no such bus' >&2; exit 4")
    with pytest.raises(
        ClayhubError, match=r"broken ended with code 4 .*: no such bus \(its whole log: log/broken.log\)"
    ):
        supervise([[program("first")], [broken], [program("third")]], end)
    assert order() == ["first begins", "first serves", "first ends"]


def test_what_is_killed_is_started_again_and_both_are_said_once() -> None:
    said = supervise(
        [[program("service")]],
        lambda: os.kill(pid_of("service"), signal.SIGKILL),
        lambda line: end() if line == "service runs again." else None,
    )
    assert [line.partition(";")[0] for line in said] == [
        "service was killed by signal 9",
        "service runs again.",
        "Stopping",
    ]


def test_one_that_does_not_end_is_killed_with_its_children(folder: Path) -> None:
    stubborn = "trap '' TERM; sleep 100 & echo $! > child; touch $1.$$.ready; wait; sleep 100"
    supervise([[program("stubborn", stubborn, grace=0.1)]], end)
    child = int((folder / "child").read_text())
    wait_until(lambda: start_time(child) is None, "its end")


def test_a_frozen_one_is_thawed_so_that_it_can_end_in_good_order() -> None:
    def freeze_and_end() -> None:
        os.kill(pid_of("service"), signal.SIGSTOP)
        end()

    supervise([[program("service")]], freeze_and_end)
    assert order()[-1] == "service ends"


def test_a_second_request_to_stop_makes_graces_short(folder: Path) -> None:
    slow = "trap 'kill -TERM $PPID' TERM; touch $1.$$.ready; while :; do sleep 0.02; done"
    supervise([[program("slow", slow, grace=60)]], end)  # it would take the test's whole time otherwise


def test_only_one_at_a_time() -> None:
    first, second = Record(Path("run")), Record(Path("run"))
    with (
        first.locked(),
        pytest.raises(ClayhubError, match=rf"already runs here \(process {os.getpid()}\)"),
        second.locked(),
    ):
        pass
    with second.locked():
        pass


def test_what_a_killed_one_left_is_ended_in_stop_order_and_nothing_else() -> None:
    started = {
        name: subprocess.Popen(["sh", "-c", SERVICE, "sh", name], start_new_session=True)
        for name in ("a", "b", "other")
    }
    record = Record(Path("run"))
    record.add(Entry.of("a", 1, started["a"].pid, 3))
    record.add(Entry.of("b", 0, started["b"].pid, 3))
    same_id_by_chance = Entry("other", 2, started["other"].pid, "1", Entry.of("a", 1, started["a"].pid, 3).boot, 3)
    record.add(same_id_by_chance)
    wait_until(lambda: len(list(Path().glob("*.ready"))) == 3, "the services")
    try:
        assert Record(Path("run")).clean_up() == ["a", "b"]
        assert [line for line in order() if "ends" in line] == ["b ends", "a ends"]
        assert started["other"].poll() is None
        assert Record(Path("run")).clean_up() == []
    finally:
        for process in started.values():
            kill_session(process.pid)
            process.wait()


def test_logs_are_bounded_and_warnings_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.cli.logs.MAX_BYTES", 2000)
    talkative = "touch $1.$$.ready; while :; do echo INFO many words; echo '12:00 WARNING too warm'; sleep 0.01; done"
    said = supervise(
        [[program("talk", talkative)]], lambda: None, lambda _: end() if Path("log/talk.log.1").exists() else None
    )
    assert "talk: 12:00 WARNING too warm" in said
    assert not any("INFO" in line for line in said)
    assert Path("log/talk.log").stat().st_size < 20_000


def test_a_closed_terminal_stops_all_in_good_order() -> None:
    ours, terminal = os.openpty()
    before = os.dup(0)
    os.dup2(terminal, 0)
    os.close(terminal)
    try:
        supervise([[program("service")]], lambda: os.close(ours))
    finally:
        os.dup2(before, 0)
        os.close(before)
    assert order()[-1] == "service ends"


def test_refused_connections_are_told_of_at_a_limited_rate() -> None:
    log = Log(Path("mosquitto.log"))
    refused = f"2026-11-22T11:35:02: Client <unknown> {REFUSED}\n"
    told: list[str] = []
    for second in range(121):
        with log.path.open("a") as file:
            file.write(refused * 10)
        told += log.warnings(float(second))
    assert [line.rpartition(": ")[2] for line in told] == ["10", "600", "600"]
