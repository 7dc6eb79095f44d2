"""A simulated weather station with a heater that answers with JSON: `GET /status`, `POST /heater`, `PUT /target/22`."""

import json
import re
from dataclasses import dataclass
from typing import Any

from agents.simulators.http_board import Answer
from agents.simulators.surroundings import Exchange
from agents.simulators.values import noise

MODES = ("auto", "manual")


@dataclass(frozen=True)
class WeatherStationFaults:
    """What can be wrong with it; a fault lasts as long as it stands in the file.

    `absent`: a sensor gives null. `missing`: it is not mentioned at all. `wrong_type`: it gives a text. `page`: a page
    of HTML comes instead of JSON. `error`: everything is answered with status 500. `stuck`: it takes commands and does
    nothing. `slow` is the seconds that each answer takes longer; `refuse` lets nobody connect.
    """

    absent: bool = False
    missing: bool = False
    wrong_type: bool = False
    page: bool = False
    error: bool = False
    stuck: bool = False
    slow: float = 0.0
    refuse: bool = False


class WeatherStation:
    """The station. `now` is its own time, in seconds."""

    def __init__(self, seed: str, _now: float, exchange: Exchange) -> None:
        self.faults = WeatherStationFaults()
        self._seed, self._exchange = seed, exchange
        self._heater, self._target, self._mode = False, 20.0, "auto"

    def suffer(self, faults: WeatherStationFaults, _now: float) -> None:
        """From now on have these faults and no others."""
        self.faults = faults

    def reachable(self, _now: float) -> bool:
        """Whether anything listens on its port."""
        return not self.faults.refuse

    def answer(self, method: str, target: str, body: bytes, now: float) -> Answer:
        """The answer to one HTTP request."""
        if self.faults.error:
            return Answer("Internal error", 500)
        if self.faults.page:
            return Answer("<html>Please log in</html>")
        if (method, target) == ("GET", "/status"):
            return Answer(json.dumps(self._status(now)), content_type="application/json")
        return Answer("", 204 if self._command(method, target, body) else 400)

    def _status(self, now: float) -> dict[str, Any]:
        found = self._exchange({}, now)
        sensors: list[dict[str, Any]] = [
            {"temp": round(found.outside_temperature + noise(f"{self._seed} temp", now, 0.1), 2)},
            {"hum": round(found.outside_humidity + noise(f"{self._seed} hum", now, 0.3), 1)},
        ]
        if self.faults.absent:
            sensors[0]["temp"] = None
        if self.faults.wrong_type:
            sensors[0]["temp"] = "warm"
        if self.faults.missing:
            del sensors[0]["temp"]
        return {"sensors": sensors, "heater": {"on": self._heater, "target": self._target}, "mode": self._mode}

    def _command(self, method: str, target: str, body: bytes) -> bool:
        """Carry out a command; False when it is none."""
        if (method, target) == ("POST", "/heater") and body in (b'{"on": true}', b'{"on": false}'):
            self._heater = b"true" in body if not self.faults.stuck else self._heater
        elif method == "PUT" and re.fullmatch(r"/target/\d{1,2}(\.\d)?", target):
            self._target = float(target.removeprefix("/target/")) if not self.faults.stuck else self._target
        elif method == "GET" and target.removeprefix("/mode?is=") in MODES:
            self._mode = target.removeprefix("/mode?is=") if not self.faults.stuck else self._mode
        else:
            return False
        return True
