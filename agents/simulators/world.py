"""The physical world of one simulated phytotron: a sealed chamber of 100 l with plants, in a room.

Pure: the clock is an argument. It goes in steps of its own, so that nothing depends on how often it is asked, and each
step is solved so that it cannot overshoot, however long it is.
"""

import math
from dataclasses import dataclass

from agents.simulators.plants import DARK, Light, respiration, transpiration, uptake
from agents.simulators.values import Wander

STEP, MOST_STEPS = 0.5, 1200
"""Seconds of one step, and how many there are at most: who was not asked for longer takes longer steps."""

VOLUME = 0.1
"""m3"""
FAN = 0.1
"""The share of the chamber's air that one fan exchanges in a second through open valves."""
BOTH_OPEN, SHUT, LEAKING = 2e-3, 2e-5, 1e-2
"""The same share without fans, valves open or shut, and of a chamber whose door does not close."""
CO2_FEED = 5e-6
"""The share of the chamber that the CO2 pump fills with CO2 in a second: 5 ppm."""

LAMP_HEAT, WALLS, MASS, AIR_HEAT = 45.0, 6.0, 2000.0, 1206.0
"""W at full light that stay in the chamber; W/K through the walls; J/K of what is in it; J/(K m3) of air."""
LAMP_RISE, LAMP_TIME, ROOTS_TIME = 35.0, 150.0, 1800.0
"""K of the lamp above the room at full light; time constants of the lamp and of the roots, in seconds."""
ABSORPTION = 1 / 1200
"""Part of the chamber's surplus of vapour that walls and soil take in a second."""


@dataclass(frozen=True)
class WorldFaults:
    """What can be wrong with it: a door that does not close, fans that turn but move no air, a lamp that stays dark."""

    leaking: bool = False
    blocked: bool = False
    dark: bool = False


@dataclass(frozen=True)
class Actuators:
    """What acts on the chamber: how many of its two fans run and of its two valves are open, CO2 feed, lamp."""

    fans: int = 0
    valves: int = 0
    co2_feed: bool = False
    light: Light = DARK


@dataclass(frozen=True)
class Quantities:
    """What there is to measure: ppm, degC and % relative humidity."""

    co2: float
    temperature: float
    humidity: float
    outside_temperature: float
    outside_humidity: float
    roots_temperature: float
    lamp_temperature: float


class World:
    """The chamber, in balance with the room at the beginning. Times are seconds of a clock that only goes forward."""

    def __init__(self, seed: int, now: float) -> None:
        self.actuators, self.faults = Actuators(), WorldFaults()
        self._room_co2 = Wander(f"{seed} room co2", 420, 8)
        self._room_temperature = Wander(f"{seed} room temperature", 23, 1.5)
        self._room_humidity = Wander(f"{seed} room humidity", 45, 5)
        self._time = now
        self._co2 = self._room_co2.at(now)
        self._temperature = self._roots = self._lamp = self._room_temperature.at(now)
        self._vapour = self._room_vapour(now)

    def advance(self, now: float) -> None:
        """Let the time pass until `now`, as all is set."""
        behind = now - self._time
        step = max(STEP, behind / MOST_STEPS)
        while self._time + step <= now:
            self._time += step
            self._pass(step)

    def measure(self) -> Quantities:
        """What there is at the time reached."""
        return Quantities(
            co2=self._co2,
            temperature=self._temperature,
            humidity=100 * self._vapour / saturated(self._temperature),
            outside_temperature=self._room_temperature.at(self._time),
            outside_humidity=self._room_humidity.at(self._time),
            roots_temperature=self._roots,
            lamp_temperature=self._lamp,
        )

    def _pass(self, step: float) -> None:
        light = DARK if self.faults.dark else self.actuators.light
        power = (light.red + light.white) / 200
        exchange = self._exchange()
        room = self._room_temperature.at(self._time)
        self._co2_balance(step, light, exchange)
        self._heat_balance(step, power, exchange, room)
        self._water_balance(step, light, exchange)
        self._roots = towards(self._roots, self._temperature, step / ROOTS_TIME)
        self._lamp = towards(self._lamp, room + LAMP_RISE * power, step / LAMP_TIME)

    def _exchange(self) -> float:
        """The share of the chamber's air that the room's replaces in a second."""
        opened = self.actuators.valves / 2
        blown = 0.0 if self.faults.blocked else FAN * self.actuators.fans * opened
        return blown + BOTH_OPEN * opened + (LEAKING if self.faults.leaking else SHUT)

    def _co2_balance(self, step: float, light: Light, exchange: float) -> None:
        feed = CO2_FEED if self.actuators.co2_feed else 0.0
        gain = respiration(self._temperature) + exchange * self._room_co2.at(self._time) + feed * 1e6
        self._co2 = (self._co2 + step * gain) / (1 + step * (exchange + feed + uptake(light, self._co2)))

    def _heat_balance(self, step: float, power: float, exchange: float, room: float) -> None:
        losses = WALLS + exchange * VOLUME * AIR_HEAT
        self._temperature = towards(self._temperature, room + LAMP_HEAT * power / losses, step * losses / MASS)

    def _water_balance(self, step: float, light: Light, exchange: float) -> None:
        limit, given, taken = saturated(self._temperature), transpiration(light), ABSORPTION + exchange
        aim = (given * limit + taken * self._room_vapour(self._time)) / (given + taken)
        self._vapour = min(limit, towards(self._vapour, aim, step * (given + taken)))

    def _room_vapour(self, now: float) -> float:
        return self._room_humidity.at(now) / 100 * saturated(self._room_temperature.at(now))


def towards(value: float, aim: float, rate: float) -> float:
    """Where `value` is after a step in which it goes to `aim` by `rate` of the way that is left; never beyond."""
    return (value + rate * aim) / (1 + rate)


def saturated(temperature: float) -> float:
    """Water vapour that air of so many degC can hold, in g/m3 (Magnus)."""
    pressure = 6.112 * math.exp(17.62 * temperature / (243.12 + temperature))
    return 216.7 * pressure / (temperature + 273.15)
