"""ESP32 board with four relays and climate sensors, over HTTP.

`GET /info` tells everything; `POST /relay {"channel":0-3,"state":0|1}` sets a relay. Errors come with status 200, and a
sensor that is absent or broken shows -255. After a reboot all relays are off.
"""

import select
from http.client import HTTPConnection, HTTPException
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from agents.driver import Driver, DriverOptions, Snapshot
from hub.contract import strict
from hub.contract.channels import Number, Switch, Value
from hub.contract.errors import Code, DeviceError, Refused
from hub.contract.reading import Quality

TIMEOUT = 2.0
"""Seconds for a connection, and for each piece of an answer."""

RELAYS = ("ch0", "ch1", "ch2", "ch3")
SENSORS = ("int_temp", "int_hum", "ext_temp", "ext_hum", "roots_temp")
ABSENT = -255
BEYOND_ALL = 1e12
DS18B20_AT_POWER_ON = 85
"""degC that the DS18B20 shows until it has measured once."""


def _http(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "http" or not parts.hostname or parts.port == 0 or address.rstrip("/").count("/") != 2:
        raise ValueError("write where the board is, for example http://10.10.0.5")
    return address


class Esp32RelayOptions(DriverOptions):
    """Options in config.yaml."""

    address: Annotated[str, AfterValidator(_http)]


def parse_info(body: bytes) -> Snapshot:
    """What `/info` tells. Raises DeviceError (bad_answer)."""
    try:
        info = strict.loads_object(body)
    except Refused as error:
        raise DeviceError(Code.BAD_ANSWER, f"The relay board's /info is not as it should be: {error}") from None
    snapshot = Snapshot({})
    for name in RELAYS:
        if type(info.get(name)) is not int or info[name] not in (0, 1):
            raise DeviceError(Code.BAD_ANSWER, f"The relay board says {info.get(name)!r:.40} of {name}, not 0 or 1.")
        snapshot.values[name] = bool(info[name])
    for name in (*SENSORS, "uptime"):
        value = info.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > BEYOND_ALL:
            raise DeviceError(Code.BAD_ANSWER, f"The relay board says {value!r:.40} of {name}, which cannot be.")
        if isinstance(value, float):  # of 32 bits in the board: what follows the seventh digit is not measured
            value = float(f"{value:.7g}")
        snapshot.values[name] = None if value == ABSENT else value
        if value == ABSENT:
            snapshot.quality[name] = Quality.SENTINEL
        elif name == "roots_temp" and value == DS18B20_AT_POWER_ON:
            snapshot.quality[name] = Quality.SUSPECT
    return snapshot


class Esp32Relay(Driver):
    """The board. De-energised is safe for every relay."""

    kind = "esp32_relay"
    Options = Esp32RelayOptions
    channels = (
        *(Switch(name, title=f"Relay {name[-1]}", writable=True, safe=False) for name in RELAYS),
        Number("int_temp", title="Temperature inside", unit="°C", low=-40, high=80, decimals=1),  # DHT22
        Number("int_hum", title="Humidity inside", unit="%", low=0, high=100, decimals=1),
        Number("ext_temp", title="Temperature outside", unit="°C", low=0, high=50, decimals=0),  # DHT11
        Number("ext_hum", title="Humidity outside", unit="%", low=0, high=100, decimals=0),
        Number("roots_temp", title="Temperature at the roots", unit="°C", low=-55, high=125, decimals=1),  # DS18B20
        Number("uptime", title="Time since the board's start", unit="s", low=0, decimals=0),
    )

    def __init__(self, options: DriverOptions) -> None:
        super().__init__(options)
        parts = urlsplit(options.address)
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)

    def open(self) -> None:
        """See that the board is there."""
        self.read()

    def close(self) -> None:
        """Close the connection; the next request opens it again."""
        self._connection.close()

    def read(self) -> Snapshot:
        """Relays and sensors, as `/info` tells them."""
        return parse_info(self._ask("GET", "/info"))

    def write(self, channel: str, value: Value) -> None:
        """Switch one relay."""
        state = 1 if value else 0
        answer = self._ask("POST", "/relay", b'{"channel":%d,"state":%d}' % (RELAYS.index(channel), state))
        if not answer.startswith(b"RESULT: SUCCESS"):
            said = answer[:60].decode("ascii", "replace").strip()
            raise DeviceError(Code.DEVICE_REFUSED, f"The relay board did not set {channel}; it says: {said}")

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        try:
            self._let_go_if_closed()
            self._connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            response = self._connection.getresponse()
            answer = response.read(strict.MAX_BYTES)
        except (OSError, HTTPException, UnicodeError) as error:
            self.close()
            where = f"The relay board at {self.options.address}"
            raise DeviceError(Code.NO_ANSWER, f"{where} does not answer ({error}): is it on?") from error
        if response.status != 200:
            raise DeviceError(Code.BAD_ANSWER, f"The relay board answered {path} with status {response.status}.")
        return answer

    def _let_go_if_closed(self) -> None:
        """The board closes its oldest connection when it has too many, and we learn it before the next request."""
        sock = self._connection.sock
        if sock is not None and select.select([sock], [], [], 0)[0]:
            self.close()
