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
from hub.state.recent import Recent

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
        self._recent = Recent()
        self._restarted = False

    def begin(self, journal: Journal, now_ms: int) -> None:
        """Write `journal` and tell the panels to look at the whole again. Raises as `write` does."""
        words = journal.words()
        self._run(now_ms, [*words, *_reset(now_ms)])
        self._recent.add(Live(), words, now_ms)

    def write(self, lane: Lane, live: Live, journal: Journal, now_ms: int) -> dict[str, Stored]:
        """Write it all, tell the panels, and return up to where each agent that was heard of is stored now.

        Raises LockLostError and redis.RedisError. After the latter it may have been done or not: live and journal may
        be written again, the lane comes again from the agents.
        """
        kept = journal.words()
        words = lane.words() + live.words() + kept
        if delta := journal.delta():
            words += _event({"type": "delta", "time": now_ms, **delta})
        answer = self._run(now_ms, words)
        self._recent.add(live, kept, now_ms)
        return {
            answer[i].decode(): Stored(answer[i + 1].decode(), int(answer[i + 2])) for i in range(0, len(answer), 3)
        }

    def _run(self, now_ms: int, words: list[Word]) -> list[bytes]:
        try:
            answer = self._evaluate(now_ms, words)
        except NoScriptError:  # the first time, or Redis was restarted: nothing was done
            self._restarted |= bool(self._digest)
            self._digest = self._redis.script_load(_SCRIPT)
            answer = self._evaluate(now_ms, words)
        if answer is None:
            raise LockLostError
        self._restarted = False
        return answer

    def _evaluate(self, now_ms: int, words: list[Word]) -> list[bytes] | None:
        again = [*self._recent.words(), *_reset(now_ms)] if self._restarted else []
        return self._redis.evalsha(  # type: ignore[no-any-return]
            self._digest, len(_KEYS), *_KEYS, self._lock, now_ms, *_LIMITS, *again, *words
        )


def _reset(now_ms: int) -> list[Word]:
    return _event({"type": "reset", "time": now_ms})


def _event(delta: dict[str, object]) -> list[Word]:
    return [b"*", 8, b"XADD", keys.EVENTS, b"MAXLEN", b"~", keys.EVENTS_KEPT, b"*", b"j", orjson.dumps(delta)]
