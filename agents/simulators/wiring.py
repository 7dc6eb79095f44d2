"""What the outputs of simulated devices do in their stand's world. Outputs are named `device.output`: `chamber.ch0`."""

from collections.abc import Mapping

from agents.simulators.plants import Light
from agents.simulators.world import Actuators, Quantities, World

LAMP = {"ch0_pwm": "white", "ch1_pwm": "white", "ch2_pwm": "red", "ch3_pwm": "red"}
RELAYS = {"ch0": "fan", "ch1": "fan", "ch2": "valve", "ch3": "valve"}
"""As the laboratory wired them. A lamp is always so; a relay only on a board whose channels got no names."""

WORDS = ("fan", "valve", "co2")
"""With what the name of a relay's channel begins that does something: a fan, an air valve, part of the CO2 feed."""


class WiredWorld:
    """A world, the outputs that act on it, and the names that config.yaml gives to relays."""

    def __init__(self, world: World, names: Mapping[str, str]) -> None:
        self.world = world
        self._names = names
        self._outputs: dict[str, float] = {}

    def exchange(self, device: str, outputs: Mapping[str, float], now: float) -> Quantities:
        """Let time pass until `now`; what the device's outputs are now acts from now on."""
        self.world.advance(now)
        if outputs:
            self._outputs |= {f"{device}.{output}": value for output, value in outputs.items()}
            self.world.actuators = actuators(self._outputs, self._names)
        return self.world.measure()


def actuators(outputs: Mapping[str, float], names: Mapping[str, str]) -> Actuators:
    """What all outputs of a stand do together. CO2 flows when every part of its feed is on: pump and valve."""
    by_role: dict[str | None, list[float]] = {}
    for output, value in outputs.items():
        by_role.setdefault(role(output, names), []).append(value)
    feed = by_role.get("co2", [])
    return Actuators(
        fans=sum(value > 0 for value in by_role.get("fan", [])),
        valves=sum(value > 0 for value in by_role.get("valve", [])),
        co2_feed=bool(feed) and all(feed),
        light=Light(red=_mean(by_role.get("red", [])), white=_mean(by_role.get("white", []))),
    )


def role(output: str, names: Mapping[str, str]) -> str | None:
    """What an output is wired to; None when it does nothing in this world."""
    device, _, source = output.partition(".")
    if source in LAMP:
        return LAMP[source]
    if any(named.startswith(f"{device}.") for named in names):
        return next((word for word in WORDS if names.get(output, "").startswith(word)), None)
    return RELAYS.get(source)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
