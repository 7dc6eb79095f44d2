"""Modbus: the page's instrument over TCP, and the same over a serial line (RTU)."""

import asyncio
import os
import select
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

from agents.drivers.modbus import Modbus
from agents.drivers.modbus_client import make
from agents.drivers.modbus_options import TYPES, ModbusChannel, ModbusOptions
from hub.contract.channels import Number, Switch
from hub.contract.errors import Code, ConfigError, DeviceError
from hub.contract.reading import Quality
from tests.agents.driving import becomes, error_of, reads
from tests.agents.generic import configured, opened, patient, quick
from tests.servers import free_port, wait_until

PATIENT, QUICK = patient("modbus"), quick("modbus")


def test_it_reads_all_four_tables_and_sets(tmp_path: Path) -> None:
    with opened("modbus", tmp_path, PATIENT) as (_, driver):
        values = driver.read().values
        assert isinstance(values["temp"], float)
        assert 10 < values["temp"] < 40
        assert isinstance(values["energy"], int)
        assert values["energy"] >= 100_000
        assert isinstance(values["hum"], float)
        assert 0 < values["hum"] < 100
        assert (values["target"], values["pump"], values["door"]) == (22.5, False, False)
        driver.write("target", 18.5)
        driver.write("pump", True)
        values = driver.read().values
        assert (values["target"], values["pump"]) == (18.5, True)


@pytest.mark.parametrize(
    ("fault", "code"),
    [("silent", Code.NO_ANSWER), ("garbage", Code.NO_ANSWER), ("failure", Code.DEVICE_REFUSED)],
)
def test_faults_of_the_instrument(fault: str, code: Code, tmp_path: Path) -> None:
    with opened("modbus", tmp_path, QUICK) as (simulated, driver):
        simulated.suffer(**{fault: True})
        becomes(driver, code)
        wait_until(lambda: error_of(lambda: driver.write("pump", True)) is code, f"writing to give {code}")
        simulated.suffer()
        driver.close()
        wait_until(lambda: error_of(driver.open) is None, "the instrument to be open")
        becomes(driver, None)


def test_an_instrument_that_went_away_is_no_answer(tmp_path: Path) -> None:
    with opened("modbus", tmp_path, QUICK) as (simulated, driver):
        simulated.stop()
        becomes(driver, Code.NO_ANSWER)
        assert error_of(driver.open) is Code.NO_ANSWER
        assert error_of(driver.read) is Code.NO_ANSWER
        simulated.start()
        wait_until(lambda: error_of(driver.open) is None, "the instrument to be open")
        becomes(driver, None)


def test_a_register_that_is_not_there_is_named(tmp_path: Path) -> None:
    wrong = PATIENT.replace("input: 3", "input: 77")
    with (
        opened("modbus", tmp_path, wrong) as (_, driver),
        pytest.raises(DeviceError, match="instrument 1 refused hum: there is no such register"),
    ):
        driver.read()


def test_what_lies_between_two_steps_of_a_register_is_refused_and_not_written(tmp_path: Path) -> None:
    with opened("modbus", tmp_path, PATIENT) as (simulated, driver):
        driver.read()
        before = len(simulated.requests)
        assert error_of(lambda: driver.write("target", 18.55)) is Code.DEVICE_REFUSED
        assert len(simulated.requests) == before


def carry(ours: int, theirs: int, hangs: Callable[[int], object], ended: threading.Event) -> None:
    """What comes at one end goes out at the other."""
    while not ended.is_set():
        for end in select.select([ours, theirs], [], [], 0.05)[0]:
            if end == theirs:
                hangs(ours)
            os.write(theirs if end == ours else ours, os.read(end, 1000))


@contextmanager
def line(device_ids: list[int], hangs: Callable[[int], object] = lambda _line: None) -> Iterator[str]:
    """A serial line with instruments: two ptys, and a wire between them.

    Register 0 has the instrument's id, register 1 a hundred more. Before each answer it `hangs`, with the line's other
    end to look at.
    """
    (ours, port), (theirs, far) = os.openpty(), os.openpty()
    for end in (port, far):
        tty.setraw(end)
    ended = threading.Event()
    loop = asyncio.new_event_loop()

    devices = [SimDevice(one, [SimData(0, values=[one, 100 + one], datatype=DataType.UINT16)]) for one in device_ids]

    def quiet(sending: bool, data: bytes) -> bytes:
        """Instruments that are not on the line do not answer."""
        return b"" if sending and data[0] not in device_ids else data

    async def begin() -> ModbusSerialServer:
        server = ModbusSerialServer(devices, framer=FramerType.RTU, port=os.ttyname(far), trace_packet=quiet)
        await server.serve_forever(background=True)
        return server

    threads = [
        threading.Thread(target=carry, args=(ours, theirs, hangs, ended)),
        threading.Thread(target=loop.run_forever),
    ]
    for thread in threads:
        thread.start()
    server = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    try:
        yield os.ttyname(port)
    finally:
        asyncio.run_coroutine_threadsafe(server.shutdown(), loop).result(10)  # type: ignore[no-untyped-call]
        loop.call_soon_threadsafe(loop.stop)
        ended.set()
        for thread in threads:
            thread.join(5)
        loop.close()
        for descriptor in (ours, port, theirs, far):
            os.close(descriptor)


def on_line(folder: Path, address: str, *device_ids: int) -> Modbus:
    channels = ", ".join(f"a{one}: {{holding: 0, device_id: {one}}}" for one in device_ids)
    text = f"  driver: modbus\n  address: {address}\n  timeout: 200ms\n  channels: {{{channels}}}"
    entry = configured(folder, text)
    driver = entry.driver(entry.options(folder))
    assert isinstance(driver, Modbus)
    return driver


def test_instruments_on_a_serial_line_and_one_that_is_silent(tmp_path: Path) -> None:
    with line([3, 7]) as address:
        driver = on_line(tmp_path, address, 3, 5, 7)
        driver.open()
        snapshot = reads(driver, lambda found: None not in (found.values["a3"], found.values["a7"]))
        assert snapshot.values == {"a3": 3, "a5": None, "a7": 7}
        assert snapshot.quality == {"a5": Quality.SUSPECT}
        second = on_line(tmp_path, address, 3)
        assert error_of(second.open) is Code.PORT_BUSY
        driver.close()
        alone = on_line(tmp_path, address, 5)
        alone.open()
        assert error_of(alone.read) is Code.NO_ANSWER
        alone.close()


def test_a_late_answer_is_not_taken_for_that_of_another_question(tmp_path: Path) -> None:
    """On a serial line each answer comes when the next question is there, or after a while; the first only then."""
    patience = iter([30.0])
    with line([3], lambda ours: select.select([ours], [], [], next(patience, 0.2))) as address:
        channels = "a: {holding: 0}, b: {holding: 1}"
        text = f"  driver: modbus\n  address: {address}\n  device_id: 3\n  timeout: 3s\n  channels: {{{channels}}}"
        entry = configured(tmp_path, text)
        driver = entry.driver(entry.options(tmp_path))
        driver.open()
        assert error_of(driver.read) is Code.NO_ANSWER
        assert reads(driver, lambda _: True).values == {"a": 3, "b": 103}
        driver.close()


def test_nothing_there(tmp_path: Path) -> None:
    for address in (f"tcp://127.0.0.1:{free_port()}", "/dev/no-such-port"):
        assert error_of(on_line(tmp_path, address, 1).open) is Code.NO_ANSWER


def test_what_is_set_must_fit_into_its_register(tmp_path: Path) -> None:
    found = configured(
        tmp_path,
        "  driver: modbus\n  address: tcp://a\n  channels:\n"
        "    a: {holding: 0, writable: true}\n    b: {holding: 0, type: int16, scale: 0.5, high: 9, writable: true}\n"
        "    c: {holding: 0, kind: switch, on: 1, off: 0, writable: true}",
    )
    assert found.description.channels == (
        Number("a", writable=True, low=0, high=65535, whole=True),
        Number("b", writable=True, low=-16384, high=9),
        Switch("c", writable=True),
    )


@given(st.sampled_from(sorted(TYPES)), st.sampled_from(["big", "little"]), st.data())
def test_registers_hold_what_was_put_into_them(kind: str, words: str, data: st.DataObject) -> None:
    bounds = TYPES[kind]
    values = st.floats(width=32, allow_nan=False, allow_infinity=False) if bounds is None else st.integers(*bounds)
    value = data.draw(values)
    channel = ModbusChannel.model_validate({"holding": 0, "type": kind, "words": words, "writable": True})
    driver = Modbus(ModbusOptions(address="/dev/null", channels={"a": channel}))
    driver._client = client = make(driver.options)
    registers = driver._registers("a", channel, value)
    found = client.convert_from_registers(registers, client.DATATYPE[kind.upper()], word_order=words)  # type: ignore[arg-type]
    assert found == value


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("{}", "write exactly one of input, holding, coil, discrete"),
        ("{input: 1, coil: 1}", "write exactly one of"),
        ("{input: 1, writable: true}", "input registers can only be read"),
        ("{coil: 1, type: int16}", "a coil is a switch, without `type`"),
        ("{coil: 1, kind: number}", "a coil is a switch"),
        ("{holding: 1, kind: text}", "a register holds a number or a switch"),
        ("{holding: 70000}", "holding"),
        ("{holding: 0, type: int8}", "type"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, channel: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        configured(tmp_path, f"  driver: modbus\n  address: tcp://a\n  channels: {{a: {channel}}}")
    assert told in str(caught.value)
    assert "channels.a" in str(caught.value)


@pytest.mark.parametrize("address", ["10.0.0.5", "http://10.0.0.5", "tcp://", "tcp://a/b", "tcp://a:99999"])
def test_an_address_that_cannot_be(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError, match="address"):
        configured(tmp_path, f"  driver: modbus\n  address: {address}\n  channels: {{a: {{input: 0}}}}")
