"""How panel and command line ask something of the hub, and learn what became of it."""

import secrets
import time
from pathlib import Path

import orjson
import redis

from hub.contract.channels import Value
from hub.contract.command import Status
from hub.contract.errors import ClayhubError, Code
from hub.state import keys
from hub.state.record import Record, is_final

DEADLINE_MS = 5_000
"""A request that the hub has not taken by then is expired, never done late."""

_SCRIPT = Path(__file__).with_name("request.lua").read_text()


class Requests:
    """The asking side. Every method may raise redis.RedisError."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._send = client.register_script(_SCRIPT)

    def set(self, key: str, channel: str, value: Value, *, who: str, source: str) -> str:
        """Ask to set a channel; returns the id to ask for the outcome. Raises ClayhubError (hub_down, busy)."""
        return self._ask("set", who, source, key=key, channel=channel, value=value)

    def procedure(self, name: str, action: str, *, who: str, source: str) -> str:
        """Ask to `start`, `stop`, `reset` or `clear` a procedure. Raises ClayhubError (hub_down, busy)."""
        return self._ask("procedure", who, source, name=name, action=action)

    def schedule(self, name: str, action: str, *, who: str, source: str) -> str:
        """Ask to `start`, `stop`, `reset` or `clear` a schedule. Raises ClayhubError (hub_down, busy)."""
        return self._ask("schedule", who, source, name=name, action=action)

    def wait(self, request_id: str, seconds: float) -> Record | None:
        """The record once it is final, or as it is after `seconds`; None when there is no such request."""
        end = time.monotonic() + seconds
        while True:
            found = self._redis.get(keys.command(request_id))
            record: Record | None = orjson.loads(found) if isinstance(found, bytes) else None
            if record is None or is_final(record) or time.monotonic() > end:
                return record
            time.sleep(0.02)

    def _ask(self, kind: str, who: str, source: str, **fields: Value) -> str:
        request_id = secrets.token_hex(8)
        record = {
            "requested": 0,
            "id": request_id,
            "kind": kind,
            "key": None,
            "channel": None,
            "value": None,
            "status": Status.PENDING,
            "code": None,
            "reason": None,
            "who": who,
            "source": source,
            "ended": None,
            "until": None,
            **fields,
        }
        answer = self._send(
            keys=[keys.HUB, keys.REQUESTS, keys.command(request_id)],
            args=[orjson.dumps(record), keys.REQUESTS_KEPT, keys.COMMAND_SECONDS, DEADLINE_MS],
        )
        if answer == b"hub_down":
            raise ClayhubError(Code.HUB_DOWN, "The hub does not run, so nothing was done. Start it and try again.")
        if answer == b"busy":
            raise ClayhubError(Code.BUSY, "The hub cannot keep up with requests; nothing was done. Try again soon.")
        return request_id
