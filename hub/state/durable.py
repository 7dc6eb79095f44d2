"""What of the agents' numbers a Redis that is killed would still know.

With `appendfsync everysec` Redis answers at once, but while its disk is busy with a sync it keeps what it was told in
its own memory, for up to two seconds (aof.c of Redis 7.0, flushAppendOnlyFile); INFO shows these bytes as
`aof_buffer_length`. What has left that buffer is the kernel's, and outlives `kill -9`.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import redis

from hub.contract.presence import Stored
from hub.state import keys


class Mark(NamedTuple):
    """What was stored at a moment, and how long the file must become to have all of it.

    `base` is how long it was when Redis began it: the length of another file says nothing.
    """

    base: int
    length: int
    stored: Mapping[str, Stored]


class Durable:
    """To be asked again and again."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._mark: Mark | None = None

    def look(self) -> Mapping[str, Stored]:
        """By agent, up to where its numbers are safe; behind what is stored while the disk is busy.

        Raises redis.RedisError.
        """
        moment = self._redis.pipeline(transaction=True)
        moment.hgetall(keys.SEQUENCE)
        moment.info("persistence")
        sequences, info = moment.execute()
        return self._judge(_stored(sequences), info)

    def _judge(self, stored: Mapping[str, Stored], info: Mapping[str, int]) -> Mapping[str, Stored]:
        waiting = info.get("aof_buffer_length", 0)
        if not waiting:
            self._mark = None
            return stored
        base, length = info["aof_base_size"], info["aof_current_size"]
        mark, now = self._mark, Mark(base, length + waiting, stored)
        if mark is None or mark.base != base:
            self._mark = now
            return {}
        if length < mark.length:
            return {}
        self._mark = now
        return mark.stored


def _stored(sequences: Any) -> Mapping[str, Stored]:  # noqa: ANN401  (redis-py does not say)
    found = {agent.decode(): text.decode().split(" ") for agent, text in sequences.items()}
    return {agent: Stored(epoch, int(n)) for agent, (epoch, n) in found.items()}
