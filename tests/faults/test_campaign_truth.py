"""The campaign's judgement, tried with made-up logs: what it must find, and what it must not."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.campaign.ledger import Asked
from tests.faults.campaign.orders import Orders, Write, orders
from tests.faults.campaign.plan import KINDS, plan
from tests.faults.campaign.safety import Safety, Span, against, judge, on_times, renewed, whenever
from tests.faults.campaign.truth import Made, Readings, Stored, readings

DEVICE, AGENT = "bench/first", "left"


def made(counts: Sequence[int], second: float = 1.0) -> dict[str, list[Made]]:
    return {DEVICE: [Made(count, 1_000 + count * second) for count in counts]}


def stored(counts: Sequence[int], life: int = 0) -> list[Stored]:
    return [Stored(life, f"{count}-0", AGENT, "e1", count, DEVICE, count) for count in counts]


def gap(n: int, text: str = "5-10004", life: int = 0) -> Stored:
    return Stored(life, "g", AGENT, "e1", n, gap=text)


def compare(counts: Sequence[int], entries: Sequence[Stored], cuts: Sequence[tuple[str, float]] = ()) -> Readings:
    return readings(made(counts), entries, cuts)


def test_what_is_stored_as_it_was_made_is_well() -> None:
    found = compare(range(1, 100), stored(range(1, 101)))
    assert (found.made, found.stored) == (99, 100)
    assert not found.lost
    assert not found.doubled
    assert not found.out_of_order


@given(st.sets(st.integers(1, 49), min_size=1))
def test_each_reading_that_is_missing_is_lost(missing: set[int]) -> None:
    found = compare(range(51), stored([count for count in range(51) if count not in missing]))
    assert len(found.lost) == len(missing)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_each_that_comes_again_is_doubled(counts: list[int]) -> None:
    found = compare([], stored(counts))
    assert len(found.doubled) == len(counts) - len(set(counts))


@given(st.permutations(range(12)))
def test_any_other_order_is_out_of_order(counts: list[int]) -> None:
    found = compare([], stored(counts))
    assert bool(found.out_of_order) == (counts != sorted(counts))
    assert not found.doubled


def test_a_gap_alone_excuses_nothing() -> None:
    found = compare(range(10), [*stored(range(5)), gap(10_004), *stored(range(8, 10))])
    assert len(found.lost) == 3
    assert not found.in_budget


def test_a_power_cut_may_cost_the_last_seconds() -> None:
    entries = [*stored(range(5)), gap(8), *stored(range(9, 20))]
    found = compare(range(20), entries, [(AGENT, 1_009.0)])
    assert (found.in_budget, found.lost) == ([4.0, 3.0, 2.0, 1.0], [])
    assert len(compare(range(20), entries, [(AGENT, 1_012.0)]).lost) == 3, "of these, most are too old"
    assert len(compare(range(20), entries, [("right", 1_009.0)]).lost) == 4, "it was another agent"


def test_a_power_cut_that_no_gap_tells_of_is_no_excuse() -> None:
    assert len(compare(range(20), stored([*range(5), *range(9, 20)]), [(AGENT, 1_009.0)]).lost) == 4


def test_after_redis_has_lost_its_data_readings_may_come_again() -> None:
    found = compare(range(8), [*stored(range(6)), gap(3, "epoch", life=1), *stored(range(4, 8), life=1)])
    assert not found.doubled
    assert not found.out_of_order
    assert not found.lost


def judged(write: Write, **more: object) -> Orders:
    asked = Asked(7, "mqtt", DEVICE, "client", 1_000.0, "c7", told=["done"])
    for name, value in more.items():
        setattr(asked, name, value)
    return orders({7: asked}, [write], lambda _asked: [Span(2_000, 2_010)], 1.0)


def test_a_write_that_was_asked_for_is_well() -> None:
    assert not judged(Write(1_005.9, DEVICE, "client", 7)).wrong


def test_writes_that_should_not_have_been_are_found() -> None:
    write = Write(1_001, DEVICE, "client", 7)
    assert judged(Write(1_001, DEVICE, "client", 8)).wrong, "nobody asked for 8"
    assert judged(Write(1_001, DEVICE, "panel", 7)).wrong, "asked for another channel"
    assert judged(Write(1_006.1, DEVICE, "client", 7)).wrong, "too late"
    assert judged(write, forbidden=True).wrong
    assert judged(write, refused=True).wrong
    assert judged(write, recorded=["expired"]).wrong
    asked = {7: Asked(7, "mqtt", DEVICE, "client", 1_000.0, "c7", told=["done"])}
    assert orders(asked, [write, write], lambda _asked: [], 1.0).wrong, "twice"
    assert orders(asked, [], lambda _asked: [], 1.0).wrong, "done, it said"


def test_what_was_frozen_on_the_way_may_come_later() -> None:
    assert not judged(Write(2_015, DEVICE, "client", 7), at=1_999.5).wrong
    assert judged(Write(2_017, DEVICE, "client", 7), at=1_999.5).wrong


def test_a_command_with_two_outcomes_is_found() -> None:
    write = Write(1_001, DEVICE, "client", 7)
    assert judged(write, recorded=["done", "failed"]).undecided
    assert judged(write, told=["done", "failed"]).undecided
    assert not judged(write, told=["done", "done"], recorded=["unknown"]).undecided


def test_how_long_an_output_was_on() -> None:
    shown = [
        (1.0, {"a": 0}),
        (2.0, {"a": 5}),
        (3.0, {"a": 5}),
        (4.0, {"a": 6}),
        (7.0, {"a": 0}),
        (8.0, {"a": 1}),
        (9.0, {"a": 1}),
    ]
    assert list(on_times(shown, "a")) == [(5, Span(2.0, 4.0)), (6, Span(4.0, 7.0)), (1, Span(8.0, 9.0))]


def test_when_two_things_were_so_at_once() -> None:
    shown = [(1.0, {"a": 7, "b": 0}), (2.0, {"a": 7, "b": 1}), (3.0, {"a": 8, "b": 1}), (4.0, {"a": 0, "b": 1})]
    assert whenever(shown, "a", "b") == [Span(2.0, 4.0)]
    assert whenever(shown, "a") == [Span(1.0, 4.0)]


def test_a_write_against_an_interlock_is_found() -> None:
    forbidden = [Span(10, 20)]
    writes = [(9.0, 1), (11.0, 2), (11.6, 3), (19.9, 4), (20.1, 5)]
    assert list(against(writes, forbidden, [], 1.5)) == [(11.6, 3), (19.9, 4)]
    assert list(against(writes, forbidden, [Span(8, 10.2)], 1.5)) == [(19.9, 4)], "it was away until just before"


def test_a_lease_is_renewed_while_it_lasts() -> None:
    assert renewed(10, 3, []) == 13
    assert renewed(10, 3, [1, 11, 12, 14.5, 17.4]) == pytest.approx(20.4)
    assert renewed(10, 3, [13.1, 14]) == 13


def judged_span(end: float, *away: Span) -> Safety:
    found = Safety()
    judge(Span(10, end), 13.0, away, 2.0, "lamp", found)
    return found


def test_an_output_that_stays_on_is_found() -> None:
    assert judged_span(12.0).late == [], "switched off before"
    assert judged_span(14.5).late == [1.5]
    assert not judged_span(14.5).too_late
    assert judged_span(15.1).too_late
    assert judged_span(21.5, Span(11, 20)).on_return == [1.5], "its device was away"
    assert judged_span(22.5, Span(11, 20)).too_late
    assert judged_span(15.1, Span(5, 12)).too_late, "it was back before the lease ended"


def test_the_same_seed_gives_the_same_faults() -> None:
    assert plan(7, 300) == plan(7, 300) != plan(8, 300)
    assert {fault.kind for fault in plan(7, 300)} == set(KINDS)
    assert {(fault.kind, fault.target) for fault in plan(7, 300, ["kill"])} == {
        ("kill", target) for target in KINDS["kill"].targets
    }
