"""A command whose answer was lost is given once more where that can do no harm: at once, once, and with one result."""

from collections import deque
from pathlib import Path

import pytest

from agents.clock import Clock
from agents.device import Device
from agents.driver import Snapshot
from agents.drivers import esp32
from agents.guard import MAX_AGE
from agents.messages import Event, Health, Job, Obtained, Request
from agents.verdict import Ruling
from hub.contract.channels import PRESS, Value
from hub.contract.command import Status
from hub.contract.errors import Code, DeviceError
from tests.agents.bench import Bench
from tests.agents.generic import configured
from tests.agents.simulated import Simulated
from tests.agents.test_device import Bed
from tests.servers import wait_until

BOARD = "  driver: esp32_relay\n  period: 1h"


class Shaky(Bench):
    """A bench whose answers get lost: each trouble is the seconds that it costs, and its code."""

    bed: Bed
    writing: deque[tuple[float, Code]]
    reading: deque[tuple[float, Code]]

    def read(self) -> Snapshot:
        """Everything, unless there is trouble."""
        self._suffer(self.reading)
        return super().read()

    def write(self, channel: str, value: Value) -> None:
        """Carried out, whatever becomes of the answer."""
        super().write(channel, value)
        self._suffer(self.writing)

    def repeatable(self, channel: str) -> bool:
        """All but the mode."""
        return channel != "mode"

    def _suffer(self, trouble: deque[tuple[float, Code]]) -> None:
        if trouble:
            seconds, code = trouble.popleft()
            self.bed.now += seconds
            raise DeviceError(code, "The answer was lost.")


@pytest.fixture
def bed() -> Bed:
    found = Bed(driver=Shaky)
    Shaky.bed, Shaky.writing, Shaky.reading = found, deque(), deque()
    found.device.visit()
    found.hardware.log.clear()
    found.told.clear()
    return found


@pytest.mark.parametrize("code", [Code.NO_ANSWER, Code.BAD_ANSWER])
def test_an_answer_that_is_lost_at_once_is_asked_for_once_more_and_nobody_hears_of_it(bed: Bed, code: Code) -> None:
    Shaky.writing.append((0.4, code))
    assert bed.set("power", 60).status is Status.DONE
    assert bed.hardware.log == [("power", 60)] * 2
    assert [type(event) for event in bed.told] == [Obtained]


def test_a_read_back_that_fails_at_once_counts_too(bed: Bed) -> None:
    Shaky.reading.append((0.1, Code.BAD_ANSWER))
    assert bed.set("power", 60).status is Status.DONE
    assert bed.hardware.log == [("power", 60)] * 2


def test_it_is_tried_once_more_and_no_more(bed: Bed) -> None:
    Shaky.writing.extend([(0.1, Code.NO_ANSWER)] * 3)
    assert bed.set("power", 60).code is Code.NO_ANSWER
    assert bed.hardware.log == [("power", 60)] * 2
    assert bed.health() == [Code.NO_ANSWER]


@pytest.mark.parametrize(
    ("channel", "value", "seconds", "code"),
    [
        ("power", 60, 0.5, Code.NO_ANSWER),
        ("power", 60, 0.1, Code.DEVICE_REFUSED),
        ("power", 60, 0.1, Code.PORT_BUSY),
        ("mode", "slow", 0.1, Code.NO_ANSWER),
    ],
    ids=["after a timeout", "when it said no", "when the port is taken", "when the driver does not say so"],
)
def test_nothing_is_repeated(bed: Bed, channel: str, value: Value, seconds: float, code: Code) -> None:
    Shaky.writing.append((seconds, code))
    assert bed.set(channel, value).code is code
    assert bed.hardware.log == [(channel, value)]


def test_nothing_is_repeated_when_the_command_has_become_too_old(bed: Bed) -> None:
    Shaky.writing.append((0.1, Code.NO_ANSWER))
    request = Request("t", "s/d", "power", "id", True, bed.now - MAX_AGE)
    assert bed.device.command(Job(request, 60, None)).code is Code.NO_ANSWER
    assert bed.hardware.log == [("power", 60)]


def test_nothing_is_repeated_that_an_interlock_forbids_meanwhile(bed: Bed) -> None:
    class Tripping(deque[tuple[float, Code]]):
        def popleft(self) -> tuple[float, Code]:
            bed.verdict.publish({"s/d": {"power": (Ruling("It trips.", 0, ""),)}})
            return super().popleft()

    Shaky.writing = Tripping([(0.1, Code.NO_ANSWER)])
    assert bed.set("power", 60).code is Code.NO_ANSWER
    assert bed.hardware.log == [("power", 60)]


def test_a_value_that_is_not_shown_is_not_set_again(bed: Bed) -> None:
    bed.hardware.stuck = True
    assert bed.set("power", 60).code is Code.NOT_CONFIRMED
    assert bed.hardware.log == [("power", 60)]


@pytest.mark.parametrize(
    ("channel", "value", "lost", "written", "status"),
    [
        ("ch0", True, 1, 2, Status.DONE),
        ("ch0", True, 2, 2, Status.FAILED),
        ("reset", PRESS, 1, 1, Status.FAILED),
    ],
)
def test_a_relay_is_set_once_more_and_a_board_never_reset_twice(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    channel: str,
    value: Value,
    lost: int,
    written: int,
    status: Status,
) -> None:
    """On a clock that stands still, for on a busy machine nothing is at once."""
    monkeypatch.setattr(esp32, "TIMEOUT", 30.0)
    told: list[Event] = []
    entry = configured(tmp_path, BOARD, name="esp32_relay", simulate=True)
    with Simulated("esp32_relay", tmp_path, "--speed", "5") as board:
        device = Device(entry, tmp_path, told.append, Clock(monotonic=lambda: 0.0))
        device.visit()
        board.suffer(lost=lost, absent=["int_temp"])

        def suffers() -> bool:
            device.visit()
            return any(isinstance(event, Obtained) and event.values["int_temp"] is None for event in told)

        wait_until(suffers, "the fault")
        posts = len(board.requests)
        request = Request("t", "stand/esp32_relay", channel, "id", True, 0.0)
        finished = device.command(Job(request, value, None))
        commands = [request for request in board.requests[posts:] if request.startswith("POST")]
        faults = [event.fault for event in told if isinstance(event, Health)]
        device.stop()
    assert (finished.status, len(commands), len(set(commands))) == (status, written, 1)
    assert faults == ([None] if status is Status.DONE else [None, Code.NO_ANSWER])
