"""The relay board's driver against its simulator, over HTTP."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agents.catalog.catalog import describe
from agents.drivers import DRIVERS, esp32, esp32_relay
from agents.drivers.esp32 import Esp32Options
from agents.drivers.esp32_relay import RELAYS, SENSORS, Esp32Relay, parse_info
from hub.contract.channels import PRESS
from hub.contract.config.schema import Agent, Config, Device, Stand
from hub.contract.errors import Code, DeviceError
from hub.contract.reading import Quality
from tests.agents.driving import HASTY, becomes, error_of, reads
from tests.agents.simulated import Simulated
from tests.servers import wait_until


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Simulated]:
    with Simulated("esp32_relay", tmp_path, "--speed", "5") as device:
        yield device


@pytest.fixture
def driver(board: Simulated, monkeypatch: pytest.MonkeyPatch, timeout: float) -> Iterator[Esp32Relay]:
    monkeypatch.setattr(esp32, "TIMEOUT", timeout)
    made = Esp32Relay(Esp32Options(address=board.address))
    wait_until(lambda: error_of(made.open) is None, "the board to answer")
    yield made
    made.close()


def test_it_reads_all_in_one_transaction(board: Simulated, driver: Esp32Relay) -> None:
    assert DRIVERS["esp32_relay"] is Esp32Relay
    before = len(board.requests)
    snapshot = driver.read()
    assert board.requests[before:] == ["GET /info"]
    assert snapshot.values.keys() == {channel.name for channel in Esp32Relay.channels if channel.kind != "action"}
    assert [snapshot.values[name] for name in RELAYS] == [False] * 4
    assert all(snapshot.values[name] is not None for name in (*SENSORS, "uptime"))
    assert not snapshot.quality


@pytest.mark.parametrize("channel", RELAYS)
def test_a_relay_is_switched_and_read_back(channel: str, driver: Esp32Relay) -> None:
    for value in (True, False, True):
        driver.write(channel, value)
        values = driver.read().values
        assert {name: values[name] for name in RELAYS} == {name: value and name == channel for name in RELAYS}


def test_a_sensor_that_is_absent_has_no_value(board: Simulated, driver: Esp32Relay) -> None:
    board.suffer(absent=["int_temp", "roots_temp"])
    wait_until(lambda: driver.read().quality, "absent sensors")
    snapshot = driver.read()
    assert snapshot.values["int_temp"] is None
    assert snapshot.quality == {"int_temp": Quality.SENTINEL, "roots_temp": Quality.SENTINEL}
    assert snapshot.values["int_hum"] is not None
    board.suffer()
    wait_until(lambda: not driver.read().quality, "sensors that are back")


def test_an_error_with_status_200_is_an_error(
    board: Simulated, driver: Esp32Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(esp32_relay, "RELAYS", (*RELAYS, "ch4"))
    with pytest.raises(DeviceError, match="RESULT: ERROR invalid params!") as caught:
        driver.write("ch4", True)
    assert caught.value.code is Code.DEVICE_REFUSED
    assert board.requests[-1] == 'POST /relay {"channel":4,"state":1}'


def test_a_reboot_is_an_error_and_then_the_relays_are_off(board: Simulated, driver: Esp32Relay) -> None:
    driver.write("ch1", True)
    board.suffer(reboot=True, refuse=True)  # it stays down until we have looked
    becomes(driver, Code.NO_ANSWER)
    board.suffer()
    becomes(driver, None)
    assert driver.read().values["ch1"] is False


def test_it_resets(board: Simulated, driver: Esp32Relay) -> None:
    driver.write("ch1", True)
    driver.write("reset", PRESS)
    assert board.requests[-1] == "POST /reset force_reset"
    reads(driver, lambda found: found.values["ch1"] is False, "the relays to be off")


def test_a_connection_that_the_board_closed_meanwhile_is_no_error(board: Simulated, driver: Esp32Relay) -> None:
    driver.read()
    address = board.address
    board.stop()
    board.start()
    assert board.address == address
    driver.write("ch0", True)
    assert driver.read().values["ch0"] is True


@HASTY
@pytest.mark.parametrize("faults", [{"slow": 1.2}, {"refuse": True}])
def test_no_answer_in_time(faults: dict[str, object], board: Simulated, driver: Esp32Relay) -> None:
    board.suffer(**faults)
    becomes(driver, Code.NO_ANSWER)
    driver.close()
    wait_until(lambda: error_of(driver.open) is Code.NO_ANSWER, "an error when it is opened")
    board.suffer()
    wait_until(lambda: error_of(driver.open) is None, "the board to answer")


@HASTY
def test_a_frozen_board_costs_one_timeout_and_does_not_act_later(board: Simulated, driver: Esp32Relay) -> None:
    before = board.requests
    board.freeze()
    assert error_of(lambda: driver.write("ch3", True)) is Code.NO_ANSWER
    driver.close()
    board.thaw()
    assert reads(driver, lambda _: True, "a reading").values["ch3"] is False
    assert set(board.requests[len(before) :]) == {"GET /info"}


@pytest.mark.parametrize(
    "address",
    ["10.10.0.5", "https://10.10.0.5", "http://", "http://board/info", "http://board:99999", "http://board:0"],
)
def test_an_address_that_cannot_be(address: str) -> None:
    with pytest.raises(ValidationError):
        Esp32Options(address=address)


INFO = dict.fromkeys(RELAYS, 0) | dict.fromkeys(SENSORS, 21.200000762939453) | {"pcb_temp": -255, "uptime": 132}


def info(**changes: object) -> bytes:
    return json.dumps(INFO | changes).encode()


def test_info_as_the_board_sends_it() -> None:
    snapshot = parse_info(info(ch1=1, ext_temp=-255, roots_temp=85, int_hum=60, uptime=123456789))
    assert snapshot.values["ch1"] is True
    assert snapshot.values["int_temp"] == 21.2
    assert snapshot.values["int_hum"] == 60
    assert snapshot.values["uptime"] == 123456789
    assert snapshot.values["ext_temp"] is None
    assert snapshot.quality == {"ext_temp": Quality.SENTINEL, "roots_temp": Quality.SUSPECT}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
)
CHANGED = st.dictionaries(st.sampled_from(list(INFO)), JSON, min_size=1).map(lambda changes: info(**changes))


@given(CHANGED | st.binary())
def test_the_parser_gives_right_values_or_its_own_error(body: bytes) -> None:
    if error_of(lambda: parse_info(body)) is Code.BAD_ANSWER:
        return
    snapshot = parse_info(body)
    assert all(type(snapshot.values[name]) is bool for name in RELAYS)
    for name in (*SENSORS, "uptime"):
        value = snapshot.values[name]
        assert value is None or (type(value) in (int, float) and math.isfinite(float(value)))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<html>",
        info(ch0=True),
        info(ch0=2),
        info(ch0="1"),
        info(int_temp=None),
        info(int_temp=True),
        info(int_temp=float("nan")),
        info(uptime=10**30),
        b'{"ch0":0,"ch0":1}',
    ],
)
def test_what_is_no_info(body: bytes) -> None:
    with pytest.raises(DeviceError) as caught:
        parse_info(body)
    assert caught.value.code is Code.BAD_ANSWER


def test_a_simulated_board_needs_no_address() -> None:
    device = Device.model_validate({"driver": "esp32_relay"})
    stand = Stand(agent="bench", simulate=True, devices={"chamber": device})
    config = Config(version=1, agents={"bench": Agent()}, stands={"phytotron": stand})
    assert list(describe(config, DRIVERS)) == ["phytotron/chamber"]
