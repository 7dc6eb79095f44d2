"""What interlocks mean for one device: its outputs are made safe, also on its return, and whatever comes in between."""

from pathlib import Path

import pytest

from agents.catalog.catalog import Entry
from agents.clock import Clock
from agents.device import Device
from agents.messages import Event, Finished, Happened, Job, Request
from agents.verdict import Ruling, Verdict
from hub.contract.channels import Value
from hub.contract.command import Status
from hub.contract.description import Description
from hub.contract.errors import Code
from tests.agents.bench import SHELF, Bench, Hardware

FREE, TRIPPED = Ruling(None, float("inf"), "old"), Ruling("hot: too hot.", 0.0, "old")


class Bed:
    """A heater that is on, its clock, and what an interlock says of it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.hardware = SHELF["interlocked"] = Hardware(timeout=0)
        self.verdict = Verdict()
        description = Description("s", "d", "D", "bench", "a1", 10.0, "anyone", Bench.channels)
        sources = {channel.name: channel.name for channel in Bench.channels}
        entry = Entry(description, Bench, {"address": "interlocked"}, sources, False)
        self.told: list[Event] = []
        self.device = Device(entry, Path(), self.told.append, Clock(lambda: self.now, lambda: self.now), self.verdict)
        self.device.visit()
        self.set(True)
        self.hardware.log.clear()

    def says(self, *rulings: Ruling) -> None:
        """What the interlocks of the heater say from now on."""
        self.verdict.publish({"s/d": {"heater": rulings}})

    def set(self, value: Value) -> Finished:
        """Command the heater."""
        return self.device.command(Job(Request("t", "s/d", "heater", "id", True, self.now), value, None))

    def events(self) -> list[str]:
        """What people are told."""
        return [event.text for event in self.told if isinstance(event, Happened)]

    @property
    def log(self) -> list[tuple[str, Value]]:
        """What was written to the hardware."""
        return self.hardware.log


@pytest.fixture
def bed() -> Bed:
    return Bed()


def test_a_forbidden_output_is_made_safe_once(bed: Bed) -> None:
    bed.says(FREE, TRIPPED)
    bed.device.obey()
    bed.device.obey()
    bed.device.visit()
    bed.device.obey()
    assert bed.log == [("heater", False)]
    assert bed.events() == ["heater goes to its safe value. hot: too hot."]
    refused = bed.set(True)
    assert (refused.status, refused.code, refused.reason) == (Status.REJECTED, Code.INTERLOCK, "hot: too hot.")
    assert bed.set(False).status is Status.DONE


def test_on_a_device_that_is_away_it_is_made_safe_on_its_return_also_when_the_cause_has_gone_by_then(bed: Bed) -> None:
    bed.hardware.silent = True
    bed.device.visit()
    bed.says(TRIPPED)
    bed.device.obey()
    bed.says(FREE)
    bed.device.obey()
    assert bed.log == []
    bed.hardware.silent = False
    bed.device.visit()
    assert bed.log == [("heater", False)]


def test_it_is_made_safe_again_when_it_trips_anew_between_two_looks(bed: Bed) -> None:
    bed.says(TRIPPED)
    bed.device.obey()
    bed.says(FREE)
    assert bed.set(True).status is Status.DONE
    bed.says(TRIPPED)
    bed.device.obey()
    assert bed.log == [("heater", False), ("heater", True), ("heater", False)]


def test_also_when_the_device_does_not_tell_what_was_set_between(bed: Bed) -> None:
    bed.says(TRIPPED)
    bed.device.obey()
    bed.says(FREE)
    bed.hardware.stuck, bed.hardware.values["heater"] = True, None
    assert bed.set(True).code is Code.NOT_CONFIRMED
    bed.says(TRIPPED)
    bed.device.obey()
    assert bed.log == [("heater", False), ("heater", True), ("heater", False)]


def test_one_that_was_switched_on_at_the_device_is_set_back(bed: Bed) -> None:
    bed.says(TRIPPED)
    bed.device.obey()
    bed.hardware.values["heater"] = True
    bed.device.visit()
    bed.device.obey()
    assert bed.log == [("heater", False)] * 2


def test_one_that_does_not_take_its_safe_value_is_a_fault_and_tried_again_with_pauses(bed: Bed) -> None:
    bed.hardware.stuck = True
    bed.says(TRIPPED)
    for _ in range(5):
        bed.device.obey()
    assert bed.log == [("heater", False)]
    bed.device.visit()
    bed.device.obey()
    assert bed.log == [("heater", False)] * 2
    assert len(bed.events()) == 1, "what is tried again is not told again"
    assert not bed.device.works
    bed.hardware.stuck = False
    bed.device.visit()
    assert bed.hardware.values["heater"] is False


def test_what_was_allowed_ends_with_the_values_that_it_rests_on(bed: Bed) -> None:
    bed.says(Ruling(None, bed.now + 6, "hot: its inputs are old."))
    bed.device.obey()
    assert bed.log == []
    bed.now += 6.001
    assert bed.set(True).reason == "hot: its inputs are old."
    bed.device.obey()
    assert bed.log == [("heater", False)]
