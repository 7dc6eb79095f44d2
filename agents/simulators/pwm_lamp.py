"""A simulated lamp driver with four PWM channels. Errors of /pwm come with status 200.

What was set to 0 reads back as 1, also in the answer; after a boot, before anything was set, 0 reads back as 0.
"""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from agents.simulators.esp32 import Esp32, Esp32Faults, Handler, Sensor, number, parse
from agents.simulators.http_board import Answer

MEASURING = 0.8
"""Seconds that /info takes: the board waits for its DS18B20."""
MAC_ADDRESS = "02:00:00:00:00:01"

SENSORS = {
    "pcb_temp": Sensor(lambda found: 0.7 * found.outside_temperature + 0.3 * found.lamp_temperature, 0.02, 0.0625),
    "lamp_temp": Sensor(lambda found: found.lamp_temperature, 0.02, 0.0625),
}


@dataclass(frozen=True)
class PwmLampFaults(Esp32Faults):
    """What can be wrong with it."""

    sensors: ClassVar = SENSORS


class PwmLamp(Esp32):
    """The board, with four outputs in percent."""

    Faults = PwmLampFaults
    sensors = SENSORS
    refresh = 0.75

    def _outputs_off(self) -> None:
        self._duties = [0, 0, 0, 0]
        self._read_back = [0, 0, 0, 0]

    def _outputs(self) -> dict[str, float]:
        return {f"ch{channel}_pwm": duty for channel, duty in enumerate(self._duties)}

    def _shown(self) -> dict[str, Any]:
        duties = {f"ch{channel}_pwm": duty for channel, duty in enumerate(self._read_back)}
        return duties | {"mac_addr": MAC_ADDRESS}

    def _routes(self) -> dict[str, tuple[str, Handler]]:
        return {"/pwm": ("POST", self._pwm)}

    def _info(self, body: bytes, now: float) -> Answer:
        return replace(super()._info(body, now), takes=MEASURING)

    def _pwm(self, body: bytes, _now: float) -> Answer:
        try:
            fields = parse(body)
        except ValueError:
            return Answer("RESULT: ERR_INCORRECT_JSON\n", closes=True)
        channel, duty = number(fields, "channel"), number(fields, "duty")
        if channel is None or channel not in range(4):
            return Answer("RESULT: ERR_INVALID_CHANNEL_NUM\n", closes=channel is None)
        if duty is None or duty not in range(101):
            return Answer("RESULT: ERR_INVALID_DUTY_VALUE\n", closes=duty is None)
        self._duties[channel], self._read_back[channel] = duty, max(1, duty)
        return Answer(f"RESULT: PWM_OPERATION_SUCCESS\n; Set channel {channel} to {max(1, duty)} % pwm\n")
