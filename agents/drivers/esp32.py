"""What the laboratory's ESP32 boards share: HTTP, errors that come with status 200, and -255 for a sensor that is
absent or broken. A board that reboots forgets what it was set to."""

from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator

from agents.driver import Driver, DriverOptions, Snapshot
from agents.drivers.http_client import HttpClient
from hub.contract import strict
from hub.contract.channels import Action
from hub.contract.errors import Code, DeviceError, Refused
from hub.contract.reading import Quality

TIMEOUT = 2.0
"""Seconds for a connection, and for each piece of an answer."""

RESET = Action("reset", title="Reset the board", writable=True, confirm="hold")
"""It boots anew, all its outputs off."""

ABSENT = -255
BEYOND_ALL = 1e12
DS18B20_AT_POWER_ON = 85
"""degC that a DS18B20 shows until it has measured once."""


def _http(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "http" or not parts.hostname or parts.port == 0 or address.rstrip("/").count("/") != 2:
        raise ValueError("write where the board is, for example http://10.10.0.5")
    return address


class Esp32Options(DriverOptions):
    """Options in config.yaml."""

    somewhere = "http://127.0.0.1"
    address: Annotated[str, AfterValidator(_http)]


def load_info(body: bytes) -> dict[str, object]:
    """The JSON object of `/info`. Raises DeviceError (bad_answer)."""
    try:
        return strict.loads_object(body)
    except Refused as error:
        raise DeviceError(Code.BAD_ANSWER, f"The board's /info is not as it should be: {error}") from None


def whole(info: dict[str, object], name: str, high: int) -> int:
    """A whole number from 0 to `high`. Raises DeviceError (bad_answer)."""
    value = info.get(name)
    if type(value) is not int or not 0 <= value <= high:
        raise DeviceError(Code.BAD_ANSWER, f"The board says {value!r:.40} of {name}, not 0 to {high}.")
    return value


def measure(info: dict[str, object], name: str, snapshot: Snapshot, *, ds18b20: bool = False) -> None:
    """Put what a sensor shows into the snapshot. Raises DeviceError (bad_answer)."""
    value = info.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > BEYOND_ALL:
        raise DeviceError(Code.BAD_ANSWER, f"The board says {value!r:.40} of {name}, which cannot be.")
    if isinstance(value, float):  # of 32 bits in the board: what follows the seventh digit is not measured
        value = float(f"{value:.7g}")
    snapshot.values[name] = None if value == ABSENT else value
    if value == ABSENT:
        snapshot.quality[name] = Quality.SENTINEL
    elif ds18b20 and value == DS18B20_AT_POWER_ON:
        snapshot.quality[name] = Quality.SUSPECT


class Esp32(Driver):
    """A board, spoken to over one connection that stays open."""

    Options = Esp32Options
    board: ClassVar[str]
    """What it is, in messages: `relay board`."""

    def __init__(self, options: DriverOptions) -> None:
        super().__init__(options)
        self._client = HttpClient(options.address, timeout=TIMEOUT)
        self._uptime = 0.0

    def open(self) -> None:
        """See that the board is there."""
        self.ask("GET", "/info")

    def close(self) -> None:
        """Close the connection; the next request opens it again."""
        self._client.close()

    def order(self, path: str, body: bytes, success: bytes, content: str = "application/json") -> None:
        """Make the board do something. Raises DeviceError, device_refused unless the answer begins with `success`."""
        answer = self.ask("POST", path, body, content)
        if not answer.startswith(success):
            said = answer[:60].decode("ascii", "replace").strip()
            raise DeviceError(
                Code.DEVICE_REFUSED, f"The {self.board} did not do {path} {body.decode()}; it says: {said}"
            )

    def repeatable(self, channel: str) -> bool:
        """Every output; not the reset, which would come when the board has just started."""
        return channel != RESET.name

    def reset(self) -> None:
        """Make the board boot anew, a second later. Raises DeviceError."""
        self.order("/reset", b"force_reset", b"User have sent force reset command", "text/html")

    def ask(self, method: str, path: str, body: bytes | None = None, content: str = "application/json") -> bytes:
        """The body of the answer. Raises DeviceError (no_answer, bad_answer)."""
        status, answer = self._client.exchange(method, path, body, content)
        if status != 200:
            raise DeviceError(Code.BAD_ANSWER, f"The {self.board} answered {path} with status {status}.")
        return answer

    def rebooted(self, snapshot: Snapshot) -> bool:
        """Whether the board has started anew since the last time, as its uptime tells; the snapshot says it too."""
        before, self._uptime = self._uptime, float(snapshot.values["uptime"] or 0)
        if self._uptime < before:
            snapshot.events.append(f"The {self.board} has rebooted: its outputs are off.")
        return self._uptime < before
