"""ESPHome devices over their own web API (`web_server:` in the device's configuration).

`GET /sensor/NAME` gives `{"id":..., "value": 26.3, "state": "26.3 °C"}`, and `"state": "NA"` where there is no value.
Firmware since 2026.1 knows an entity by its name, before that by a word made of the name (`Room temp` is `room_temp`).
"""

import re
import time
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import AfterValidator, Field, model_validator

from agents.driver import Snapshot
from agents.drivers.described import DescribedChannel, DescribedDriver
from agents.drivers.http_client import HttpClient
from agents.drivers.http_json import load
from agents.drivers.http_options import HttpOptions
from hub.contract.channels import Value
from hub.contract.errors import Code, DeviceError

KINDS: dict[str, Literal["number", "switch", "choice", "text"]] = {
    "sensor": "number",
    "number": "number",
    "binary_sensor": "switch",
    "switch": "switch",
    "light": "switch",
    "fan": "switch",
    "select": "choice",
    "text_sensor": "text",
}
"""What kind of value the entities of each domain have."""
SETTABLE = ("switch", "light", "fan", "number", "select")
NOT_THERE = 404
CARRIED_OUT = 1.0
"""Seconds that the device may take to carry out a command after it has acknowledged it: it does so in its main loop."""


def _entity(text: str) -> str:
    domain, _, name = text.partition("/")
    if domain not in KINDS or not name:
        raise ValueError(f"write domain and name, as in sensor/Room temp; domains are {', '.join(KINDS)}")
    return text


class EsphomeChannel(DescribedChannel):
    """One entity."""

    entity: Annotated[str, AfterValidator(_entity)]
    """Its domain and its name, as in the device's configuration: sensor/Room temp"""

    @model_validator(mode="before")
    @classmethod
    def _kind_of_its_domain(cls, data: dict[str, Any]) -> dict[str, Any]:
        domain = str(data.get("entity")).partition("/")[0]
        return {"kind": KINDS[domain], **data} if domain in KINDS else data

    @property
    def domain(self) -> str:
        """What it is to ESPHome: sensor, switch and so on."""
        return self.entity.partition("/")[0]

    @property
    def settable(self) -> bool:
        """As its domain is."""
        return self.domain in SETTABLE

    def paths(self) -> tuple[str, str]:
        """Its address in new firmware, and in that before 2026.1."""
        domain, _, name = self.entity.partition("/")
        word = re.sub(r"[^a-z0-9_-]", "_", name.lower())
        return f"/{domain}/{quote(name, safe='')}", f"/{domain}/{word}"

    def command(self, value: Value) -> str:
        """What follows the entity's address to set it."""
        match self.domain:
            case "number":
                return f"set?value={quote(self.word(value), safe='')}"
            case "select":
                return f"set?option={quote(self.word(value), safe='')}"
        return "turn_on" if value else "turn_off"


class EsphomeOptions(HttpOptions):
    """Options in config.yaml."""

    channels: Annotated[dict[str, EsphomeChannel], Field(min_length=1)]


class Esphome(DescribedDriver):
    """The device."""

    kind = "esphome"
    Options = EsphomeOptions
    options: EsphomeOptions

    def __init__(self, options: EsphomeOptions) -> None:
        super().__init__(options)
        self._client = HttpClient(options.address, timeout=options.timeout)
        self._paths: dict[str, str] = {}
        """The address that each channel has proved to have."""

    def open(self) -> None:
        """See that it is there; its firmware may be another one now."""
        self.close()
        self._client, self._paths = self.options.client(), {}
        self.read()

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def read(self) -> Snapshot:
        """All entities, one after the other."""
        snapshot = Snapshot({})
        for name in self.options.channels:
            self._look(name, snapshot)
        return snapshot

    def write(self, channel: str, value: Value) -> None:
        """Set an entity, and give the device a moment to carry it out."""
        described = self.options.channels[channel]
        if channel not in self._paths:
            self._look(channel, Snapshot({}))
        self._client.ask("POST", f"{self._paths[channel]}/{described.command(value)}")
        end = time.monotonic() + CARRIED_OUT
        seen = Snapshot({})
        self._look(channel, seen)
        while seen.values[channel] != value and time.monotonic() < end:
            time.sleep(0.02)
            self._look(channel, seen)

    def _look(self, name: str, snapshot: Snapshot) -> None:
        channel = self.options.channels[name]
        found = load(self._ask(name))
        if not isinstance(found, dict):
            raise DeviceError(Code.BAD_ANSWER, f"The device says {found!r:.60} of {channel.entity}.")
        state = found.get("state")
        channel.put(name, None if state == "NA" else found.get("value", state), snapshot)

    def _ask(self, name: str) -> bytes:
        """The entity's JSON, at the address that this firmware knows. Raises DeviceError."""
        channel = self.options.channels[name]
        known = self._paths.get(name)
        for path in channel.paths() if known is None else (known,):
            status, body = self._client.exchange("GET", path)
            if 200 <= status < 300:
                self._paths[name] = path
                return body
            if status != NOT_THERE:
                self._client.refuse("GET", path, status)
        text = f"The device has no {channel.entity}: write its name as in the device's own configuration."
        raise DeviceError(Code.DEVICE_REFUSED, text)
