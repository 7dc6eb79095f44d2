"""What the hub would write into Redis, written by a test: devices, readings, commands, its own coming and going."""

import time
from typing import Any

import orjson
from redis import Redis

from hub.state import keys

Json = dict[str, Any]

CHAMBER: Json = {
    "title": "Relays and climate",
    "driver": "esp32_relay",
    "agent": "bench",
    "period": 2.0,
    "commands": "anyone",
    "channels": {
        "fan": {"kind": "switch", "title": "Fan", "writable": True},
        "temperature": {"kind": "number", "title": "Temperature", "unit": "°C", "decimals": 1},
        "gas": {
            "kind": "number",
            "title": "Gas",
            "unit": "ppm",
            "calibration": {"date": "2026-10-01", "note": "zero gas", "scale": 2.0},
        },
        "sum": {"kind": "number", "title": "Sum", "formula": "gas + temperature"},
        "light": {
            "kind": "number",
            "title": "Light",
            "unit": "%",
            "low": 0,
            "high": 100,
            "decimals": 0,
            "writable": True,
        },
        "mode": {"kind": "choice", "title": "Mode", "options": ["day", "night"], "writable": True},
        "note": {"kind": "text", "title": "Note", "writable": True},
        "reset": {"kind": "action", "title": "Reset the board", "writable": True},
        "zero": {"kind": "action", "title": "Find the zero", "writable": True, "confirm": "dialog"},
        "flood": {"kind": "switch", "title": "Flood valve", "writable": True, "confirm": "hold"},
    },
}

VALUES: Json = {
    "fan": False,
    "temperature": 21.34,
    "light": 60,
    "mode": "day",
    "note": "quiet",
    "flood": False,
    "gas": 24,
    "sum": 45,
}


class Laboratory:
    """Each method writes the state and tells the panels, as the hub does in one step."""

    KEY = "phytotron/chamber"

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self._n = 0

    def set_up(self) -> None:
        """An empty Redis, a running hub, one device with a reading."""
        self.redis.flushdb()
        self.hub(True)
        self.redis.hset(keys.DEVICES, self.KEY, orjson.dumps(CHAMBER))
        self.tell(type="reset")
        self.availability("online")
        self.read()

    def hub(self, runs: bool) -> None:
        """The hub is there, or its key has run out."""
        if runs:
            self.redis.set(keys.HUB, orjson.dumps({"boot": "b1", "token": 1, "since": self.now(), "config": "c1"}))
        else:
            self.redis.delete(keys.HUB)

    def now(self) -> int:
        """The server's time in ms."""
        return int(time.time() * 1000)

    def tell(self, **change: object) -> None:
        """An event for the panels."""
        delta = {"type": "delta", "time": self.now(), **change}
        self.redis.xadd(keys.EVENTS, {"j": orjson.dumps(delta)}, maxlen=1000)

    def availability(self, word: str) -> None:
        """The device comes and goes."""
        self.redis.hset(keys.AVAILABILITY, self.KEY, f"{word} {self.now()}")
        self.tell(devices={self.KEY: {"availability": word}})

    def read(self, quality: Json | None = None, age: float = 0.0, **values: object) -> Json:
        """A reading came `age` seconds ago."""
        self._n += 1
        state = {"ts": "2026-11-22T11:35:02.123Z", "epoch": "e1", "n": self._n, **VALUES, **values}
        if quality:
            state["quality"] = quality
        received = self.now() - int(age * 1000)
        self.redis.hset(keys.STATE, self.KEY, b"%d " % received + orjson.dumps(state))
        self.tell(devices={self.KEY: {"state": state, "received": received}})
        return state

    def request(self) -> Json:
        """The oldest request that nobody has taken yet."""
        waiting: Any = self.redis.xrange(keys.REQUESTS, count=1)
        ((entry, fields),) = waiting
        self.redis.xdel(keys.REQUESTS, entry)
        return orjson.loads(fields[b"j"])  # type: ignore[no-any-return]

    def requests(self) -> int:
        """How many requests wait."""
        return int(self.redis.xlen(keys.REQUESTS))

    def record(self, record: Json, **changes: object) -> Json:
        """The hub's word about a command."""
        record = {**record, **changes}
        if record["status"] != "pending":
            record["ended"] = self.now()
        self.redis.xadd(keys.AUDIT, {"j": orjson.dumps(record)})
        devices = {}
        if record["key"] and record["channel"]:
            self.redis.hset(keys.REQUESTED, f"{record['key']}/{record['channel']}", orjson.dumps(record))
            devices = {record["key"]: {"requested": {record["channel"]: record}}}
        self.tell(commands=[record], devices=devices)
        return record

    def run(self, **run: object) -> None:
        """A procedure's run goes on."""
        self.redis.hset(keys.RUNS, "ventilation", orjson.dumps(run))
        self.tell(runs={"ventilation": run})

    def alarm(self, alarm_id: str, **alarm: object) -> Json:
        """An alarm comes, or changes."""
        found: Json = {"id": alarm_id, "kind": "limit", "key": self.KEY, "channel": "temperature", "value": 41.23}
        found |= {"priority": "high", "state": "unacknowledged", "message": "Too hot.", "raised": self.now()}
        found |= {"cleared": None, "acknowledged": None, "by": None, "note": None, **alarm}
        self.redis.hset(keys.ALARMS, alarm_id, orjson.dumps(found))
        self.tell(alarms={alarm_id: found})
        return found

    def end_alarm(self, alarm_id: str) -> None:
        """An alarm is over."""
        self.redis.hdel(keys.ALARMS, alarm_id)
        self.tell(alarms={alarm_id: None})

    def schedule(self, **schedule: object) -> None:
        """How a schedule stands."""
        self.redis.hset(keys.SCHEDULES, "cycle", orjson.dumps(schedule))
        self.tell(schedules={"cycle": schedule})
