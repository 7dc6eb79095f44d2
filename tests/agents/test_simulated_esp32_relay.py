"""The simulated relay board answers as the real one is known to; no network here, and a clock of the test's own."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.simulators.esp32_relay import SENSORS, Esp32Relay, Esp32RelayFaults
from agents.simulators.http_board import Answer
from agents.simulators.surroundings import alone


class Bench:
    """A board and a clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.board = Esp32Relay("1", self.now, alone(1, self.now))

    def get(self, path: str) -> Answer:
        return self.board.answer("GET", path, b"", self.now)

    def post(self, path: str, body: bytes) -> Answer:
        return self.board.answer("POST", path, body, self.now)

    @property
    def info(self) -> dict[str, Any]:
        found = json.loads(self.get("/info").body)
        assert isinstance(found, dict)
        return found

    @property
    def relays(self) -> list[int]:
        return [self.info[f"ch{channel}"] for channel in range(4)]

    def pass_time(self, seconds: float) -> bool:
        self.now += seconds
        return self.board.reachable(self.now)

    def suffer(self, **faults: object) -> bool:
        self.board.suffer(Esp32RelayFaults(**faults), self.now)  # type: ignore[arg-type]
        return self.board.reachable(self.now)


def test_info_tells_relays_sensors_and_uptime() -> None:
    bench = Bench()
    bench.pass_time(61.5)
    assert list(bench.info) == ["ch0", "ch1", "ch2", "ch3", "pcb_temp", *SENSORS, "uptime"]
    assert bench.relays == [0, 0, 0, 0]
    assert (bench.info["pcb_temp"], bench.info["uptime"]) == (-255, 61)
    assert 15 < bench.info["int_temp"] < 35
    assert bench.get("/info").content_type == "application/json"


def test_a_relay_is_set_and_remembered() -> None:
    bench = Bench()
    answer = bench.post("/relay", b'{"channel":1,"state":1}')
    assert (answer.status, answer.body) == (200, "RESULT: SUCCESS\n Relay: 1, set to state: 1\n")
    assert bench.post("/relay", b'{"state": 1, "channel": 3} ').body.startswith("RESULT: SUCCESS")
    assert bench.relays == [0, 1, 0, 1]
    bench.post("/relay", b'{"channel":1,"state":0}')
    assert bench.relays == [0, 0, 0, 1]


PARSE = "RESULT: ERROR Failed to parse JSON\n"
CHANNEL = "RESULT: ERROR Invalid channel type\n"
STATE = "RESULT: ERROR Invalid state type\n"
PARAMS = "RESULT: ERROR invalid params!\n"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", PARSE),
        (b"channel=1", PARSE),
        (b'{"channel":1,"state":NaN}', PARSE),
        (b'{"channel":1,"state":"\xff"}', PARSE),
        (b'{"channel":1,"state":1}' + b" " * 77, PARSE),
        (b"[]", CHANNEL),
        (b"{}", CHANNEL),
        (b'{"channel":true,"state":1}', CHANNEL),
        (b'{"channel":"1","state":1}', CHANNEL),
        (b'{"channel":1}', STATE),
        (b'{"channel":1,"state":true}', STATE),
        (b'{"channel":1,"state":null}', STATE),
        (b'{"channel":4,"state":1}', PARAMS),
        (b'{"channel":-1,"state":1}', PARAMS),
        (b'{"channel":1,"state":2}', PARAMS),
        (b'{"channel":1,"state":1e400}', PARAMS),
    ],
)
def test_errors_come_with_status_200_and_change_nothing(body: bytes, message: str) -> None:
    bench = Bench()
    answer = bench.post("/relay", body)
    assert (answer.status, answer.body) == (200, message)
    assert bench.relays == [0, 0, 0, 0]


def test_a_body_of_99_bytes_is_taken() -> None:
    assert Bench().post("/relay", b'{"channel":1,"state":1}' + b" " * 76).body.startswith("RESULT: SUCCESS")


@pytest.mark.parametrize("name", SENSORS)
def test_each_sensor_can_be_asked_and_can_be_absent(name: str) -> None:
    bench = Bench()
    assert float(bench.get(f"/{name}").body) == pytest.approx(bench.info[name], abs=1e-6)
    assert len(bench.get(f"/{name}").body.partition(".")[2]) == 6
    bench.suffer(absent=(name,))
    assert bench.get(f"/{name}").body == "-255.000000"
    assert bench.info[name] == -255


def test_sensors_are_refreshed_every_2_5_s() -> None:
    bench = Bench()
    seen = []
    for _ in range(100):
        seen.append(bench.info["int_hum"])
        bench.pass_time(0.25)
    assert all(len(set(seen[start : start + 10])) == 1 for start in range(0, 100, 10))
    assert len(set(seen)) > 3


def test_reset_reboots_after_a_second_and_all_relays_are_off() -> None:
    bench = Bench()
    bench.post("/relay", b'{"channel":2,"state":1}')
    assert bench.pass_time(100)
    answer = bench.post("/reset", b"force_reset\n")
    assert answer.body == "User have sent incorrect reset command, so no rebooting\n"
    assert bench.pass_time(2)
    answer = bench.post("/reset", b"force_reset")
    assert (answer.status, answer.body) == (200, "User have sent force reset command, so rebooting\n")
    assert bench.pass_time(0.9)
    assert not bench.pass_time(0.2)
    assert bench.pass_time(3)
    assert bench.relays == [0, 0, 0, 0]
    assert bench.info["uptime"] < 3


def test_a_reboot_and_a_refusal_on_request() -> None:
    bench = Bench()
    bench.post("/relay", b'{"channel":0,"state":1}')
    assert not bench.suffer(refuse=True)
    assert bench.suffer()
    assert bench.relays == [1, 0, 0, 0]
    assert not bench.suffer(reboot=True)
    assert bench.pass_time(3)
    assert bench.suffer(reboot=True)  # once
    assert bench.relays == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/pcb_temp", 404), ("GET", "/relay", 405), ("POST", "/info", 405)],
)
def test_what_is_not_there(method: str, path: str, status: int) -> None:
    assert Bench().board.answer(method, path, b"", 1000.0).status == status


@given(st.sampled_from(["GET", "POST", "PUT"]), st.sampled_from(["/relay", "/reset", "/info", "/x"]), st.binary())
def test_no_request_breaks_it(method: str, path: str, body: bytes) -> None:
    bench = Bench()
    bench.board.answer(method, path, body, bench.now)
    assert sum(bench.relays) <= 1


def test_a_sensor_can_be_frozen_while_the_others_go_on() -> None:
    bench = Bench()
    bench.suffer(frozen=("int_temp",))
    shown = []
    for _ in range(20):
        bench.pass_time(3)
        shown.append((bench.info["int_temp"], bench.info["int_hum"]))
    temperatures, humidities = zip(*shown, strict=True)
    assert (len(set(temperatures)), len(set(humidities)) > 3) == (1, True)
    bench.suffer()
    assert len({bench.info["int_temp"] for _ in range(20) if bench.pass_time(3)}) > 1


def test_a_command_can_be_carried_out_and_never_answered() -> None:
    bench = Bench()
    bench.suffer(lost=1)
    assert bench.post("/relay", b'{"channel":0,"state":1}').lost
    assert not bench.get("/info").lost
    assert bench.relays[0] == 1
    assert not bench.post("/relay", b'{"channel":0,"state":0}').lost
