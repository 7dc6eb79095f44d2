"""One device on a clock of its own: periods without drift, growing pauses, leases, and what is owed on return."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from agents.catalog.calibration import Calibrated
from agents.catalog.catalog import Entry
from agents.clock import Clock
from agents.device import Device
from agents.messages import Event, Finished, Happened, Health, Identified, Job, Obtained, Request
from agents.verdict import Verdict
from hub.contract.channels import Channel, Switch, Value
from hub.contract.command import Command, Status
from hub.contract.description import Description
from hub.contract.errors import Code
from tests.agents.bench import SHELF, Bench, BenchOptions, Hardware

PERIOD = 10.0
LEASE = 25.0


class Bed:
    """A device under test with its hardware, its clock and what it told."""

    def __init__(
        self,
        *declared: Channel,
        driver: type[Bench] = Bench,
        expect: str | None = None,
        calibrated: Mapping[str, Calibrated] | None = None,
    ) -> None:
        """The channels are the bench's, with those `declared` in place of the ones of the same name."""
        self.now, self.offset = 1000.0, 1e9
        self.told: list[Event] = []
        self.hardware = SHELF["bed"] = Hardware(timeout=0)
        heater = Switch("heater", writable=True, safe=False, lease=LEASE)
        known = {channel.name: channel for channel in (*Bench.channels, heater, *declared)}
        channels = tuple(known.values())
        entry = Entry(
            Description("s", "d", "D", "bench", "a1", PERIOD, "anyone", channels),
            driver,
            {"address": "bed"},
            {channel.name: channel.name for channel in channels},
            False,
            expect,
            calibrated or {},
        )
        self.verdict = Verdict()
        clock = Clock(lambda: self.now, lambda: self.wall)
        self.device = Device(entry, Path(), self.told.append, clock, self.verdict)

    @property
    def wall(self) -> float:
        """What the wall clock says."""
        return self.now + self.offset

    def set(self, channel: str, value: Value, token: int | None = None) -> Finished:
        """Command a channel, as the hub with `token` or as somebody else."""
        request = Request("t", "s/d", channel, "id", True, self.now)
        command = None if token is None else Command("id", channel, value, "b", 1, token, 1)
        return self.device.command(Job(request, value, command))

    def shows(self, channel: str) -> Value | None:
        """What the hardware is set to."""
        return self.hardware.values[channel]

    def health(self) -> list[Code | None]:
        """The faults and their ends, as told."""
        return [event.fault for event in self.told if isinstance(event, Health)]


@pytest.fixture
def bed() -> Bed:
    found = Bed()
    found.device.visit()
    found.hardware.log.clear()
    return found


def test_polls_stay_on_their_grid_and_never_come_in_bursts(bed: Bed) -> None:
    assert bed.device.due == 1010
    bed.now = 1013.0
    bed.device.visit()
    assert bed.device.due == 1020
    bed.now = 1065.0
    bed.device.visit()
    assert bed.device.due == 1070


def test_a_reading_is_dated_by_the_wall_clock(bed: Bed) -> None:
    assert [event.at for event in bed.told if isinstance(event, Obtained)] == [1000 + 1e9]


def test_a_dead_device_is_tried_again_after_growing_pauses(bed: Bed) -> None:
    bed.hardware.silent = True
    pauses = []
    for _ in range(7):
        bed.device.visit()
        pauses.append(bed.device.due - bed.now)
        bed.now = bed.device.due
    assert pauses == [1, 2, 4, 8, 8, 8, 8]
    bed.hardware.silent = False
    bed.device.visit()
    bed.hardware.silent = True
    bed.device.visit()
    assert bed.device.due - bed.now == 1, "after a success the pauses begin anew"
    assert bed.health() == [None, Code.NO_ANSWER, None, Code.NO_ANSWER]


def test_a_command_to_a_dead_device_fails_at_once_and_hastens_the_next_attempt(bed: Bed) -> None:
    bed.hardware.silent = True
    for _ in range(6):
        bed.device.visit()
    assert bed.device.due == bed.now + 8
    bed.now += 0.5
    finished = bed.set("heater", True)
    assert (finished.status, finished.code) == (Status.FAILED, Code.NO_ANSWER)
    assert bed.device.due == bed.now + 0.5, "one second after the last attempt, however many commands come"


def test_a_write_that_failed_leaves_the_output_owing_its_safe_value(bed: Bed) -> None:
    assert bed.set("heater", True).status is Status.DONE
    bed.hardware.silent = True
    assert bed.set("heater", True).code is Code.NO_ANSWER
    bed.hardware.silent = False
    bed.hardware.log.clear()
    bed.device.visit()
    assert bed.hardware.log == [("heater", False)]


def test_a_safe_value_that_the_device_did_not_take_is_set_again_until_it_shows_it(bed: Bed) -> None:
    """Else the hub would go on renewing the lease of an output that somebody has switched off."""
    bed.set("heater", True, token=1)
    bed.hardware.stuck = True
    assert bed.set("heater", False, token=1).code is Code.NOT_CONFIRMED
    bed.hardware.stuck = False
    bed.device.renew(1, bed.now)
    bed.now += PERIOD
    bed.device.visit()
    assert bed.shows("heater") is False
    assert bed.device.lease_ends is None


def test_an_output_that_does_not_become_safe_is_a_fault(bed: Bed) -> None:
    bed.set("heater", True)
    bed.hardware.stuck = True
    bed.device.stop()
    assert bed.health()[-1] is Code.NOT_CONFIRMED


def test_an_output_that_refuses_its_safe_value_keeps_no_other_from_its_own(bed: Bed) -> None:
    bed.set("heater", True)
    bed.set("power", 50)
    bed.hardware.refuses = {"heater"}
    bed.device.stop()
    assert bed.health()[-1] is Code.DEVICE_REFUSED
    assert (bed.shows("heater"), bed.shows("power")) == (True, 0)


def test_a_silent_device_is_not_asked_for_each_of_its_outputs(bed: Bed) -> None:
    bed.set("power", 50)
    bed.hardware.silent = True
    bed.hardware.log.clear()
    bed.device.stop()
    assert bed.hardware.log == []
    assert bed.hardware.asked == 1


def test_a_lease_says_when_it_ends_and_then_the_output_is_safe(bed: Bed) -> None:
    assert bed.set("heater", True).until == bed.now + 1e9 + LEASE
    assert bed.set("power", 50).until is None, "no lease there"
    bed.now += LEASE - 0.1
    bed.device.end_leases()
    assert bed.shows("heater") is True
    bed.now += 0.1
    bed.device.end_leases()
    assert bed.shows("heater") is False
    assert bed.device.lease_ends is None


def test_a_lease_that_ends_while_the_device_is_away_is_paid_on_its_return(bed: Bed) -> None:
    bed.set("heater", True)
    bed.hardware.silent = True
    bed.device.visit()
    bed.now += LEASE
    bed.device.end_leases()
    assert bed.shows("heater") is True
    bed.hardware.silent = False
    bed.device.visit()
    assert bed.shows("heater") is False


def test_a_lease_that_ends_when_the_device_is_back_does_not_wait_for_a_long_pause(bed: Bed) -> None:
    bed.set("heater", True)
    bed.hardware.silent = True
    ends = bed.device.lease_ends
    assert ends is not None
    bed.now += 1
    bed.device.visit()
    while bed.device.due < ends:
        bed.now = bed.device.due
        bed.device.visit()
    bed.hardware.silent = False
    bed.now = ends
    bed.device.end_leases()
    assert bed.device.due <= bed.now + 1.0
    bed.now = max(bed.now, bed.device.due)
    bed.device.visit()
    assert bed.shows("heater") is False


def test_the_hub_renews_only_what_it_set(bed: Bed) -> None:
    bed.set("heater", True, token=3)
    bed.now += LEASE - 1
    bed.device.renew(3, bed.now)
    bed.now += LEASE - 1
    bed.device.end_leases()
    assert bed.shows("heater") is True
    bed.set("heater", True)
    bed.device.renew(3, bed.now)
    bed.now += LEASE
    bed.device.end_leases()
    assert bed.shows("heater") is False


def test_the_driver_remembers_over_a_fault_and_is_made_anew_after_a_mistake(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def make(driver: Bench, options: BenchOptions) -> None:
        made.append(options.address)
        driver.options = options

    monkeypatch.setattr(Bench, "__init__", make)
    bed.hardware.silent = True
    bed.device.visit()
    bed.hardware.silent = False
    bed.device.visit()
    assert made == []
    bed.device.crashed(ZeroDivisionError())
    bed.device.visit()
    assert made == ["bed"]
    assert bed.hardware.log == [("heater", False), ("power", 0)]


def test_a_stop_makes_a_device_safe_that_had_a_fault(bed: Bed) -> None:
    bed.set("heater", True)
    bed.hardware.silent = True
    bed.device.visit()
    bed.hardware.silent = False
    bed.device.stop()
    assert bed.shows("heater") is False


def test_a_device_says_what_it_is(bed: Bed) -> None:
    assert [event.identity for event in bed.told if isinstance(event, Identified)] == [{"serial": "4711"}]


def test_the_wrong_instrument_is_a_fault_and_nothing_is_set_on_it() -> None:
    bed = Bed(expect="1234")
    bed.device.visit()
    assert bed.health() == [Code.WRONG_DEVICE]
    assert "'4711'; '1234' is expected" in str(bed.set("power", 10.0).reason)
    bed.device.stop()
    assert bed.hardware.log == []
    bed.hardware.serial = "1234"
    bed.now += 100
    bed.device.visit()
    assert bed.health() == [Code.WRONG_DEVICE, None]


def test_an_instrument_that_does_not_say_who_it_is_is_not_the_expected_one() -> None:
    bed = Bed(expect="1234")
    bed.hardware.serial = None
    bed.device.visit()
    assert bed.health() == [Code.WRONG_DEVICE]


def test_what_happens_to_a_device_by_itself_is_told(bed: Bed) -> None:
    bed.hardware.events = ["It has rebooted."]
    bed.device.visit()
    bed.device.visit()
    told = [event for event in bed.told if isinstance(event, Happened)]
    assert told == [Happened("s/d", 1000 + 1e9, "It has rebooted.")]


def test_what_was_set_before_a_reboot_is_not_set_again(bed: Bed) -> None:
    bed.set("power", 60.0)
    bed.hardware.log.clear()
    bed.hardware.values["power"] = 0.0
    bed.hardware.events = ["It has rebooted."]
    bed.now += PERIOD
    bed.device.visit()
    assert bed.hardware.log == []
    assert [event.values["power"] for event in bed.told if isinstance(event, Obtained)][-1] == 0.0


@pytest.mark.parametrize("jump", [3600.0, -3600.0, -1e9])
def test_fault_16_a_jump_of_the_wall_clock_changes_no_lease(bed: Bed, jump: float) -> None:
    bed.set("heater", True)
    bed.now += LEASE / 2
    bed.offset += jump
    bed.device.visit()
    bed.device.end_leases()
    assert bed.shows("heater") is True
    assert bed.device.lease_ends == bed.now + LEASE / 2
    bed.now += LEASE / 2
    bed.device.end_leases()
    assert bed.shows("heater") is False
