"""Simulators as processes: their files, their lines, and what a visitor does to them."""

import http.client
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import serial

from agents.simulators import faults, log
from tests.agents.simulated import Simulated
from tests.servers import listens, wait_until


@pytest.fixture
def sba5(tmp_path: Path) -> Iterator[Simulated]:
    with Simulated("sba5", tmp_path, "--speed", "5") as device:
        yield device


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Simulated]:
    with Simulated("esp32_relay", tmp_path, "--speed", "5") as device:
        yield device


def old_client(device: Simulated, command: str) -> str:
    """As clients in the field do: open, write, open again, read two lines. One that is slow misses the answer."""
    port = serial.Serial(device.address, 19200, timeout=0.3)
    port.write(command.encode() + b"\r\n")
    again = serial.Serial(device.address, 19200, timeout=0.3)
    port.close()
    answer: bytes = again.readline() + again.readline()
    again.close()
    return answer.decode()


def answered(device: Simulated, command: str, begin: str) -> str:
    return wait_until(
        lambda: answer if (answer := old_client(device, command)).startswith(begin) else "", f"an answer to {command}"
    )


def ask(device: Simulated, method: str, path: str, body: str | None = None, timeout: float = 30) -> str:
    connection = http.client.HTTPConnection(urlsplit(device.address).netloc, timeout=timeout)
    try:
        connection.request(method, path, body)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def fails(call: Callable[[], object]) -> bool:
    try:
        call()
    except serial.SerialException:
        return True
    return False


def refused(call: Callable[[], object]) -> bool:
    try:
        call()
    except ConnectionError:
        return True
    return False


def test_clients_come_and_go_on_the_serial_line(sba5: Simulated) -> None:
    wait_until(lambda: old_client(sba5, "!") == "", "the stream to end")
    assert answered(sba5, "F252", "F252") == "F252\r\nOK\r\n"
    assert float(answered(sba5, "M", "M ").split(" ")[3]) > 300
    assert list(dict.fromkeys(sba5.requests)) == ["!", "F252", "M"]
    logged = next(entry for entry in sba5.log if entry["request"] == "F252")
    assert logged["answer"] == "F252\r\nOK\r\n"
    assert logged["ts"].endswith("Z")


def test_a_shell_finds_a_plain_line(sba5: Simulated) -> None:
    line = os.open(sba5.address, os.O_RDWR | os.O_NOCTTY)
    os.write(line, b"!P1\r")
    answer = b""
    while b"P1\r\nOK\r\n" not in answer:
        answer += os.read(line, 100)
    os.close(line)


def test_unplugged_the_port_is_gone_until_it_is_plugged_in_again(sba5: Simulated) -> None:
    with serial.Serial(sba5.address, 19200, timeout=0.3) as port:
        sba5.suffer(unplugged=True)
        wait_until(lambda: fails(lambda: port.read(1000)), "an error at the client")
    wait_until(lambda: not Path(sba5.address).is_symlink(), "the port to go away")
    sba5.file("faults").unlink()
    wait_until(lambda: Path(sba5.address).exists(), "the port to come back")
    old_client(sba5, "!")
    assert answered(sba5, "A0", "A0") == "A0\r\nOK\r\n"


def test_time_can_pass_faster(tmp_path: Path) -> None:
    with Simulated("sba5", tmp_path, "--speed", "100") as device:
        old_client(device, "!")
        old_client(device, "Z")
        assert answered(device, "M", "M ")  # at the end of a zeroing of 21 s


def test_http_connections_stay_open_and_every_request_is_logged(board: Simulated) -> None:
    connection = http.client.HTTPConnection(urlsplit(board.address).netloc, timeout=30)
    for state in (1, 0, 1):
        connection.request("POST", "/relay", json.dumps({"channel": 1, "state": state}))
        assert connection.getresponse().read().startswith(b"RESULT: SUCCESS")
    sock = connection.sock
    connection.request("GET", "/info")
    assert json.loads(connection.getresponse().read())["ch1"] == 1
    assert connection.sock is sock
    connection.close()
    assert board.requests == [f'POST /relay {{"channel": 1, "state": {state}}}' for state in (1, 0, 1)] + ["GET /info"]


def test_a_reset_reboots_and_cuts_connections(board: Simulated) -> None:
    ask(board, "POST", "/relay", '{"channel":0,"state":1}')
    connection = http.client.HTTPConnection(urlsplit(board.address).netloc, timeout=30)
    connection.request("POST", "/reset", "force_reset")
    assert b"rebooting" in connection.getresponse().read()
    assert connection.sock.recv(1) == b"", "the connection was cut"
    connection.close()
    wait_until(lambda: not refused(lambda: ask(board, "GET", "/info")), "the board to come back")
    assert json.loads(ask(board, "GET", "/info"))["ch0"] == 0


def test_slow_and_refusing(board: Simulated) -> None:
    board.suffer(slow=1.5)

    def too_slow() -> bool:
        try:
            ask(board, "GET", "/info", timeout=0.7)
        except TimeoutError:
            return True
        return False

    wait_until(too_slow, "a slow answer")
    board.suffer(refuse=True)
    port = urlsplit(board.address).port or 0
    wait_until(lambda: not listens(port), "the board to refuse")
    board.suffer()
    wait_until(lambda: listens(port), "the board to listen again")
    assert ask(board, "GET", "/int_temp")


def test_a_frozen_board_does_not_act_later_on_what_its_client_gave_up(board: Simulated) -> None:
    board.freeze()
    with pytest.raises(TimeoutError):
        ask(board, "POST", "/relay", '{"channel":0,"state":1}', timeout=0.3)
    board.thaw()
    assert json.loads(ask(board, "GET", "/info"))["ch0"] == 0
    assert board.requests == ["GET /info"]


def test_it_ends_cleanly_and_comes_back_at_the_same_address(tmp_path: Path) -> None:
    device = Simulated("esp32_relay", tmp_path).start()
    address = device.address
    assert device.stop() == 0
    with device:
        assert device.address == address
    line = Simulated("sba5", tmp_path).start()
    assert line.stop() == 0
    assert not Path(line.address).is_symlink()


def test_a_killed_simulator_starts_again(tmp_path: Path) -> None:
    device = Simulated("sba5", tmp_path).start()
    device.process.kill()
    device.process.wait()
    with device:
        old_client(device, "!")
        assert answered(device, "A0", "A0") == "A0\r\nOK\r\n"


@dataclass(frozen=True)
class Faults:
    broken: bool = False
    slow: float = 0.0
    absent: tuple[str, ...] = ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"brokn": true}',
        '{"broken": 1}',
        '{"slow": true}',
        '{"slow": "1"}',
        '{"absent": "a"}',
        '{"absent": 1}',
    ],
)
def test_a_mistake_in_the_fault_file_is_told_and_changes_nothing(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "stand.device.faults"
    file = faults.FaultFile(path, Faults)
    path.write_text('{"broken": true, "slow": 2, "absent": ["a"]}')
    assert file.current() == Faults(broken=True, slow=2, absent=("a",))
    draft = tmp_path / "draft"
    draft.write_text(text)
    draft.replace(path)
    for _ in range(3):
        assert file.current() == Faults(broken=True, slow=2, absent=("a",))
    assert capsys.readouterr().out.count("stand.device.faults is left aside") == 1
    path.unlink()
    assert file.current() == Faults()


def test_a_log_never_fills_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MAX_BYTES", 10_000)
    requests = log.RequestLog(tmp_path / "a.log")
    for number in range(1000):
        requests.add(f"M{number}", b"\xff\r\n")
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 21_000
    requests.add("M", b"")
    assert json.loads((tmp_path / "a.log").read_text().splitlines()[-1]) | {"ts": ""} == {
        "ts": "",
        "request": "M",
        "answer": "",
    }
