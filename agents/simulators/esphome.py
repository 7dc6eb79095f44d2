"""A simulated ESPHome node: a pump in a greenhouse, with sensors, over ESPHome's web API.

A command is carried out a moment after it was acknowledged, as in the firmware.
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from agents.simulators.http_board import Answer
from agents.simulators.surroundings import Exchange
from agents.simulators.values import noise

DELAY = 0.2
"""Seconds until a command is carried out."""
MODES = ("eco", "normal", "boost")


@dataclass(frozen=True)
class EsphomeFaults:
    """What can be wrong with it; a fault lasts as long as it stands in the file.

    `absent`: its thermometer has no value. `old`: firmware before 2026.1, which knows no names. `slow` is the seconds
    that each answer takes longer; `refuse` lets nobody connect.
    """

    absent: bool = False
    old: bool = False
    slow: float = 0.0
    refuse: bool = False


class Esphome:
    """The node. `now` is its own time, in seconds."""

    def __init__(self, seed: str, _now: float, exchange: Exchange) -> None:
        self.faults = EsphomeFaults()
        self._seed, self._exchange = seed, exchange
        self._states: dict[str, Any] = {"switch/Pump": False, "number/Target": 22.5, "select/Mode": "normal"}
        self._due: list[tuple[float, str, Any]] = []

    def suffer(self, faults: EsphomeFaults, _now: float) -> None:
        """From now on have these faults and no others."""
        self.faults = faults

    def reachable(self, _now: float) -> bool:
        """Whether anything listens on its port."""
        return not self.faults.refuse

    def answer(self, method: str, target: str, _body: bytes, now: float) -> Answer:
        """The answer to one HTTP request."""
        parts = urlsplit(target)
        domain, _, rest = parts.path.lstrip("/").partition("/")
        name, _, action = rest.partition("/")
        entity = self._find(domain, unquote(name))
        if entity is None or (method == "POST") != bool(action):
            return Answer("Not found", 404)
        if method == "POST":
            query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
            return self._command(entity, action, query, now)
        return Answer(json.dumps(self._entity(entity, now)), content_type="application/json")

    def _find(self, domain: str, name: str) -> str | None:
        for entity in (*self._states, "sensor/Room temp", "binary_sensor/Door", "text_sensor/Version"):
            known, _, full = entity.partition("/")
            word = re.sub(r"[^a-z0-9_-]", "_", full.lower())
            if domain == known and (name == word or (name == full and not self.faults.old)):
                return entity
        return None

    def _command(self, entity: str, action: str, query: dict[str, str], now: float) -> Answer:
        match entity, action:
            case "switch/Pump", "turn_on" | "turn_off":
                value: Any = action == "turn_on"
            case "number/Target", "set" if re.fullmatch(r"\d{1,2}(\.\d)?", query.get("value", "")):
                value = float(query["value"])
            case "select/Mode", "set" if query.get("option") in MODES:
                value = query["option"]
            case _:
                return Answer("Not found", 404)
        self._due.append((now + DELAY, entity, value))
        return Answer("")

    def _entity(self, entity: str, now: float) -> dict[str, Any]:
        for due in [due for due in self._due if due[0] <= now]:
            self._due.remove(due)
            self._states[due[1]] = due[2]
        domain, _, name = entity.partition("/")
        return {"id": f"{domain}-{re.sub(r'[^a-z0-9_-]', '_', name.lower())}", **self._value(entity, now)}

    def _value(self, entity: str, now: float) -> dict[str, Any]:
        match entity:
            case "sensor/Room temp" if self.faults.absent:
                return {"value": None, "state": "NA"}
            case "sensor/Room temp":
                value = self._exchange({}, now).outside_temperature + noise(self._seed, now, 0.1)
                return {"value": round(value, 1), "state": f"{value:.1f} °C"}
            case "binary_sensor/Door":
                return {"value": False, "state": "OFF"}
            case "text_sensor/Version":
                return {"value": "2026.2.1", "state": "2026.2.1"}
            case "switch/Pump":
                return {"value": self._states[entity], "state": "ON" if self._states[entity] else "OFF"}
        return {"value": self._states[entity], "state": str(self._states[entity])}
