"""A simulated ESP32 relay board: a request in, an answer out.

Errors of /relay come with status 200. The board parses as its firmware's small JSON reader does: what follows the
object is left aside, a number's decimals are cut off, and true, false and texts are no numbers. Chosen by us, for want
of a fact: that a body of 100 bytes or more is a parse error, and that booting takes 2 s, in which nothing listens.
"""

import json
import math
import struct
from dataclasses import dataclass
from typing import Any, NoReturn

from agents.simulators.values import Wander

ABSENT = -255.0
REFRESH = 2.5
"""Seconds between two looks of the board at its sensors."""
RESET_DELAY, BOOT = 1.0, 2.0
LONGEST_BODY = 99

SENSORS = {  # centre, swing, noise, and the smallest step that the sensor shows
    "roots_temp": (21.0, 0.6, 0.02, 0.0625),  # DS18B20
    "ext_temp": (23.0, 1.5, 0.2, 1.0),  # DHT11
    "ext_hum": (45.0, 5.0, 0.5, 1.0),
    "int_temp": (25.0, 1.2, 0.05, 0.1),  # DHT22
    "int_hum": (62.0, 6.0, 0.3, 0.1),
}


@dataclass(frozen=True)
class Esp32RelayFaults:
    """What can be wrong with it; the fault lasts as long as it stands in the file.

    `absent` names sensors that show -255; `slow` is the seconds that each answer takes; `refuse` lets nobody connect;
    `reboot` reboots the board once when it is set.
    """

    absent: tuple[str, ...] = ()
    slow: float = 0.0
    refuse: bool = False
    reboot: bool = False

    def __post_init__(self) -> None:
        if not set(self.absent) <= SENSORS.keys():
            raise ValueError(f"absent takes a list with some of: {', '.join(SENSORS)}")


@dataclass(frozen=True)
class Answer:
    """What the board sends back. `hangs` is how long it then does nothing else, in seconds."""

    body: str
    status: int = 200
    content_type: str = "text/html"
    closes: bool = False
    hangs: float = 0.0


class Esp32Relay:
    """The board. Times are seconds of one clock that only goes forward."""

    def __init__(self, seed: int, now: float) -> None:
        self.faults = Esp32RelayFaults()
        self._room = {name: Wander(f"{seed} {name}", *values[:3]) for name, values in SENSORS.items()}
        self._booted_at = now
        self._reboot_at = math.inf
        self._relays = [0, 0, 0, 0]

    def suffer(self, faults: Esp32RelayFaults, now: float) -> None:
        """From now on have these faults and no others."""
        before, self.faults = self.faults, faults
        if faults.reboot and not before.reboot:
            self._reboot_at = now

    def reachable(self, now: float) -> bool:
        """Whether anything listens on its port; carries out a reboot that is due."""
        if now >= self._reboot_at:
            self._booted_at, self._reboot_at = now + BOOT, math.inf
            self._relays = [0, 0, 0, 0]
        return now >= self._booted_at and not self.faults.refuse

    def answer(self, method: str, path: str, body: bytes, now: float) -> Answer:
        """The answer to one HTTP request."""
        allowed = {"/info": "GET", "/relay": "POST", "/reset": "POST", **{f"/{name}": "GET" for name in SENSORS}}
        if path not in allowed:
            return Answer("Nothing matches the given URI", 404, closes=True)
        if method != allowed[path]:
            return Answer("Specified method is invalid for this resource", 405, closes=True)
        if path == "/info":
            return self._info(now)
        if path == "/relay":
            return self._relay(body)
        if path == "/reset":
            return self._reset(body, now)
        return Answer(f"{self._sensor(path[1:], now):f}")

    def _info(self, now: float) -> Answer:
        shown: dict[str, float] = {f"ch{channel}": state for channel, state in enumerate(self._relays)}
        sensors = {"pcb_temp": ABSENT} | {name: self._sensor(name, now) for name in SENSORS}
        shown |= {name: int(value) if value.is_integer() else value for name, value in sensors.items()}
        shown |= {"uptime": int(now - self._booted_at)}
        return Answer(json.dumps(shown, indent="\t", separators=(",", ":\t")), content_type="application/json")

    def _sensor(self, name: str, now: float) -> float:
        if name in self.faults.absent:
            return ABSENT
        seen_at = self._booted_at + (now - self._booted_at) // REFRESH * REFRESH
        step = SENSORS[name][3]
        value = round(self._room[name].at(seen_at) / step) * step
        return float(struct.unpack("f", struct.pack("f", value))[0])  # the firmware keeps floats of 32 bits

    def _relay(self, body: bytes) -> Answer:
        try:
            asked = parse(body)
        except ValueError:
            return Answer("RESULT: ERROR Failed to parse JSON\n", closes=True)
        fields = asked if isinstance(asked, dict) else {}
        for key in ("channel", "state"):
            if type(fields.get(key)) not in (int, float):
                return Answer(f"RESULT: ERROR Invalid {key} type\n", closes=True)
        channel, state = math.trunc(fields["channel"]), math.trunc(fields["state"])
        if channel not in range(4) or state not in (0, 1):
            return Answer("RESULT: ERROR invalid params!\n")
        self._relays[channel] = state
        return Answer(f"RESULT: SUCCESS\n Relay: {channel}, set to state: {state}\n")

    def _reset(self, body: bytes, now: float) -> Answer:
        if body != b"force_reset":
            return Answer("User have sent incorrect reset command, so no rebooting\n")
        self._reboot_at = now + RESET_DELAY
        return Answer("User have sent force reset command, so rebooting\n", hangs=RESET_DELAY)


def parse(body: bytes) -> Any:  # noqa: ANN401 (JSON is anything)
    """The JSON value at the beginning of `body`. Raises ValueError."""
    if len(body) > LONGEST_BODY:
        raise ValueError("longer than the board's buffer")
    decoder = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
    return decoder.raw_decode(body.decode().lstrip())[0]


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else math.copysign(1e308, value)
