"""How panel and command line ask something of the hub, and learn what became of it."""

import secrets
import time
from pathlib import Path

import orjson
import redis

from hub.contract.channels import Value
from hub.contract.errors import ClayhubError, Code
from hub.state import keys
from hub.state.record import Record, is_final, pending

DEADLINE_MS = 5_000
"""A request that the hub has not taken by then is expired, never done late."""

_SCRIPT = Path(__file__).with_name("request.lua").read_text()


class Requests:
    """The asking side. Every method may raise redis.RedisError."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._send = client.register_script(_SCRIPT)

    def send(self, kind: str, who: str, source: str, **fields: Value) -> str:
        """Ask, and return the id by which to learn the outcome. Raises ClayhubError (hub_down, busy).

        A `set` has key, channel and value; a `procedure` or `schedule` has name and action (start, stop, reset, clear);
        an `alarm` has name, the action `acknowledge`, and a note (empty: nothing to say).
        """
        request_id = secrets.token_hex(8)
        record = {**pending(request_id, kind, who, source, requested=0), **fields}
        answer = self._send(
            keys=[keys.HUB, keys.REQUESTS, keys.command(request_id)],
            args=[orjson.dumps(record), keys.REQUESTS_KEPT, keys.COMMAND_SECONDS, DEADLINE_MS],
        )
        if answer == b"hub_down":
            raise ClayhubError(Code.HUB_DOWN, "The hub does not run, so nothing was done. Start it and try again.")
        if answer == b"busy":
            raise ClayhubError(Code.BUSY, "The hub cannot keep up with requests; nothing was done. Try again soon.")
        return request_id

    def wait(self, request_id: str, seconds: float) -> Record | None:
        """The record once it is final, or as it is after `seconds`; None when there is no such request."""
        end = time.monotonic() + seconds
        while True:
            found = self._redis.get(keys.command(request_id))
            record: Record | None = orjson.loads(found) if isinstance(found, bytes) else None
            if record is None or is_final(record) or time.monotonic() > end:
                return record
            time.sleep(0.02)
