"""The simulated SBA-5 answers as the real one is known to; no serial line here, and a clock of the test's own."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.simulators import sba5_settings
from agents.simulators.sba5 import Sba5, Sba5Faults
from agents.simulators.sba5_cell import Cell
from agents.simulators.surroundings import alone
from agents.simulators.world import Quantities

LAB = ("!", "A0\r", "F252\r", "P1\r", "EL\r")


class Bench:
    """An analyser and a clock."""

    def __init__(self, *commands: str) -> None:
        self.now = 1000.0
        self.sba5 = Sba5("1", self.now, alone(1, self.now))
        for command in commands:
            self.say(command)

    def say(self, text: str) -> str:
        return b"".join(answer for _, answer in self.sba5.receive(text.encode(), self.now)).decode()

    def wait(self, seconds: float) -> list[str]:
        """The lines that come by themselves in the seconds that pass."""
        lines, end = [], self.now + seconds
        while (wake := max(self.now, self.sba5.wake_at(self.now))) < end:
            self.now = wake
            lines += self.sba5.stream(self.now).decode().splitlines()
        self.now = end
        return lines

    def suffer(self, **faults: bool | int) -> None:
        self.sba5.suffer(Sba5Faults(**faults), self.now)  # type: ignore[arg-type]


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_a_word_is_acknowledged_by_its_echo_and_ok_at_its_cr(end: str) -> None:
    bench = Bench("!")
    assert bench.say("F2") == ""
    assert bench.say("52" + end) == "F252\r\nOK\r\n"
    assert bench.say("EM" + end) == "EM\r\nOK\r\n"


def test_a_single_character_acts_at_once() -> None:
    bench = Bench(*LAB)
    answer = bench.say("M")
    assert re.fullmatch(r"M \d+ \d+ \d+\.\d\d \d+\.\d \d+\.\d \d+\.\d \d+ \d+\.\d \d+\.\d 00\r\n", answer)
    assert bench.say("\r\n") == ""
    assert bench.say("M\r\n") == answer


@given(mask=st.integers(0, 255), millivolts=st.booleans())
def test_the_mask_moves_the_fields(mask: int, millivolts: bool) -> None:
    bench = Bench("!", "F255\r")
    co2 = bench.say("M").split()[3]
    assert bench.say(f"F{mask}\rJ{int(millivolts)}\r").count("OK") == 2
    fields = bench.say("M").split()
    sizes = {128: 2, 64: 1, 32: 2, 16: 1, 8: 2, 4: 1}
    assert len(fields) == 2 + millivolts + sum(size for bit, size in sizes.items() if mask & bit)
    assert fields[3 if mask & 128 else 1] == co2
    if mask & 4:
        assert fields[-1] == "00"
    if millivolts:
        assert fields[-2 if mask & 4 else -1] == "613"


@pytest.mark.parametrize(
    "command", ["F256", "F-1", "F1.5", "F", "C3", "U0.05", "U11", "S,11,0.05", "S,11,40000", "EX", "Q1", "P2", "Fé"]
)
def test_what_it_does_not_know_is_not_acknowledged_and_changes_nothing(command: str) -> None:
    bench = Bench("!")
    before = bench.say("?")
    assert bench.say(command + "\r") == ""
    assert bench.say("?") == before


@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_decimals_and_scale_of_co2(decimals: int) -> None:
    bench = Bench("!", "F0\r", f"C{decimals}\r")
    co2 = bench.say("M").split()[1]
    assert len(co2.partition(".")[2]) == decimals
    assert bench.say("U0.5\r") == "U0.5\r\nOK\r\n"
    assert float(bench.say("M").split()[1]) == pytest.approx(float(co2) / 2, abs=1)


def test_the_stream_is_switched_off_and_on_and_has_an_interval() -> None:
    bench = Bench("A0\r")
    assert len(bench.wait(9.9)) == 10
    bench.say("!")
    assert bench.wait(30) == []
    bench.say("S,11,0.1\r@")
    assert 99 <= len(bench.wait(10)) <= 101


def test_a_streamed_line_has_a_text_in_place_of_the_status() -> None:
    bench = Bench("A0\r")
    assert {line.split(" ", 10)[10] for line in bench.wait(3)} == {"OK"}
    bench.say("L100000\r")
    assert {line.split(" ", 10)[10] for line in bench.wait(3)} == {"CO2 low"}
    assert bench.say("M").split()[-1] == "04"


@pytest.mark.parametrize("status", range(1, 7))
def test_each_status_can_be_had(status: int) -> None:
    bench = Bench(*LAB)
    bench.suffer(status=status)
    assert bench.say("M").split()[-1] == f"{status:02d}"


@pytest.mark.parametrize(("length", "seconds", "steps"), [("S", 21, 13), ("M", 40, 25), ("L", 90, 56)])
def test_zeroing_takes_its_time_tells_so_and_measures_nothing(length: str, seconds: float, steps: int) -> None:
    bench = Bench("!", "A0\r")
    assert bench.say(f"E{length}\r") == f"E{length}\r\nOK\r\n"
    assert bench.wait(100) == []  # E does not zero
    assert bench.say("Z") == ""
    assert bench.say("M") == ""
    lines = bench.wait(seconds - 0.01)
    assert bench.say("M") == ""
    assert lines[0] == f"Z,1 of {steps}"
    assert all(re.fullmatch(rf"Z,\d+ of {steps}", line) for line in lines)
    bench.wait(0.02)
    assert bench.say("M").startswith("M ")
    assert bench.wait(30) == []


def test_a_zero_interval_zeroes_at_once_and_again_until_it_is_disabled() -> None:
    bench = Bench("!", "ES\r")
    assert bench.say("A5\r") == "A5\r\nOK\r\n"
    assert bench.wait(1)[0].startswith("Z,1 of")
    bench.wait(21)
    assert bench.say("M").startswith("M ")
    assert bench.wait(300)[0].startswith("Z,1 of")
    bench.say("A0\r")
    bench.wait(60)
    assert bench.wait(2000) == []


def test_warming_up_it_tells_its_temperature_and_no_co2() -> None:
    bench = Bench(*LAB, "X", "U2\r")
    bench.suffer(warm_up=True)
    lines = bench.wait(60)
    assert bench.say("M") == ""
    temperatures = [float(line.removeprefix("W,")) for line in lines if line.startswith("W,")]
    assert len(temperatures) == len(lines) >= 59
    assert temperatures == sorted(temperatures)
    assert temperatures[0] == 22.0
    bench.suffer()
    assert bench.say("M").split()[-1] == "00"
    assert "U=1 " in bench.say("?")  # as it was saved, before U2


def test_defaults_and_saved_settings() -> None:
    bench = Bench("!")
    factory = bench.say("?")
    bench.say("F16\rC0\r")
    assert bench.say("?") != factory
    bench.say("]")
    assert bench.say("?") == factory


def test_a_crc_is_appended_to_each_line() -> None:
    bench = Bench("!", "F4\r")
    plain = bench.say("M").strip()
    answer = bench.say("S,16,1\rM").splitlines()
    assert all(re.fullmatch(r".* [0-9A-F]{4}", line) for line in answer)
    assert answer[-1].rpartition(" ")[0] == plain
    bench.say("S,16,0\r")
    assert bench.say("M").strip() == plain


class Step:
    """A world whose CO2 the test sets."""

    ppm = 400.0

    def exchange(self, _outputs: Mapping[str, float], _now: float) -> Quantities:
        return Quantities(self.ppm, 25, 50, 23, 45, 24, 30)


def test_its_own_averaging_takes_3_5_s_to_66_percent_of_a_step_and_16_4_s_to_99() -> None:
    reached = {}
    for seconds in (3.5, 16.4):
        room, settings = Step(), sba5_settings.factory() | {"B": 1000.0}
        cell = Cell("1", 0.0, room.exchange)
        room.ppm = 500.0
        reached[seconds] = cell.sample(seconds, settings).co2 - 400
    assert reached[3.5] == pytest.approx(66, abs=4)
    assert reached[16.4] == pytest.approx(99, abs=2)


def test_a_step_beyond_the_averaging_limit_begins_a_new_average_and_the_pump_brings_the_gas() -> None:
    room, settings = Step(), sba5_settings.factory()
    cell = Cell("1", 0.0, room.exchange)
    room.ppm = 500.0
    assert cell.sample(1.0, settings | {"P": 0.0}).co2 == pytest.approx(400, abs=2)
    assert cell.sample(2.0, settings).co2 == pytest.approx(500, abs=2)


def test_faults_of_the_line() -> None:
    bench = Bench(*LAB)
    whole = bench.say("M")
    bench.suffer(truncated=True)
    assert whole.startswith(bench.say("M"))
    bench.suffer(garbage=True)
    assert b"\r\n" not in b"".join(answer for _, answer in bench.sba5.receive(b"M", bench.now))
    bench.suffer(silent=True)
    assert bench.sba5.receive(b"P0\r", bench.now) == [("P0\r", b"")]
    bench.suffer(zeroing=True)
    assert bench.wait(300)
    assert bench.say("M") == ""
    bench.suffer()
    assert "P=1 " in bench.say("?")  # what a silent analyser was told did not reach it


def test_the_same_seed_gives_the_same_analyser() -> None:
    assert Bench("A0\r").wait(20) == Bench("A0\r").wait(20)


@given(st.lists(st.binary(max_size=80), max_size=8))
def test_no_bytes_break_it(pieces: list[bytes]) -> None:
    bench = Bench()
    for piece in pieces:
        for _, answer in bench.sba5.receive(piece, bench.now):
            assert answer.endswith(b"\r\n") or not answer
        bench.wait(1.3)
    bench.say("\r")
    assert bench.say("P1\r").startswith("P1")
