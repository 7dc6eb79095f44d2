"""`max_on`: however an output came on and whoever renews it, it is safe again after that time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.messages import Happened
from agents.on_time import OnTimes
from agents.safety import Safety
from hub.contract.channels import Number, Switch
from hub.contract.command import Status
from hub.contract.description import Description
from tests.agents.test_device import LEASE, Bed

LONGEST = 60.0


@pytest.fixture
def bed() -> Bed:
    """A heater with a lease, which may be on for a minute."""
    found = Bed(Switch("heater", writable=True, safe=False, lease=LEASE, max_on=LONGEST))
    found.device.visit()
    found.hardware.log.clear()
    return found


def test_a_time_begins_when_the_output_leaves_its_safe_value_and_ends_once() -> None:
    times = OnTimes({"heater": 10})
    assert times.left("fan", 100) is None
    assert times.left("heater", 100) == 10
    assert times.left("heater", 107) == 3
    assert times.next_end() == 110
    assert times.over(109.9) == {}
    assert times.over(110) == {"heater": 10}
    assert times.over(111) == {}
    assert times.left("heater", 112) == 10
    times.back("heater")
    assert times.next_end() is None


@given(st.lists(st.tuples(st.floats(0.01, 5), st.sampled_from(["set", "renew", "seen on", "seen off"])), max_size=40))
def test_an_output_is_never_away_from_its_safe_value_longer_than_it_may(steps: list[tuple[float, str]]) -> None:
    heater = Switch("heater", writable=True, safe=False, lease=4, max_on=10)
    safety = Safety(Description("s", "d", "D", "bench", "a1", 1.0, "anyone", (heater,)))
    safety.paid()
    now, on_since = 0.0, None
    for pause, event in steps:
        now += pause
        if safety.end_leases(now) | safety.end_on_times(now).keys():
            safety.seen({"heater": True}, now)
            safety.paid()
            on_since = None
        assert on_since is None or now < on_since + 10
        match event:
            case "set":
                safety.hold("heater", True, 1, now)
                safety.seen({"heater": False}, now)
            case "renew":
                safety.renew(1, now)
            case "seen on":
                safety.seen({"heater": False}, now)
            case "seen off":
                safety.seen({"heater": True}, now)
                on_since = None
        if event in ("set", "seen on") and on_since is None:
            on_since = now
        assert on_since is None or (safety.next_end is not None and safety.next_end <= on_since + 10)


def test_until_is_the_earlier_of_lease_and_longest_time(bed: Bed) -> None:
    assert bed.set("heater", True).until == bed.wall + LEASE
    bed.now += 20
    bed.set("heater", True)
    bed.now += 20
    assert bed.set("heater", True).until == bed.wall + 20
    assert bed.set("heater", False).until is None


def test_when_the_time_is_over_the_output_is_safe_and_an_event_says_so(bed: Bed) -> None:
    bed.set("heater", True, token=1)
    for _ in range(6):
        bed.now += 10
        assert bed.shows("heater") is True
        bed.device.renew(1, bed.now)
        bed.device.end_leases()
    assert bed.shows("heater") is False
    assert [event.text for event in bed.told if isinstance(event, Happened)] == [
        "heater was not safe for 60 s, the longest that it may (max_on). It goes to its safe value."
    ]
    assert bed.set("heater", True).status is Status.DONE
    assert bed.device.lease_ends == bed.now + LEASE, "a new command may switch it on again"


def test_nobody_is_told_that_an_output_is_safe_while_its_device_is_away(bed: Bed) -> None:
    bed.set("heater", True, token=1)
    bed.hardware.silent = True
    bed.now = bed.device.due
    bed.device.visit()
    bed.now += LONGEST
    bed.device.end_leases()
    assert [event.text for event in bed.told if isinstance(event, Happened)] == [
        "heater was not safe for 60 s, the longest that it may (max_on). "
        "It goes to its safe value as soon as the device can be reached."
    ]
    assert bed.shows("heater") is True
    bed.hardware.silent = False
    bed.device.visit()
    assert bed.shows("heater") is False


def test_what_somebody_switches_on_at_the_device_counts_too(bed: Bed) -> None:
    bed.hardware.values["heater"] = True
    bed.now = bed.device.due
    bed.device.visit()
    assert bed.device.lease_ends == bed.now + LONGEST
    bed.now += LONGEST
    bed.device.end_leases()
    assert bed.hardware.log == [("heater", False)]


def test_a_short_time_at_the_safe_value_begins_the_count_anew(bed: Bed) -> None:
    bed.set("heater", True)
    bed.now += 50
    bed.set("heater", False)
    assert bed.device.lease_ends is None
    bed.set("heater", True)
    bed.device.renew(1, bed.now)
    assert bed.device.lease_ends == bed.now + LEASE


def test_a_device_that_is_away_when_the_time_is_over_is_made_safe_on_its_return(bed: Bed) -> None:
    bed.hardware.values["heater"] = True
    bed.device.visit()
    bed.hardware.silent = True
    bed.device.visit()
    bed.now += LONGEST
    bed.device.end_leases()
    assert bed.shows("heater") is True
    bed.hardware.silent = False
    bed.device.visit()
    assert bed.shows("heater") is False
    assert bed.device.lease_ends is None


def test_a_number_within_its_rounding_is_safe() -> None:
    bed = Bed(Switch("heater"), Number("power", decimals=1, writable=True, safe=0, max_on=LONGEST))
    bed.device.visit()
    bed.hardware.values["power"] = 0.04
    bed.device.visit()
    assert bed.device.lease_ends is None
    bed.hardware.values["power"] = 0.06
    bed.device.visit()
    assert bed.device.lease_ends == bed.now + LONGEST
