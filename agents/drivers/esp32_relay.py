"""ESP32 board with four relays and climate sensors, over HTTP.

`GET /info` tells everything; `POST /relay {"channel":0-3,"state":0|1}` sets a relay. After a reboot all relays are off.
"""

from agents.driver import Snapshot
from agents.drivers.esp32 import RESET, Esp32, load_info, measure, whole
from hub.contract.channels import Number, Switch, Value

RELAYS = ("ch0", "ch1", "ch2", "ch3")
SENSORS = ("int_temp", "int_hum", "ext_temp", "ext_hum", "roots_temp")


def parse_info(body: bytes) -> Snapshot:
    """What `/info` tells. Raises DeviceError (bad_answer)."""
    info = load_info(body)
    snapshot = Snapshot({name: bool(whole(info, name, 1)) for name in RELAYS})
    for name in (*SENSORS, "uptime"):
        measure(info, name, snapshot, ds18b20=name == "roots_temp")
    return snapshot


class Esp32Relay(Esp32):
    """The board. De-energised is safe for every relay."""

    kind = "esp32_relay"
    board = "relay board"
    channels = (
        *(Switch(name, title=f"Relay {name[-1]}", writable=True, safe=False) for name in RELAYS),
        Number("int_temp", title="Temperature inside", unit="°C", low=-40, high=80, decimals=1),  # DHT22
        Number("int_hum", title="Humidity inside", unit="%", low=0, high=100, decimals=1),
        Number("ext_temp", title="Temperature outside", unit="°C", low=0, high=50, decimals=0),  # DHT11
        Number("ext_hum", title="Humidity outside", unit="%", low=0, high=100, decimals=0),
        Number("roots_temp", title="Temperature at the roots", unit="°C", low=-55, high=125, decimals=1),  # DS18B20
        Number("uptime", title="Time since the board's start", unit="s", low=0, decimals=0),
        RESET,
    )

    def read(self) -> Snapshot:
        """Relays and sensors, as `/info` tells them."""
        snapshot = parse_info(self.ask("GET", "/info"))
        self.rebooted(snapshot)
        return snapshot

    def write(self, channel: str, value: Value) -> None:
        """Switch one relay, or reset the board."""
        if channel == RESET.name:
            self.reset()
            return
        body = b'{"channel":%d,"state":%d}' % (RELAYS.index(channel), 1 if value else 0)
        self.order("/relay", body, b"RESULT: SUCCESS")
