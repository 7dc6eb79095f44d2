"""Instruments that are asked in lines of text: the page's power supply, and instruments of the test's own on a pty."""

import fcntl
import os
import re
import select
import termios
import threading
import tty
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.driver import Driver
from agents.drivers.described import DescribedChannel
from agents.drivers.serial_line_options import fitting
from agents.drivers.words import as_text, number
from hub.contract.channels import Number
from hub.contract.errors import Code, ConfigError
from hub.contract.reading import Quality
from tests.agents.driving import becomes, error_of, reads
from tests.agents.generic import PAGE, configured, opened, patient, quick
from tests.servers import wait_until

PATIENT, QUICK = patient("serial_line"), quick("serial_line")
LONG = "  timeout: 30s\n"
"""For what answers at once, unless the machine is busy."""
SCALE = "  driver: serial_line\n  address: ADDRESS\n"


def waiting(line: int) -> int:
    """How many bytes have come over a line and were not read yet."""
    found = array("i", [0])
    fcntl.ioctl(line, termios.FIONREAD, found)
    return found[0]


@contextmanager
def instrument(
    folder: Path,
    options: str,
    answer: Callable[[bytes], bytes],
    speaks: Sequence[bytes] = (),
    hangs: Callable[[int], object] = lambda _line: None,
) -> Iterator[Driver]:
    """A driver with `options`; at the other end of its line is what answers each line, or speaks by itself.

    Before each answer it `hangs`, with the line's other end to look at.
    """
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    ended = threading.Event()

    def serve() -> None:
        typed = b""
        for piece in cycle(speaks or [b""]):
            if ended.is_set():
                return
            os.write(ours, piece)
            if select.select([ours], [], [], 0.003)[0]:
                *lines, typed = re.split(rb"\r?\n", typed + os.read(ours, 1000))
                for line in lines:
                    hangs(ours)
                    os.write(ours, answer(line))

    entry = configured(folder, (SCALE + options).replace("ADDRESS", os.ttyname(theirs)))
    driver = entry.driver(entry.options(folder))
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        driver.open()
        driver.prepare()
        yield driver
    finally:
        driver.close()
        ended.set()
        thread.join(5)
        os.close(ours)
        os.close(theirs)


def test_scpi_is_asked_and_set(tmp_path: Path) -> None:
    with opened("serial_line", tmp_path, PATIENT) as (simulated, driver):
        assert driver.read().values["output"] is False
        driver.write("limit", 12)
        driver.write("output", True)
        values = driver.read().values
        assert values["limit"] == 12
        assert values["output"] is True
        # 1 A through 10 Ω is where the supply stops
        assert values["voltage"] == pytest.approx(10, abs=0.01)
        assert simulated.requests[3:] == ["VOLT 12", "OUTP 1", "MEAS:VOLT?", "VOLT?", "OUTP?"]


def test_it_says_who_it_is(tmp_path: Path) -> None:
    with opened("serial_line", tmp_path, PATIENT) as (_, driver):
        assert driver.identify() == {"serial": "0", "firmware": "1.0"}
    with instrument(tmp_path, "  identify: WHO\n  channels: {a: {ask: A}}\n", lambda _: b"a scale\n") as driver:
        assert error_of(driver.identify) is Code.BAD_ANSWER


def test_its_mark_for_no_number_is_no_value(tmp_path: Path) -> None:
    with opened("serial_line", tmp_path, PATIENT) as (simulated, driver):
        simulated.suffer(overload=True)
        snapshot = reads(driver, lambda found: found.values["voltage"] is None)
        assert snapshot.quality == {"voltage": Quality.SENTINEL}
        assert snapshot.values["limit"] == 0


@pytest.mark.parametrize(
    ("fault", "code"),
    [("silent", Code.NO_ANSWER), ("truncated", Code.NO_ANSWER), ("garbage", Code.BAD_ANSWER)],
)
def test_faults_of_the_line(fault: str, code: Code, tmp_path: Path) -> None:
    with opened("serial_line", tmp_path, QUICK) as (simulated, driver):
        simulated.suffer(**{fault: True})
        becomes(driver, code)
        simulated.suffer()
        becomes(driver, None)


def test_unplugged_and_plugged_in_again(tmp_path: Path) -> None:
    with opened("serial_line", tmp_path, QUICK) as (simulated, driver):
        simulated.suffer(unplugged=True)
        becomes(driver, Code.NO_ANSWER)
        wait_until(lambda: error_of(lambda: driver.write("limit", 1)) is Code.NO_ANSWER, "an error when it is set")
        assert error_of(driver.open) is Code.NO_ANSWER
        simulated.suffer()
        wait_until(lambda: error_of(driver.open) is None, "the port to be back")
        becomes(driver, None)


def test_another_program_on_the_port_is_told(tmp_path: Path) -> None:
    with opened("serial_line", tmp_path, PATIENT) as (simulated, _):
        entry = configured(tmp_path, PATIENT, name="serial_line", simulate=True)
        second = entry.driver(entry.options(tmp_path))
        assert error_of(second.open) is Code.PORT_BUSY
        assert simulated.address


def test_one_line_with_several_values_needs_no_list_of_channels(tmp_path: Path) -> None:
    text = re.findall(r"```yaml\nscale:\n(.*?)```", PAGE, re.DOTALL)[0]
    found = configured(tmp_path, text).description
    assert found.channels == (Number("weight"), Number("temp"))
    options = text.partition("usb-scale\n")[2] + LONG
    with instrument(tmp_path, options, lambda line: b"W=12.5 g, T=-3 C\r\n" if line == b"Q" else b"") as driver:
        assert driver.read().values == {"weight": 12.5, "temp": -3}


def test_a_stray_line_and_half_a_line_are_passed_over(tmp_path: Path) -> None:
    options = "  ask: Q\n  parse: '(?P<weight>[0-9.]+) g'\n" + LONG
    with instrument(tmp_path, options, lambda _: b"5 g\xff\xfe hello\r\n\r\n77 g\r\n") as driver:
        assert driver.read().values == {"weight": 77}


def test_an_instrument_that_speaks_by_itself_is_heard_from_the_next_whole_line_on(tmp_path: Path) -> None:
    options = "  parse: '(?P<weight>[0-9.]+) g'\n  channels: {weight: {unit: g, low: 0}}\n"
    with instrument(tmp_path, options + LONG, lambda _: b"", speaks=[b"123", b"45 g\r\n"]) as driver:
        assert {driver.read().values["weight"] for _ in range(20)} == {12345}
    with instrument(tmp_path, options, lambda _: b"") as driver:
        assert error_of(driver.read) is Code.NO_ANSWER


@pytest.mark.parametrize("unheard", [1, 3])
def test_a_late_answer_is_not_taken_for_that_of_another_question(unheard: int, tmp_path: Path) -> None:
    """The instrument hangs until so many questions wait for it, answers them all, and each answer takes its time: until
    the next question is there, if that comes first."""
    hanging = iter([True])
    options = "  timeout: 2s\n  channels: {a: {ask: A}, b: {ask: B}}\n"
    asked: list[bytes] = []

    def answer(line: bytes) -> bytes:
        asked.append(line)
        return b"1\n" if line == b"A" else b"2\n"

    def hangs(line: int) -> None:
        if next(hanging, None):
            wait_until(lambda: waiting(line) >= unheard * len("A\r\n"), "questions")
        else:
            select.select([line], [], [], 0.2)

    with instrument(tmp_path, options, answer, hangs=hangs) as driver:
        for _ in range(unheard):
            assert error_of(driver.read) is Code.NO_ANSWER
        assert reads(driver, lambda _: True).values == {"a": 1, "b": 2}
    assert len(asked) > unheard


def test_what_came_after_all_ends_no_command(tmp_path: Path) -> None:
    """A command that was not acknowledged is not sent again by the reading that looks what became of it."""
    options = "  timeout: 500ms\n  acknowledge: OK\n  channels: {speed: {ask: 'S?', set: 'S {value}'}}\n"
    said: list[bytes] = []

    def answer(line: bytes) -> bytes:
        said.append(line)
        return b"7\n" if line == b"S?" else b""

    with instrument(tmp_path, options, answer) as driver:
        assert error_of(lambda: driver.write("speed", 5)) is Code.NO_ANSWER
        assert reads(driver, lambda _: True).values == {"speed": 7}
    assert [line for line in said if line != b"S?"] == [b"S 5"]


def test_a_command_that_is_not_acknowledged_is_an_error(tmp_path: Path) -> None:
    channel = "{ask: 'S?', parse: 'S=(.*)', set: 'S {value}', high: 9}"
    options = f"  acknowledge: OK\n  setup: [REMOTE]\n  channels: {{speed: {channel}}}\n"
    said: list[bytes] = []

    def answer(line: bytes) -> bytes:
        said.append(line)
        return {b"S?": b"S=3\n", b"S 4": b"OK\n", b"S 5": b"ERR\n"}.get(line, b"")

    with instrument(tmp_path, options, answer) as driver:
        wait_until(lambda: error_of(lambda: driver.write("speed", 4)) is None, "an acknowledgement")
        assert reads(driver, lambda _: True).values == {"speed": 3}
        wait_until(lambda: error_of(lambda: driver.write("speed", 5)) is Code.BAD_ANSWER, "another answer")
        assert error_of(lambda: driver.write("speed", 6)) is Code.NO_ANSWER
    assert said[0] == b"REMOTE"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("ask: Q", "needs the option 'channels'"),
        ("parse: '(?P<Weight>.*)'", "'Weight' is no name of a channel"),
        ("parse: '('", "this is no regular expression"),
        ("channels: {a: {ask: Q}}\n  baud: 0", "baud"),
        ("channels: {a: {ask: Q}}\n  baud: fast", "'fast' cannot be"),
        ("channels: {a: {ask: Q}}\n  terminator: '\\r'", "terminator"),
        ("channels: {a: {}}", "the channel 'a' has no `ask`, nor a group (?P<a>...) in `parse`"),
        ("channels: {a: {parse: '(.)'}}", "has `parse` without `ask`"),
        ("channels: {a: {ask: Q, parse: '.*'}}", "`parse` needs one group"),
        ("channels: {a: {ask: Q, set: VOLT}}", "write {value} where the value belongs"),
        ('channels: {a: {ask: "Q\\r\\nX"}}', "only plain characters can be sent"),
        ("channels: {a: {ask: Q, set: '{value}', kind: text}}", "a text cannot be set"),
        ("ask: Q\n  channels: {a: {ask: Q}}", "`ask` needs `parse`"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, options: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        configured(tmp_path, f"  driver: serial_line\n  address: /dev/null\n  {options}")
    assert told in str(caught.value)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53))
def test_a_number_that_is_written_is_read_back(value: float) -> None:
    text = as_text(value)
    assert number(text) == value
    assert DescribedChannel(scale=0.001).word(value) == as_text(float(f"{value / 0.001:.12g}"))


@given(st.text())
def test_any_text_is_a_finite_number_or_none(text: str) -> None:
    found = number(text)
    if found is not None:
        assert float(text) == pytest.approx(float(found))
        assert abs(float(found)) < float("inf")


@given(st.text())
def test_any_line_fits_or_is_a_bad_answer(line: str) -> None:
    pattern = r"(-?\d+\.\d) g"
    assert error_of(lambda: fitting(pattern, line)) in (None, Code.BAD_ANSWER)
