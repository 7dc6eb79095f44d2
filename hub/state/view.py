"""What panel and command line read: the whole as it is now, then what changes."""

from typing import Any

import orjson
import redis

from hub.contract.errors import ClayhubError, Code
from hub.state import keys
from hub.state.objects import Json, objects
from hub.state.record import Record

LATEST_COMMANDS = 20
MOST_EVENTS = 200
"""Read at once; fewer than `keys.EVENTS_KEPT`."""


class Lost(ClayhubError):  # noqa: N818 - reads as what happened: `raise Lost`
    """Changes after the cursor were missed, or the state began anew: take a new snapshot."""

    def __init__(self) -> None:
        super().__init__(Code.STORE_DOWN, "The changes since the last look are not kept; look at the whole again.")


class View:
    """The reading side. Every method may raise redis.RedisError."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def snapshot(self) -> Json:
        """Everything as it is now; `cursor` is where `follow` goes on. One round trip.

        No transaction, which Redis refuses when its memory is full: what changes meanwhile comes after the cursor.
        """
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.time()
            pipe.xrevrange(keys.EVENTS, count=1)
            pipe.get(keys.HUB)
            for name in (keys.DEVICES, keys.STATE, keys.AVAILABILITY, keys.REQUESTED):
                pipe.hgetall(name)
            for name in (keys.AGENTS, keys.RUNS, keys.SCHEDULES, keys.ALARMS):
                pipe.hgetall(name)
            pipe.xrevrange(keys.AUDIT, count=3 * LATEST_COMMANDS)
            now, last, hub, infos, states, availability, requested, *others, audit = pipe.execute()
        agents, runs, schedules, alarms = map(objects, others)
        return {
            "type": "snapshot",
            "cursor": last[0][0].decode() if last else "0-0",
            "time": now[0] * 1000 + now[1] // 1000,
            "hub": orjson.loads(hub) if hub else None,
            "agents": agents,
            "devices": _devices(infos, states, availability, requested),
            "runs": runs,
            "schedules": schedules,
            "alarms": alarms,
            "commands": _latest(audit),
        }

    def follow(self, cursor: str, block: float) -> tuple[str, list[Json]]:
        """What changed after `cursor`: at once if there is anything, else within `block` seconds or an empty list.

        Returns the next cursor and the changes, each in the snapshot's shape with only what changed. Who merges them
        takes away a key whose value is None and puts `commands` before those known (the same id replaces).
        `block` is in seconds, and the client's timeout must be longer. Raises Lost.
        """
        streams: Any = self._redis.xread({keys.EVENTS: cursor}, count=MOST_EVENTS, block=max(1, int(block * 1000)))
        entries = streams[0][1] if streams else []
        # The hub keeps more than this: if it has trimmed the cursor away, all that is read comes after it, and is much.
        # Nothing at all can mean a new stream.
        if len(entries) in (0, MOST_EVENTS) and cursor != "0-0" and not self._redis.xrange(keys.EVENTS, cursor, cursor):
            raise Lost
        deltas: list[Json] = []
        for entry, fields in entries:
            cursor = entry.decode()
            delta = orjson.loads(fields[b"j"])
            if delta["type"] == "reset":
                raise Lost
            deltas.append({**delta, "cursor": cursor})
        return cursor, deltas

    def hub_alive(self) -> bool:
        """Whether a hub is there to do what is asked.

        None can be while Redis cannot write to its disk: then this raises, and `refusal` has the words.
        """
        alive = bool(self._redis.exists(keys.HUB))
        if not alive:
            self._redis.ping()  # which Redis refuses then, though it lets everybody read
        return alive

    def command(self, request_id: str) -> Record | None:
        """What became of a request; None when there is none of that id (or it is older than an hour)."""
        found = self._redis.get(keys.command(request_id))
        return orjson.loads(found) if isinstance(found, bytes) else None

    def audit(self, count: int) -> list[Record]:
        """The latest commands, newest first, at most `count`; each once, as it is now."""
        return _latest(self._redis.xrevrange(keys.AUDIT, count=3 * count), count)

    def alarm_history(self, count: int) -> list[Json]:
        """The latest changes of alarms, newest first: at most `count`, each as the alarm stood then, with `at` (ms)."""
        entries: Any = self._redis.xrevrange(keys.ALARM_HISTORY, count=count)
        return [orjson.loads(fields[b"j"]) for _entry, fields in entries]

    def readings(self, key: str, count: int, agent: str = "") -> list[Json]:
        """A device's recent readings, newest last, each with `received` (ms): at most `count`.

        Among them `{"gap": "813-900", "received": ...}` where readings of the `agent` are missing.
        """
        found: list[Json] = []
        device, whose, before = key.encode(), agent.encode(), "+"
        while True:
            entries: Any = self._redis.xrevrange(keys.READINGS, before, count=1_000)
            for _entry, fields in entries:
                if fields.get(b"d") == device and b"j" in fields:
                    found.append({**orjson.loads(fields[b"j"]), "received": int(fields[b"r"])})
                elif b"gap" in fields and fields.get(b"a") == whose:
                    found.append({"gap": fields[b"gap"].decode(), "received": int(fields[b"r"])})
            if len(found) >= count or len(entries) < 1_000:
                break
            before = f"({entries[-1][0].decode()}"
        return found[:count][::-1]


def _devices(
    infos: dict[bytes, bytes],
    states: dict[bytes, bytes],
    availability: dict[bytes, bytes],
    requested: dict[bytes, bytes],
) -> dict[str, Json]:
    devices: dict[str, Json] = {}
    for key, info in sorted(objects(infos).items()):
        name = key.encode()
        received, _, state = states.get(name, b"").partition(b" ")
        devices[key] = {
            "info": info,
            "state": orjson.loads(state) if state else None,
            "received": int(received) if state else None,
            "availability": availability[name].partition(b" ")[0].decode() if name in availability else None,
            "requested": {},
        }
    for name, record in requested.items():
        key, _, channel = name.decode().rpartition("/")
        if key in devices:
            devices[key]["requested"][channel] = orjson.loads(record)
    return devices


def _latest(entries: Any, count: int = LATEST_COMMANDS) -> list[Record]:  # noqa: ANN401  redis-py types replies as Any
    """Each command once, as it is now, the one requested last first."""
    newest: dict[str, Record] = {}
    for _, fields in entries:
        record: Record = orjson.loads(fields[b"j"])
        newest.setdefault(record["id"], record)
    return sorted(newest.values(), key=lambda record: record["requested"], reverse=True)[:count]
