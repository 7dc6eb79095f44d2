"""What the hub itself has decided, on its way into Redis. It is kept until it is written, whatever happens to Redis."""

from collections.abc import Mapping

import orjson

from hub.state import keys
from hub.state.lane import Word
from hub.state.record import Record

_SECTIONS = {keys.AGENTS: "agents", keys.RUNS: "runs", keys.SCHEDULES: "schedules", keys.ALARMS: "alarms"}


class Journal:
    """Fields of hashes (the last word counts) and records of commands (each counts)."""

    def __init__(self) -> None:
        self._fields: dict[tuple[str, str], bytes | None] = {}
        self._records: list[tuple[str, Record]] = []
        self._alarm_changes: list[tuple[str, Mapping[str, object]]] = []
        self._decided: list[str] = []
        self._changes: dict[str, dict[str, object]] = {}
        self._devices: dict[str, dict[str, object]] = {}
        self._commands: list[Record] = []

    @property
    def records(self) -> list[Record]:
        """The records in it, in the order in which they were made."""
        return [record for _, record in self._records]

    def __bool__(self) -> bool:
        return bool(self._fields or self._records or self._decided)

    def info(self, key: str, payload: bytes) -> None:
        """How a device describes itself."""
        self._fields[keys.DEVICES, key] = payload
        self._device(key)["info"] = orjson.Fragment(payload)

    def availability(self, key: str, word: str, now_ms: int) -> None:
        """Whether a device is there."""
        self._fields[keys.AVAILABILITY, key] = b"%b %d" % (word.encode(), now_ms)
        self._device(key)["availability"] = word

    def agent(self, name: str, data: Mapping[str, object], *, tell: bool) -> None:
        """An agent's sign of life; the panels are told only when there is news in it."""
        self._put(keys.AGENTS, name, data, tell=tell)

    def run(self, procedure: str, data: Mapping[str, object] | None) -> None:
        """The latest run of a procedure; None forgets it."""
        self._put(keys.RUNS, procedure, data)

    def schedule(self, name: str, data: Mapping[str, object] | None) -> None:
        """How a schedule stands; None forgets it."""
        self._put(keys.SCHEDULES, name, data)

    def alarm(self, alarm_id: str, data: Mapping[str, object] | None, *, tell: bool) -> None:
        """How an alarm stands; None when it is normal. The panels need not be told of all that is kept."""
        self._put(keys.ALARMS, alarm_id, data, tell=tell)

    def alarm_changed(self, number: str, data: Mapping[str, object]) -> None:
        """How an alarm stands after a change, for the history; `number` grows from change to change and hub to hub."""
        self._alarm_changes.append((number, data))

    def record(self, record: Record, *, latest: bool) -> None:
        """A command of the hub's own, at its request or at its end. `latest`: it is the last one of a known channel."""
        self._commands.append(record)
        self._records.append((self._requested(record) if latest else "", record))

    def foreign(self, record: Record, *, latest: bool) -> None:
        """A command that somebody else gave by MQTT: shown here, audited by its number in the lane."""
        self._commands.append(record)
        if latest:
            self._fields[keys.REQUESTED, self._requested(record)] = orjson.dumps(record)

    def decided(self, entry: str) -> None:
        """A request that need not be looked at again."""
        self._decided.append(entry)

    def forget(self, hash_name: str, field: str) -> None:
        """A field that is about nothing any more."""
        self._fields[hash_name, field] = None

    def words(self) -> list[Word]:
        """All of it as operations of write.lua."""
        words: list[Word] = []
        for (name, field), value in self._fields.items():
            words += (b"*", 3, b"HDEL", name, field) if value is None else (b"*", 4, b"HSET", name, field, value)
        for field, record in self._records:
            words += (b"f", record["id"], field, orjson.dumps(record))
        for number, data in self._alarm_changes:
            words += (b"a", number, orjson.dumps(data))
        for entry in self._decided:
            words += (b"*", 3, b"XDEL", keys.REQUESTS, entry)
        return words

    def delta(self) -> dict[str, object]:
        """What panels shall see of it, in the shape of their snapshot."""
        found: dict[str, object] = dict(self._changes)
        if self._devices:
            found["devices"] = self._devices
        if self._commands:
            found["commands"] = self._commands[::-1]
        return found

    def _put(self, name: str, field: str, data: Mapping[str, object] | None, *, tell: bool = True) -> None:
        self._fields[name, field] = None if data is None else orjson.dumps(data)
        if tell:
            self._changes.setdefault(_SECTIONS[name], {})[field] = data

    def _device(self, key: str) -> dict[str, object]:
        return self._devices.setdefault(key, {})

    def _requested(self, record: Record) -> str:
        key, channel = record["key"], record["channel"]
        if key is None or channel is None:
            return ""
        requested = self._device(key).setdefault("requested", {})
        requested[channel] = record  # type: ignore[index]
        return f"{key}/{channel}"
