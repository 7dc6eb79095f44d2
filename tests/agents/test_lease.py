"""Leases and what outputs owe: never longer than told, renewed only by who may, never on again by themselves."""

from hypothesis import given
from hypothesis import strategies as st

from agents.lease import Leases
from agents.safety import Safety
from hub.contract.channels import Number, Switch
from hub.contract.description import Description

HUB, OLD_HUB, NEW_HUB = 5, 4, 6


def test_a_lease_ends_after_its_time_and_is_told_once() -> None:
    leases = Leases()
    leases.start("heater", 10, None, now=100)
    assert leases.next_end() == 110
    assert leases.ended(109.9) == set()
    assert leases.ended(110) == {"heater"}
    assert leases.ended(111) == set()


def test_the_hub_renews_what_it_set_and_nothing_else() -> None:
    leases = Leases()
    leases.start("heater", 10, HUB, now=100)
    leases.start("fan", 10, None, now=100)
    leases.renew(HUB, now=105)
    assert leases.ended(112) == {"fan"}
    assert leases.ended(115) == {"heater"}


def test_a_new_hub_takes_over_and_an_old_one_renews_nothing() -> None:
    leases = Leases()
    leases.start("heater", 10, HUB, now=100)
    leases.renew(OLD_HUB, now=109)
    assert leases.next_end() == 110
    leases.renew(NEW_HUB, now=109)
    assert leases.next_end() == 119


def test_a_heartbeat_after_the_end_revives_nothing() -> None:
    leases = Leases()
    leases.start("heater", 10, HUB, now=100)
    leases.renew(HUB, now=110)
    assert leases.ended(110) == {"heater"}


@given(st.lists(st.tuples(st.floats(0.01, 5), st.sampled_from(["set", "hub", "other"])), max_size=30))
def test_no_value_stands_longer_than_its_lease_after_the_last_word(steps: list[tuple[float, str]]) -> None:
    leases, now, last = Leases(), 0.0, None
    for pause, event in steps:
        now += pause
        if leases.ended(now):
            assert last is not None
            assert now >= last + 3
            last = None
        if event == "set":
            leases.start("heater", 3, HUB, now)
            last = now
        elif event == "hub":
            leases.renew(HUB, now)
            last = now if last is not None else None
        end = leases.next_end()
        assert (end is None) == (last is None)
        assert end is None or (last is not None and end <= last + 3 + 1e-9)


def description() -> Description:
    channels = (
        Switch("heater", writable=True, safe=False, lease=10),
        Number("power", writable=True, safe=0, low=0, high=100),
        Switch("lamp", writable=True),
        Number("temp"),
    )
    return Description("stand", "device", "Device", "bench", "agent", 1.0, "anyone", channels)


def test_at_the_start_every_output_with_a_safe_value_owes_it() -> None:
    safety = Safety(description())
    assert safety.owed == {"heater", "power"}
    assert safety.values == {"heater": False, "power": 0}
    safety.paid()
    assert safety.owed == set()


def test_a_failed_write_makes_the_output_owe_its_safe_value_if_it_has_one() -> None:
    safety = Safety(description())
    safety.paid()
    safety.unknown("lamp")
    assert safety.owed == set()
    safety.unknown("heater")
    assert safety.owed == {"heater"}


def test_only_a_channel_with_a_lease_is_held_and_its_safe_value_stands_for_ever() -> None:
    safety = Safety(description())
    safety.paid()
    assert safety.hold("power", 50, None, now=0) is None
    assert safety.hold("heater", True, None, now=0) == 10
    assert safety.hold("heater", False, None, now=5) is None
    assert safety.next_end == 10, "the lease of ON stands until OFF is confirmed"
    safety.confirmed("heater", False)
    assert safety.next_end is None


def test_a_lease_that_ends_is_owed_until_it_is_paid() -> None:
    safety = Safety(description())
    safety.paid()
    safety.hold("heater", True, None, now=0)
    assert safety.end_leases(10) == {"heater"}
    assert safety.end_leases(11) == set()
    assert safety.owed == {"heater"}
