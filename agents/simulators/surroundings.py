"""What a simulated device is surrounded by: its stand's world, or, when it runs alone, a world of its own."""

from collections.abc import Callable, Mapping

from agents.simulators import world_socket
from agents.simulators.place import Place
from agents.simulators.wiring import WiredWorld
from agents.simulators.world import Actuators, Quantities, World

Exchange = Callable[[Mapping[str, float], float], Quantities]
"""Tell the world what the device's outputs are at a time, and measure."""


def alone(seed: int, now: float) -> Exchange:
    """A world of the device's own; ventilated, unless the device's own outputs say otherwise."""
    world = World(seed, now)
    world.actuators = Actuators(fans=2, valves=2)
    wired = WiredWorld(world, {})
    return lambda outputs, at: wired.exchange("device", outputs, at)


def shared(place: Place, seed: int) -> Exchange:
    """The stand's world. While it does not answer, all stays as it was last; as long as it never did, one is alone."""
    socket_file, device = place.of_stand("socket"), place.device
    own, last = alone(seed, place.now()), None

    def exchange(outputs: Mapping[str, float], now: float) -> Quantities:
        nonlocal last
        try:
            last = world_socket.ask(socket_file, device, outputs)
        except (OSError, ValueError):
            return last or own(outputs, now)
        return last

    return exchange
