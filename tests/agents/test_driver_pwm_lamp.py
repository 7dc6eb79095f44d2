"""The lamp's driver against its simulator, over HTTP."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.drivers import DRIVERS, esp32
from agents.drivers.esp32 import Esp32Options
from agents.drivers.pwm_lamp import OUTPUTS, PwmLamp, parse_info
from hub.contract.errors import Code, DeviceError, Refused
from hub.contract.reading import Quality
from tests.agents.driving import HASTY, becomes, error_of, reads
from tests.agents.simulated import Simulated
from tests.servers import wait_until


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Simulated]:
    with Simulated("pwm_lamp", tmp_path, "--speed", "20") as device:
        yield device


@pytest.fixture
def driver(board: Simulated, monkeypatch: pytest.MonkeyPatch, timeout: float) -> Iterator[PwmLamp]:
    monkeypatch.setattr(esp32, "TIMEOUT", timeout)
    made = PwmLamp(Esp32Options(address=board.address))
    wait_until(lambda: error_of(made.open) is None, "the board to answer")
    yield made
    made.close()


def duties(driver: PwmLamp) -> list[object]:
    values = reads(driver, lambda _: True, "a reading").values
    return [values[name] for name in OUTPUTS]


def test_it_reads_all_in_one_transaction(board: Simulated, driver: PwmLamp) -> None:
    assert DRIVERS["pwm_lamp"] is PwmLamp
    before = len(board.requests)
    snapshot = driver.read()
    assert board.requests[before:] == ["GET /info"]
    assert snapshot.values.keys() == {channel.name for channel in PwmLamp.channels if channel.kind != "action"}
    assert [snapshot.values[name] for name in OUTPUTS] == [0] * 6
    assert isinstance(snapshot.values["lamp_temp"], float | int)
    assert not snapshot.quality


def test_each_duty_is_what_was_set_also_0_and_1(driver: PwmLamp) -> None:
    for duty in (0, 1, 2, 60, 1, 0, 100):
        driver.write("ch2_pwm", duty)
        assert driver.read().values["ch2_pwm"] == duty


def test_a_pair_is_set_together(board: Simulated, driver: PwmLamp) -> None:
    driver.write("ch01_pwm", 60.0)
    assert board.requests[-2:] == ['POST /pwm {"channel":0,"duty":60}', 'POST /pwm {"channel":1,"duty":60}']
    assert duties(driver) == [60, 60, 0, 0, 60, 0]
    driver.write("ch01_pwm", 0)
    driver.write("ch23_pwm", 1)
    assert duties(driver) == [0, 0, 1, 1, 0, 1]


def test_a_pair_that_differs_has_no_value(driver: PwmLamp) -> None:
    driver.write("ch3_pwm", 20)
    snapshot = driver.read()
    assert snapshot.values["ch23_pwm"] is None
    assert snapshot.quality == {"ch23_pwm": Quality.SUSPECT}
    assert snapshot.values["ch01_pwm"] == 0


@pytest.mark.parametrize("value", [60.5, -1, 101, float("nan"), "60", True])
def test_a_channel_takes_whole_percents_only(value: object) -> None:
    for channel in PwmLamp.channels[: len(OUTPUTS)]:
        with pytest.raises(Refused):
            channel.check(value)
        assert channel.safe == 0


def test_an_error_with_status_200_is_an_error(driver: PwmLamp) -> None:
    with pytest.raises(DeviceError, match="RESULT: ERR_INVALID_DUTY_VALUE") as caught:
        driver.write("ch0_pwm", 101)
    assert caught.value.code is Code.DEVICE_REFUSED


def test_a_lamp_that_rebooted_is_dark_and_says_so_once(board: Simulated, driver: PwmLamp) -> None:
    driver.write("ch0_pwm", 1)
    wait_until(lambda: (driver.read().values["uptime"] or 0) >= 60, "an uptime that can go back")  # type: ignore[operator]
    board.suffer(reboot=True)
    told: list[str] = []

    def rebooted() -> bool:
        try:
            driver.open()
            told.extend(driver.read().events)
        except DeviceError:
            return False
        return bool(told)

    wait_until(rebooted, "the board to come back")
    assert duties(driver) == [0] * 6
    assert told == ["The lamp driver has rebooted: its outputs are off."]
    assert driver.read().events == []


def test_an_absent_sensor_has_no_value(board: Simulated, driver: PwmLamp) -> None:
    board.suffer(absent=["lamp_temp"])
    wait_until(lambda: driver.read().quality == {"lamp_temp": Quality.SENTINEL}, "an absent sensor")
    assert driver.read().values["lamp_temp"] is None


@HASTY
@pytest.mark.parametrize("faults", [{"slow": 1.2}, {"refuse": True}])
def test_no_answer_in_time(faults: dict[str, object], board: Simulated, driver: PwmLamp) -> None:
    board.suffer(**faults)
    becomes(driver, Code.NO_ANSWER)
    board.suffer()
    wait_until(lambda: error_of(driver.open) is None, "the board to answer")


@HASTY
def test_a_frozen_lamp_does_not_light_later(board: Simulated, driver: PwmLamp) -> None:
    board.freeze()
    assert error_of(lambda: driver.write("ch3_pwm", 100)) is Code.NO_ANSWER
    driver.close()
    board.thaw()
    wait_until(lambda: error_of(driver.open) is None, "the board to answer")
    assert duties(driver) == [0] * 6


INFO: dict[str, object] = {
    **{f"ch{number}_pwm": 1 for number in range(4)},
    "pcb_temp": -255,
    "lamp_temp": 41.4375,
    "mac_addr": "02:00:00:00:00:01",
    "uptime": 12,
}


def info(**changes: object) -> bytes:
    return json.dumps(INFO | changes).encode()


def test_info_as_the_board_sends_it() -> None:
    snapshot = parse_info(info(ch1_pwm=60, lamp_temp=85), {2: 1, 3: 0})
    assert [snapshot.values[f"ch{number}_pwm"] for number in range(4)] == [0, 60, 1, 0]
    assert snapshot.values["uptime"] == 12
    assert snapshot.values["pcb_temp"] is None
    assert snapshot.quality["pcb_temp"] == Quality.SENTINEL
    assert snapshot.quality["lamp_temp"] == Quality.SUSPECT


def test_older_boards_tell_no_mac_address() -> None:
    older = {name: value for name, value in INFO.items() if name != "mac_addr"}
    assert parse_info(json.dumps(older).encode(), {}) == parse_info(info(), {})


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
)
CHANGED = st.dictionaries(st.sampled_from(list(INFO)), ANY_JSON, min_size=1).map(lambda changes: info(**changes))
LAST = st.dictionaries(st.integers(0, 3), st.integers(0, 100))


@given(CHANGED | st.binary(), LAST)
def test_the_parser_gives_right_values_or_its_own_error(body: bytes, last: dict[int, int]) -> None:
    if error_of(lambda: parse_info(body, last)) is Code.BAD_ANSWER:
        return
    values = parse_info(body, last).values
    for name, numbers in OUTPUTS.items():
        value = values[name]
        assert (value is None and len(numbers) == 2) or (type(value) is int and 0 <= value <= 100)
    for name in ("lamp_temp", "pcb_temp", "uptime"):
        value = values[name]
        assert value is None or math.isfinite(float(value))


@given(st.integers(0, 100), LAST)
def test_what_was_last_set_is_what_is_read(duty: int, last: dict[int, int]) -> None:
    shown = max(1, duty)
    assert parse_info(info(ch2_pwm=shown), last | {2: duty}).values["ch2_pwm"] == duty


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        info(ch0_pwm=101),
        info(ch0_pwm=-1),
        info(ch0_pwm=True),
        info(ch0_pwm=60.0),
        info(ch0_pwm=None),
        info(lamp_temp="41"),
        info(uptime=None),
    ],
)
def test_what_is_no_info(body: bytes) -> None:
    with pytest.raises(DeviceError) as caught:
        parse_info(body, {})
    assert caught.value.code is Code.BAD_ANSWER


def test_it_tells_its_network_address_for_a_serial_number(driver: PwmLamp) -> None:
    assert driver.identify() == {"serial": "02:00:00:00:00:01"}
