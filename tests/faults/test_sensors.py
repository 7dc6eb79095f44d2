"""Rows 31 to 35: a device on a serial line falls silent, lies, babbles, is pulled out and is taken away."""

from collections.abc import Iterator
from functools import partial

import orjson
import pytest
import serial
from playwright.sync_api import Page, expect

from hub.state import keys
from tests.faults.case import Case
from tests.faults.instrument import RIG, Instrument
from tests.faults.system import BASIC, Json, System
from tests.servers import frozen, wait_until

expect.set_options(timeout=30_000)

PLATE, LOCKS = "rig/plate", "rig/interlocks"


@pytest.fixture(scope="module")
def plate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instrument]:
    """The instrument, plugged in."""
    with Instrument(tmp_path_factory.mktemp("rig") / "usb-plate") as instrument:
        yield instrument


@pytest.fixture(scope="module")
def system(plate: Instrument, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The running system, with the plate."""
    config = BASIC + RIG.replace("ADDRESS", str(plate.address))
    with System(tmp_path_factory.mktemp("system"), config) as made:
        made.start()
        yield made


def readings(system: System) -> list[Json]:
    """All of the plate's."""
    return [orjson.loads(entry["j"]) for entry in system.stream(keys.READINGS) if entry.get("d") == PLATE]


def is_fault(system: System) -> bool:
    """Whether the plate's agent says that something is wrong with it."""
    return bool(system.device(PLATE)["availability"] == "fault")


def is_doubted(system: System, quality: str) -> bool:
    """Whether that is what is wrong with the plate's temperature."""
    return bool(system.device(PLATE)["state"].get("quality", {}).get("temp") == quality)


def may_heat(system: System) -> bool:
    """Whether no interlock keeps the heat off."""
    return bool(system.device(LOCKS)["state"]["plate_too_hot"] == "normal")


def works(system: System) -> bool:
    """Whether a command to the plate is done again."""
    return bool(system.ask(PLATE, "heat", 0)["status"] == "done")


def test_fault_31_a_silent_sensor_is_stale(system: System, case: Case, plate: Instrument, page: Page) -> None:
    """An instrument stops answering: in Chromium its values are stale after three periods of 0.1 s, before its agent
    gives up waiting for it and says that it does not answer; no reading is made up meanwhile.
    """
    page.goto(f"http://127.0.0.1:{system.ports['8080']}/link/{system.sessions.create_link('operator')}")
    card = page.locator(f"[data-device='{PLATE}']")
    expect(card).to_have_attribute("data-status", "online")
    page.evaluate(
        """key => { const card = document.querySelector(`[data-device='${key}']`); window.seen = [];
        new MutationObserver(() => window.seen.push(card.dataset.status)).observe(card, {attributes: true}); }""",
        PLATE,
    )
    before = case.said("is silent")
    plate.silent = True
    try:
        expect(card).to_have_attribute("data-status", "fault")
        assert page.evaluate("window.seen").index("stale") < page.evaluate("window.seen").index("fault")
        count, asked = len(readings(system)), len(plate.heard)
        wait_until(lambda: len(plate.heard) > asked + 1, "it is asked again, twice")
        assert len(readings(system)) == count
        assert case.said("is silent") == before + 1
    finally:
        plate.silent = False
    expect(card).to_have_attribute("data-status", "online")
    wait_until(lambda: case.said("works again") == case.said("is silent"), "the end of it said")


def test_fault_32_a_lying_sensor_is_doubted(system: System, case: Case, plate: Instrument) -> None:
    """A thermometer sends its mark for broken, stands at the end of its range, and does not change at all: its value
    is none or doubted in panel and export, no number follows from it, a limit for it is silent, and the interlock that
    looks at it takes the heat away and keeps it away until the thermometer can be believed again.
    """
    case.may_repeat.append("its inputs are older than three periods")  # of 0.1 s each, on a busy machine
    for said, quality in (("-255", "sentinel"), ("0", "railed"), ("21.5", "frozen")):
        wait_until(lambda: system.ask(PLATE, "heat", 50)["status"] == "done", "the heat is on")
        plate.temp = said
        wait_until(partial(is_doubted, system, quality), quality)
        wait_until(lambda: plate.heat == 0, "the interlock")
        state = system.device(PLATE)["state"]
        assert state["temp"] == (None if quality == "sentinel" else float(said))
        assert state["excess"] is None
        assert "too_cold" not in system.alarms()
        refused = system.ask(PLATE, "heat", 50)
        assert (refused["status"], refused["code"]) == ("rejected", "interlock")
        assert quality in system.clayhub("readings", PLATE, "--count", "1").stdout
        plate.temp = ""
    wait_until(lambda: may_heat(system), "the interlock's end")


def test_fault_33_garbage_on_the_line_is_left_aside(system: System, case: Case, plate: Instrument) -> None:
    """A line of garbage comes before each answer, which is read all the same; garbage within each answer, then half
    answers, make the device a fault and no reading. Afterwards it works again, and no stored value is wrong.
    """
    plate.noise = b"\xff\x00\xfe+7.0\n"
    count = len(readings(system))
    wait_until(lambda: len(readings(system)) > count + 5, "readings go on")
    assert not is_fault(system)
    plate.noise = b"\x80+9"
    wait_until(lambda: system.health(PLATE) == "bad_answer", "the fault")
    plate.noise, plate.half = b"", True
    wait_until(lambda: system.health(PLATE) == "no_answer", "the other fault")
    plate.half = False
    wait_until(lambda: works(system), "it works again")
    assert all(20 <= reading["temp"] < 21 and reading["heat"] == 0 for reading in readings(system)[count:])


def test_fault_34_unplugged_in_a_command_it_is_safe_when_it_is_back(
    system: System, case: Case, plate: Instrument
) -> None:
    """The instrument is pulled out as it takes the command to heat: the command fails, the device is a fault. When it
    is back, hot, the first that it hears is its safe value.
    """
    plate.dies_at = "HEAT 50"

    def taken() -> Json:
        """What became of the command; nothing while the thermometer is not known, and so the interlock refuses it."""
        record = system.ask(PLATE, "heat", 50)
        return {} if record["code"] == "interlock" else record

    record = wait_until(taken, "no interlock")
    assert (record["status"], record["code"]) == ("failed", "no_answer")
    assert is_fault(system)
    assert plate.heat == 50
    plate.heard.clear()
    plate.plug()
    wait_until(lambda: not is_fault(system), "it is back")
    assert plate.heard[0] in ("HEAT 0", "HEAT 0.0")
    assert plate.heat == 0
    assert not [line for line in plate.heard if line.startswith("HEAT 5")]


def test_fault_35_a_port_is_one_program_s(system: System, case: Case, plate: Instrument) -> None:
    """pyserial cannot have the port that clayhub has open. The other way round, with the port taken by pyserial while
    the agent was frozen, the device is a fault whose words say what to do, and it works again when the port is free.
    """
    with pytest.raises(serial.SerialException, match="exclusively lock"):
        serial.Serial(str(plate.address), exclusive=True)
    plate.pull()
    wait_until(lambda: is_fault(system), "it is gone")
    with frozen(system.processes()["agent-bench"]):
        plate.plug()
        other = serial.Serial(str(plate.address), exclusive=True)
    with other:
        wait_until(lambda: case.said("Another program has"), "the port is taken")
        wait_until(lambda: system.health(PLATE) == "port_busy", "the fault's code")
        assert system.ask(PLATE, "heat", 50)["code"] == "port_busy"
    wait_until(lambda: works(system), "it works again")
