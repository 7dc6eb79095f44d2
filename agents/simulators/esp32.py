"""What the simulated ESP32 boards share: a request in, an answer out; sensors, /reset, and reboots.

A board parses as its firmware's small JSON reader does: what follows the object is left aside, a number's decimals are
cut off, and true, false and texts are no numbers. Chosen by us, for want of a fact: that a body of 100 bytes or more is
a parse error, and that booting takes 2 s, in which nothing listens.
"""

import json
import math
import struct
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NoReturn
from urllib.parse import urlsplit

from agents.simulators.http_board import Answer
from agents.simulators.surroundings import Exchange
from agents.simulators.values import noise
from agents.simulators.world import Quantities

ABSENT = -255.0
RESET_DELAY, BOOT = 1.0, 2.0
LONGEST_BODY = 99


@dataclass(frozen=True)
class Esp32Faults:
    """What can be wrong with a board; the fault lasts as long as it stands in the file.

    `absent` names sensors that show -255, `frozen` those that stay at what they show; `slow` is the seconds that each
    answer takes longer; `refuse` lets nobody connect; `reboot` reboots the board once when it is set; `lost` is how
    many of the next commands are carried out, but never answered, as the connection breaks.
    """

    sensors: ClassVar[Collection[str]]
    absent: tuple[str, ...] = ()
    frozen: tuple[str, ...] = ()
    slow: float = 0.0
    refuse: bool = False
    reboot: bool = False
    lost: int = 0

    def __post_init__(self) -> None:
        if not {*self.absent, *self.frozen} <= set(self.sensors):
            raise ValueError(f"absent and frozen take a list with some of: {', '.join(self.sensors)}")


@dataclass(frozen=True)
class Sensor:
    """What a sensor shows of a quantity: noise (standard deviation), the smallest step, and the most it can show."""

    quantity: Callable[[Quantities], float]
    noise: float
    step: float
    most: float = math.inf

    def show(self, quantities: Quantities, seed: str, now: float) -> float:
        """The number that the firmware keeps: a float of 32 bits."""
        value = min(self.most, self.quantity(quantities) + noise(seed, now, self.noise))
        value = round(value / self.step) * self.step
        return float(struct.unpack("f", struct.pack("f", value))[0])


Handler = Callable[[bytes, float], Answer]


class Esp32:
    """A board without its outputs. Times are seconds of one clock that only goes forward."""

    Faults: ClassVar[type[Esp32Faults]]
    sensors: ClassVar[Mapping[str, Sensor]]
    refresh: ClassVar[float]
    """Seconds between two looks of the board at its sensors."""

    def __init__(self, seed: str, now: float, exchange: Exchange) -> None:
        self.faults = self.Faults()
        self._seed, self._exchange = seed, exchange
        self._booted_at = now
        self._reboot_at = math.inf
        self._lost = 0
        self._frozen: dict[str, float] = {}
        self._outputs_off()
        self._seen_at, self._seen = now, self._meet_world(now)

    def suffer(self, faults: Esp32Faults, now: float) -> None:
        """From now on have these faults and no others."""
        before, self.faults = self.faults, faults
        if faults.reboot and not before.reboot:
            self._reboot_at = now
        if faults.lost != before.lost:
            self._lost = faults.lost

    def reachable(self, now: float) -> bool:
        """Whether anything listens on its port; a reboot that is due, and what was set, happen now."""
        if now >= self._reboot_at:
            self._booted_at, self._reboot_at = now + BOOT, math.inf
            self._outputs_off()
        if self._outputs() != self._told:  # here, not in `answer`: a real board's answer does not wait for the air
            self._meet_world(now)
        return now >= self._booted_at and not self.faults.refuse

    def answer(self, method: str, target: str, body: bytes, now: float) -> Answer:
        """The answer to one HTTP request."""
        path = urlsplit(target).path
        routes = {"/info": ("GET", self._info), "/reset": ("POST", self._reset), **self._routes()}
        if path not in routes:
            return Answer("Nothing matches the given URI", 404, closes=True)
        allowed, handler = routes[path]
        if method != allowed:
            return Answer("Specified method is invalid for this resource", 405, closes=True)
        answer = handler(body, now)
        if method == "POST" and self._lost > 0:
            self._lost -= 1
            return replace(answer, lost=True)
        return answer

    def _routes(self) -> dict[str, tuple[str, Handler]]:
        """Paths of this board's own, each with its method."""
        raise NotImplementedError

    def _shown(self) -> dict[str, Any]:
        """Outputs, and what else `/info` tells before the sensors."""
        raise NotImplementedError

    def _outputs(self) -> dict[str, float]:
        """What its outputs are, for the world."""
        raise NotImplementedError

    def _outputs_off(self) -> None:
        """As after a boot."""
        raise NotImplementedError

    def _info(self, _body: bytes, now: float) -> Answer:
        sensors = {name: self._sensor(name, now) for name in self.sensors}
        shown = self._shown() | {name: int(value) if value.is_integer() else value for name, value in sensors.items()}
        shown |= {"uptime": int(now - self._booted_at)}
        return Answer(json.dumps(shown, indent="\t", separators=(",", ":\t")), content_type="application/json")

    def _meet_world(self, now: float) -> Quantities:
        self._told = self._outputs()
        return self._exchange(self._told, now)

    def _sensor(self, name: str, now: float) -> float:
        if name in self.faults.absent:
            return ABSENT
        if name in self.faults.frozen:
            return self._frozen.setdefault(name, self._show(name, now))
        self._frozen.pop(name, None)
        return self._show(name, now)

    def _show(self, name: str, now: float) -> float:
        looked_at = self._booted_at + (now - self._booted_at) // self.refresh * self.refresh
        if looked_at != self._seen_at:
            self._seen_at, self._seen = looked_at, self._meet_world(now)
        return self.sensors[name].show(self._seen, f"{self._seed} {name}", looked_at)

    def _reset(self, body: bytes, now: float) -> Answer:
        if body != b"force_reset":
            return Answer("User have sent incorrect reset command, so no rebooting\n")
        self._reboot_at = now + RESET_DELAY
        return Answer("User have sent force reset command, so rebooting\n", hangs=RESET_DELAY)


def parse(body: bytes) -> Mapping[str, Any]:
    """The JSON object at the beginning of `body`; empty for JSON of another kind. Raises ValueError."""
    if len(body) > LONGEST_BODY:
        raise ValueError("longer than the board's buffer")
    decoder = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
    found = decoder.raw_decode(body.decode().lstrip())[0]
    return found if isinstance(found, dict) else {}


def number(fields: Mapping[str, Any], key: str) -> int | None:
    """A number as the firmware takes it, its decimals cut off; None for what is no number."""
    return math.trunc(fields[key]) if type(fields.get(key)) in (int, float) else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else math.copysign(1e308, value)
