"""A simulated ESP32 relay board. Errors of /relay come with status 200."""

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from agents.simulators.esp32 import ABSENT, Esp32, Esp32Faults, Handler, Sensor, number, parse
from agents.simulators.http_board import Answer

SENSORS = {
    "roots_temp": Sensor(lambda found: found.roots_temperature, 0.02, 0.0625),  # DS18B20
    "ext_temp": Sensor(lambda found: found.outside_temperature, 0.2, 1.0),  # DHT11
    "ext_hum": Sensor(lambda found: found.outside_humidity, 0.5, 1.0, 95.0),
    "int_temp": Sensor(lambda found: found.temperature, 0.05, 0.1),  # DHT22
    "int_hum": Sensor(lambda found: found.humidity, 0.3, 0.1, 99.9),
}


@dataclass(frozen=True)
class Esp32RelayFaults(Esp32Faults):
    """What can be wrong with it."""

    sensors: ClassVar = SENSORS


class Esp32Relay(Esp32):
    """The board, with four relays."""

    Faults = Esp32RelayFaults
    sensors = SENSORS
    refresh = 2.5

    def _outputs_off(self) -> None:
        self._relays = [0, 0, 0, 0]

    def _outputs(self) -> dict[str, float]:
        return {f"ch{channel}": state for channel, state in enumerate(self._relays)}

    def _shown(self) -> dict[str, Any]:
        return self._outputs() | {"pcb_temp": int(ABSENT)}

    def _routes(self) -> dict[str, tuple[str, Handler]]:
        sensors = {f"/{name}": ("GET", partial(self._text, name)) for name in SENSORS}
        return {"/relay": ("POST", self._relay), **sensors}

    def _text(self, name: str, _body: bytes, now: float) -> Answer:
        return Answer(f"{self._sensor(name, now):f}")

    def _relay(self, body: bytes, _now: float) -> Answer:
        try:
            fields = parse(body)
        except ValueError:
            return Answer("RESULT: ERROR Failed to parse JSON\n", closes=True)
        channel, state = number(fields, "channel"), number(fields, "state")
        if channel is None or state is None:
            return Answer(f"RESULT: ERROR Invalid {'channel' if channel is None else 'state'} type\n", closes=True)
        if channel not in range(4) or state not in (0, 1):
            return Answer("RESULT: ERROR invalid params!\n")
        self._relays[channel] = state
        return Answer(f"RESULT: SUCCESS\n Relay: {channel}, set to state: {state}\n")
