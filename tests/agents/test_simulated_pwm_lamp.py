"""The simulated lamp driver answers as the real one is known to; no network here, and a clock of the test's own."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.simulators.http_board import Answer
from agents.simulators.pwm_lamp import PwmLamp, PwmLampFaults
from agents.simulators.surroundings import alone


class Bench:
    """A lamp and a clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.lamp = PwmLamp("1", self.now, alone(1, self.now))

    def get(self, path: str) -> Answer:
        return self.lamp.answer("GET", path, b"", self.now)

    def post(self, path: str, body: bytes) -> Answer:
        return self.lamp.answer("POST", path, body, self.now)

    @property
    def info(self) -> dict[str, Any]:
        found = json.loads(self.get("/info").body)
        assert isinstance(found, dict)
        return found

    @property
    def duties(self) -> list[int]:
        return [self.info[f"ch{channel}_pwm"] for channel in range(4)]

    def pass_time(self, seconds: float) -> bool:
        self.now += seconds
        return self.lamp.reachable(self.now)


def test_info_tells_duties_temperatures_address_and_uptime_and_takes_its_time() -> None:
    bench = Bench()
    bench.pass_time(61.5)
    duties = {f"ch{channel}_pwm" for channel in range(4)}
    assert bench.info.keys() == duties | {"pcb_temp", "lamp_temp", "mac_addr", "uptime"}
    assert bench.duties == [0, 0, 0, 0]
    assert bench.info["uptime"] == 61
    assert 15 < bench.info["lamp_temp"] < 30
    answer = bench.get("/info")
    assert 0.5 < answer.takes < 1
    assert answer.content_type == "application/json"


@pytest.mark.parametrize(("duty", "shown"), [(0, 1), (1, 1), (2, 2), (60, 60), (100, 100)])
def test_a_duty_is_set_and_0_reads_back_as_1(duty: int, shown: int) -> None:
    bench = Bench()
    answer = bench.post("/pwm", b'{"channel":2,"duty":%d}' % duty)
    assert answer.status == 200
    assert answer.body == f"RESULT: PWM_OPERATION_SUCCESS\n; Set channel 2 to {shown} % pwm\n"
    assert bench.duties == [0, 0, shown, 0]


JSON = "RESULT: ERR_INCORRECT_JSON\n"
CHANNEL = "RESULT: ERR_INVALID_CHANNEL_NUM\n"
DUTY = "RESULT: ERR_INVALID_DUTY_VALUE\n"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", JSON),
        (b"duty=1", JSON),
        (b'{"channel":1,"duty":NaN}', JSON),
        (b'{"channel":1,"duty":60}' + b" " * 77, JSON),
        (b"{}", CHANNEL),
        (b"[]", CHANNEL),
        (b'{"channel":true,"duty":60}', CHANNEL),
        (b'{"channel":4,"duty":60}', CHANNEL),
        (b'{"channel":-1,"duty":60}', CHANNEL),
        (b'{"channel":1}', DUTY),
        (b'{"channel":1,"duty":"60"}', DUTY),
        (b'{"channel":1,"duty":true}', DUTY),
        (b'{"channel":1,"duty":101}', DUTY),
        (b'{"channel":1,"duty":-1}', DUTY),
        (b'{"channel":1,"duty":1e400}', DUTY),
    ],
)
def test_errors_come_with_status_200_and_change_nothing(body: bytes, message: str) -> None:
    bench = Bench()
    answer = bench.post("/pwm", body)
    assert (answer.status, answer.body) == (200, message)
    assert bench.duties == [0, 0, 0, 0]


def test_decimals_are_cut_off() -> None:
    bench = Bench()
    bench.post("/pwm", b'{"channel":0,"duty":60.9}')
    assert bench.duties == [60, 0, 0, 0]


def test_reset_reboots_and_the_lamp_is_dark() -> None:
    bench = Bench()
    bench.post("/pwm", b'{"channel":0,"duty":60}')
    assert "no rebooting" in bench.post("/reset", b"reset").body
    assert bench.pass_time(5)
    assert bench.post("/reset", b"force_reset").body.endswith("so rebooting\n")
    assert not bench.pass_time(1.1)
    assert bench.pass_time(3)
    assert bench.duties == [0, 0, 0, 0]
    assert bench.info["uptime"] < 3


def test_sensors_can_be_absent() -> None:
    bench = Bench()
    bench.lamp.suffer(PwmLampFaults(absent=("lamp_temp", "pcb_temp")), bench.now)
    assert (bench.info["lamp_temp"], bench.info["pcb_temp"]) == (-255, -255)
    with pytest.raises(ValueError, match="pcb_temp, lamp_temp"):
        PwmLampFaults(absent=("int_temp",))


def test_a_lit_lamp_gets_warm() -> None:
    bench = Bench()
    cold = bench.info["lamp_temp"]
    for channel in range(4):
        bench.post("/pwm", b'{"channel":%d,"duty":100}' % channel)
    bench.pass_time(0.5)  # until the world hears of it
    bench.pass_time(600)
    assert bench.info["lamp_temp"] > cold + 20


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/pwm", 405), ("POST", "/relay", 404)])
def test_what_is_not_there(method: str, path: str, status: int) -> None:
    assert Bench().lamp.answer(method, path, b"", 1000.0).status == status


@given(st.sampled_from(["GET", "POST"]), st.sampled_from(["/pwm", "/reset", "/info"]), st.binary())
def test_no_request_breaks_it(method: str, path: str, body: bytes) -> None:
    bench = Bench()
    bench.lamp.answer(method, path, body, bench.now)
    assert sum(duty > 0 for duty in bench.duties) <= 1
