"""A command on its way: asked for by anybody, passed on guarded by the hub, answered by the agent."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import orjson

from hub.contract import strict, wire
from hub.contract.channels import Channel, Value
from hub.contract.errors import Code, Refused


class Status(StrEnum):
    """What became of a command. Every command gets exactly one of these but `pending`, which is the time before."""

    PENDING = "pending"
    DONE = "done"
    REJECTED = "rejected"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SetRequest:
    """What anybody asks for on `.../<channel>/set`: a bare `60` or `ON`, or `{"value": 60, "id": "a1"}`."""

    value: Value
    id: str | None

    @classmethod
    def decode(cls, channel: Channel, payload: bytes) -> Self:
        """Raises Refused with the code that names the mistake."""
        text = strict.decode(payload)
        bare = text.strip(" \t\r\n")
        if not bare:
            raise Refused(Code.BAD_JSON, "The payload is empty; send a value such as 60 or ON.")
        if not bare.startswith("{"):
            return cls(channel.parse(text if channel.kind == "text" else bare), None)
        data = strict.loads_object(payload)
        if "value" not in data or not data.keys() <= {"value", "id"}:
            raise Refused(Code.BAD_MESSAGE, 'A command is {"value": ...} and may have an "id"; nothing else.')
        request_id = data.get("id")
        if request_id is not None and not (isinstance(request_id, str) and 0 < len(request_id) <= 100):
            raise Refused(Code.BAD_MESSAGE, 'The "id" of a command is a text of 1 to 100 characters.')
        return cls(channel.check(data["value"]), request_id)


@dataclass(frozen=True, slots=True)
class Command(wire.Message):
    """A guarded command from the hub, on `.../command`.

    The guard is what decides freshness, and no wall clock does: `boot` and `beat` repeat the agent's latest heartbeat,
    `token` is the hub's fencing token (a newer hub has a greater one), `counter` counts the hub's commands under it.
    """

    id: str
    channel: str
    value: Value
    boot: str
    beat: int
    token: int
    counter: int

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Strictly: also a field too many or a key said twice are refused. Raises Refused (bad_message, ...)."""
        data = strict.loads_object(payload)
        if not data.keys() <= set(cls.__slots__):
            raise Refused(Code.BAD_MESSAGE, "The command's fields are not those of docs/topics.md.")
        return cls.from_json(data)


@dataclass(frozen=True, slots=True)
class Result(wire.Message):
    """What became of a command, on `.../result`."""

    id: str
    channel: str
    value: Value | None
    status: Status
    ts: str
    epoch: str
    n: int
    code: str | None = None
    reason: str | None = None
    until: str | None = None
    """When the lease of the value ends: UTC, ISO 8601."""

    def encode(self) -> bytes:
        """The JSON object; what is not set is left out, `value` excepted."""
        data = {name: getattr(self, name) for name in self.__slots__}
        return orjson.dumps({key: value for key, value in data.items() if value is not None or key == "value"})

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Raises Refused (too_large, bad_json, bad_message)."""
        data = wire.load(payload)
        if data.get("status") not in tuple(Status):
            raise Refused(Code.BAD_MESSAGE, "The result's status is none that this version knows.")
        return cls.from_json({**data, "status": Status(data["status"])})
