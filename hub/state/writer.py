"""Writing to Redis what the hub has decided: one round trip, all or nothing, and only with the lock in hand."""

from pathlib import Path

import orjson
import redis
from redis.exceptions import NoScriptError

from hub.contract.presence import Stored
from hub.state import keys
from hub.state.journal import Journal
from hub.state.lane import Lane, Word
from hub.state.live import Live
from hub.state.lock import LockLostError

_SCRIPT = Path(__file__).with_name("write.lua").read_text()
_KEYS = (
    keys.HUB,
    keys.SEQUENCE,
    keys.READINGS,
    keys.AUDIT,
    keys.DEAD,
    keys.REQUESTED,
    keys.STATE,
    keys.EVENTS,
    keys.ALARM_HISTORY,
)
_LIMITS = (
    keys.READINGS_KEPT,
    keys.AUDIT_KEPT,
    keys.DEAD_KEPT,
    keys.command(""),
    keys.COMMAND_SECONDS,
    keys.EVENTS_KEPT,
    keys.ALARM_HISTORY_KEPT,
)


class Writer:
    """Writes for the hub whose lock has the value `lock`."""

    def __init__(self, client: redis.Redis, lock: bytes) -> None:
        self._redis = client
        self._lock = lock
        self._digest = ""

    def begin(self, journal: Journal, now_ms: int) -> None:
        """Write `journal` and tell the panels to look at the whole again. Raises as `write` does."""
        self._run(now_ms, [*journal.words(), *_event({"type": "reset", "time": now_ms})])

    def write(self, lane: Lane, live: Live, journal: Journal, now_ms: int) -> dict[str, Stored]:
        """Write it all, tell the panels, and return up to where each agent that was heard of is stored now.

        Raises LockLostError and redis.RedisError. After the latter it may have been done or not: live and journal may
        be written again, the lane comes again from the agents.
        """
        words = lane.words() + live.words() + journal.words()
        if delta := journal.delta():
            words += _event({"type": "delta", "time": now_ms, **delta})
        answer = self._run(now_ms, words)
        return {
            answer[i].decode(): Stored(answer[i + 1].decode(), int(answer[i + 2])) for i in range(0, len(answer), 3)
        }

    def _run(self, now_ms: int, words: list[Word]) -> list[bytes]:
        arguments = (self._lock, now_ms, *_LIMITS, *words)
        try:
            answer = self._redis.evalsha(self._digest, len(_KEYS), *_KEYS, *arguments)
        except NoScriptError:  # the first time, or Redis was restarted: nothing was done
            self._digest = self._redis.script_load(_SCRIPT)
            answer = self._redis.evalsha(self._digest, len(_KEYS), *_KEYS, *arguments)
        if answer is None:
            raise LockLostError
        return answer  # type: ignore[no-any-return]


def _event(delta: dict[str, object]) -> list[Word]:
    return [b"*", 8, b"XADD", keys.EVENTS, b"MAXLEN", b"~", keys.EVENTS_KEPT, b"*", b"j", orjson.dumps(delta)]
