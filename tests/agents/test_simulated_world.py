"""The simulated phytotron behaves as a chamber with plants does; a clock of the test's own, hours in milliseconds."""

import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.simulators.faults import parse
from agents.simulators.plants import DARK, Light
from agents.simulators.wiring import WiredWorld, actuators
from agents.simulators.world import Actuators, Quantities, World, WorldFaults

FULL = Light(red=100, white=100)
SEALED, LIT = Actuators(), Actuators(light=FULL)
AMBIENT = pytest.approx(420, abs=9)


class Chamber:
    """A world and a clock."""

    def __init__(self, seed: int = 1) -> None:
        self.now = 5000.0
        self.world = World(seed, self.now)

    def after(self, seconds: float, actuators: Actuators) -> Quantities:
        """What there is to measure when so much time has passed with these actuators."""
        self.world.actuators = actuators
        self.now += seconds
        self.world.advance(self.now)
        return self.world.measure()

    def ventilated(self, seconds: float, light: Light = DARK) -> Quantities:
        return self.after(seconds, Actuators(fans=2, valves=2, light=light))


@pytest.mark.parametrize(
    ("red", "white", "ppfd"),
    [(0, 0, 0), (100, 0, 665.7), (0, 100, 646.1), (100, 100, 1128.8), (1, 0, 11.9), (50, 20, 409.9)],
)
def test_light_at_plant_level_by_the_laboratorys_fit(red: float, white: float, ppfd: float) -> None:
    assert Light(red, white).ppfd == pytest.approx(ppfd, abs=0.1)


@pytest.mark.parametrize("seed", range(5))
def test_in_the_light_co2_falls_by_more_than_10_ppm_in_two_minutes(seed: int) -> None:
    chamber = Chamber(seed)
    start = chamber.after(1, SEALED).co2
    assert chamber.after(120, LIT).co2 < start - 10


def test_less_light_takes_up_less_and_ever_more_light_hardly_more() -> None:
    left = [Chamber().after(120, Actuators(light=Light(white=white))).co2 for white in (0, 10, 50, 100)]
    assert left == sorted(left, reverse=True)
    assert left[0] - left[1] > left[2] - left[3]


def test_in_the_dark_co2_rises() -> None:
    chamber = Chamber()
    start = chamber.after(1, SEALED).co2
    assert chamber.after(120, SEALED).co2 > start + 3


@pytest.mark.parametrize("before", [LIT, SEALED, Actuators(co2_feed=True)])
def test_a_ventilation_cycle_of_20_seconds_brings_it_back_to_ambient(before: Actuators) -> None:
    chamber = Chamber()
    assert chamber.after(120, before).co2 != AMBIENT
    chamber.after(5, Actuators(valves=2))
    assert chamber.ventilated(30).co2 == AMBIENT


@pytest.mark.parametrize("shut", [Actuators(fans=2, light=FULL), Actuators(valves=2, light=FULL)])
def test_fans_without_valves_and_valves_without_fans_bring_little_air(shut: Actuators) -> None:
    chamber = Chamber()
    chamber.after(120, LIT)
    assert chamber.after(20, shut).co2 < 400


def test_plants_stop_taking_up_when_there_is_almost_nothing_left() -> None:
    assert 20 < Chamber().after(24 * 3600, LIT).co2 < 80


def test_the_lamp_warms_the_chamber_the_roots_follow_and_ventilation_cools() -> None:
    chamber = Chamber()
    dark = chamber.after(60, SEALED)
    warm = chamber.after(1800, LIT)
    assert dark.temperature + 4 < warm.temperature < dark.temperature + 12
    assert dark.roots_temperature < warm.roots_temperature < warm.temperature
    assert warm.lamp_temperature > warm.temperature + 10
    assert chamber.ventilated(300, FULL).temperature < warm.temperature - 3


def test_plants_moisten_the_air_and_ventilation_dries_it() -> None:
    chamber = Chamber()
    room = chamber.ventilated(60).humidity
    moist = chamber.after(1800, LIT).humidity
    assert moist > room + 10
    assert chamber.ventilated(60).humidity < moist - 10


def test_faults_of_the_chamber() -> None:
    chamber = Chamber()
    chamber.world.faults = parse(WorldFaults, '{"dark": true}')
    assert chamber.after(120, LIT).co2 > 420
    chamber.world.faults = WorldFaults(blocked=True)
    assert chamber.ventilated(20).co2 > 428
    chamber.world.faults = WorldFaults()
    assert chamber.after(300, LIT).co2 < 330
    chamber.world.faults = WorldFaults(leaking=True)
    assert chamber.after(600, SEALED).co2 == pytest.approx(428, abs=10)


STAGES = st.lists(
    st.tuples(
        st.floats(0, 600) | st.just(1e6),
        st.builds(
            Actuators,
            fans=st.integers(0, 2),
            valves=st.integers(0, 2),
            co2_feed=st.booleans(),
            light=st.builds(Light, st.integers(0, 100), st.integers(0, 100)),
        ),
        st.builds(WorldFaults, st.booleans(), st.booleans(), st.booleans()),
    ),
    max_size=4,
)


@given(st.integers(0, 5), STAGES)
def test_whatever_is_done_it_stays_within_nature_and_the_same_seed_gives_the_same(
    seed: int, stages: list[tuple[float, Actuators, WorldFaults]]
) -> None:
    one, other = Chamber(seed), Chamber(seed)
    for seconds, acting, faults in stages:
        one.world.faults = other.world.faults = faults
        found = one.after(seconds, acting)
        assert found == other.after(seconds, acting)
        assert all(math.isfinite(value) for value in dataclasses.astuple(found))
        assert 0 < found.co2 < 1e6
        assert 0 < found.humidity < 100.0001
        assert 20 < found.temperature < 35
        assert 20 < found.roots_temperature < 35
        assert 20 < found.lamp_temperature < 65
        assert 0 < found.outside_humidity < 100


@given(st.lists(st.floats(0.01, 14), max_size=40))  # not beyond the time after which its steps grow longer
def test_how_often_it_is_asked_changes_nothing(pauses: list[float]) -> None:
    asked, left = Chamber(), Chamber()
    for pause in pauses:
        asked.after(pause, LIT)
    left.now = asked.now
    assert left.after(0, LIT) == asked.world.measure()


LAB = {f"chamber.ch{number}": 1.0 for number in range(4)}


@pytest.mark.parametrize(
    ("outputs", "names", "wanted"),
    [
        ({}, {}, Actuators()),
        (LAB, {}, Actuators(fans=2, valves=2)),
        (LAB | {"chamber.ch0": 0}, {}, Actuators(fans=1, valves=2)),
        (LAB, {"chamber.ch3": "fan_left", "chamber.ch2": "heater"}, Actuators(fans=1)),
        (LAB, {"supply.ch0": "co2_pump"}, Actuators(fans=2, valves=2)),
        ({"supply.ch0": 1, "supply.ch1": 0}, {"supply.ch0": "co2_pump", "supply.ch1": "co2_valve"}, Actuators()),
        (
            {"supply.ch0": 1, "supply.ch1": 1},
            {"supply.ch0": "co2_pump", "supply.ch1": "co2_valve"},
            Actuators(co2_feed=True),
        ),
        (
            {"lamp.ch0_pwm": 60, "lamp.ch1_pwm": 20, "lamp.ch2_pwm": 10, "lamp.ch3_pwm": 10},
            {},
            Actuators(light=Light(red=10, white=40)),
        ),
    ],
)
def test_outputs_do_what_the_laboratory_wired_or_their_names_say(
    outputs: dict[str, float], names: dict[str, str], wanted: Actuators
) -> None:
    assert actuators(outputs, names) == wanted


def test_devices_of_one_stand_act_on_one_world() -> None:
    wired = WiredWorld(World(1, 0.0), {})
    start = wired.exchange("co2", {}, 0.0).co2
    wired.exchange("lamp", {f"ch{number}_pwm": 100 for number in range(4)}, 0.0)
    low = wired.exchange("co2", {}, 300.0).co2
    assert low < start - 50
    wired.exchange("chamber", {f"ch{number}": 1 for number in range(4)}, 300.0)
    assert wired.exchange("co2", {}, 330.0).co2 > low + 50
    assert json.dumps(dataclasses.asdict(wired.world.measure()))
