"""Lamp driver with four PWM channels, an ESP32 board with HTTP.

`GET /info` tells everything, after up to a second, as it measures a temperature first; `POST /pwm
{"channel":0-3,"duty":0-100}` sets a duty in percent, whole numbers only. A channel set to 0 reads back as 1; 1 to 100
read back as they are.
"""

from collections.abc import Mapping
from dataclasses import replace

from agents.driver import DriverOptions, Snapshot
from agents.drivers.esp32 import RESET, Esp32, load_info, measure, whole
from hub.contract.channels import Number, Value
from hub.contract.reading import Quality

OUTPUTS = {
    "ch0_pwm": (0,),
    "ch1_pwm": (1,),
    "ch2_pwm": (2,),
    "ch3_pwm": (3,),
    "ch01_pwm": (0, 1),
    "ch23_pwm": (2, 3),
}
"""The board's channels by our words for them. Lamps are wired in pairs of one colour, which are set together."""


def parse_info(body: bytes, last: Mapping[int, int]) -> Snapshot:
    """What `/info` tells; `last` is what each of the board's channels was last set to, as far as it is known.

    The two channels of a pair may differ, as somebody else may have set them: then the pair has no value.
    Raises DeviceError (bad_answer).
    """
    info = load_info(body)
    shown = [whole(info, f"ch{number}_pwm", 100) for number in range(4)]
    duties = [0 if duty == 1 and last.get(number) != 1 else duty for number, duty in enumerate(shown)]
    snapshot = Snapshot({})
    for name, numbers in OUTPUTS.items():
        duty = duties[numbers[0]]
        alike = all(duties[number] == duty for number in numbers)
        snapshot.values[name] = duty if alike else None
        if not alike:
            snapshot.quality[name] = Quality.SUSPECT
    for name in ("lamp_temp", "pcb_temp", "uptime"):
        measure(info, name, snapshot, ds18b20=name != "uptime")
    return snapshot


class PwmLamp(Esp32):
    """The lamp. Dark is safe for every channel."""

    kind = "pwm_lamp"
    board = "lamp driver"
    channels = (
        *(
            Number(
                name,
                title=f"Duty of channel {' and '.join(str(number) for number in numbers)}",
                unit="%",
                low=0,
                high=100,
                decimals=0,
                whole=True,
                writable=True,
                safe=0,
            )
            for name, numbers in OUTPUTS.items()
        ),
        Number("lamp_temp", title="Temperature of the lamp", unit="°C", low=-55, high=125, decimals=1),  # DS18B20
        Number("pcb_temp", title="Temperature of the board", unit="°C", low=-55, high=125, decimals=1),
        Number("uptime", title="Time since the board's start", unit="s", low=0, decimals=0),
        RESET,
    )

    def __init__(self, options: DriverOptions) -> None:
        super().__init__(options)
        self._last: dict[int, int] = {}

    def identify(self) -> Mapping[str, str]:
        """The address of its network interface, which newer boards tell."""
        mac = load_info(self.ask("GET", "/info")).get("mac_addr")
        return {"serial": mac} if isinstance(mac, str) else {}

    def read(self) -> Snapshot:
        """Duties and temperatures, as `/info` tells them."""
        body = self.ask("GET", "/info")
        snapshot = parse_info(body, self._last)
        if self.rebooted(snapshot):
            self._last.clear()  # so that a read-back of 1 means 0
            snapshot = replace(parse_info(body, self._last), events=snapshot.events)
        return snapshot

    def write(self, channel: str, value: Value) -> None:
        """Set the duty of one channel, or of both of a pair; or reset the board."""
        if channel == RESET.name:
            self.reset()
            return
        duty = int(value)
        for number in OUTPUTS[channel]:
            self._last[number] = duty
            self.order("/pwm", b'{"channel":%d,"duty":%d}' % (number, duty), b"RESULT: PWM_OPERATION_SUCCESS")
