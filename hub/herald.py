"""What a hub says that has no lock and so no tenure: Redis takes nothing. Silence would look as if all were well."""

import time
from collections.abc import Callable
from dataclasses import asdict

import redis

from hub.alarms.alarm import Alarm
from hub.alarms.board import Board
from hub.alarms.definitions import STORE_REDIS, definitions
from hub.alarms.notices import Notice, Notices
from hub.contract import topics
from hub.core.capacity import sentence
from hub.link.link import Link
from hub.outage import Outage
from hub.procedures.effects import Moment
from hub.settings import Settings
from hub.state.restored import Memory


class Herald:
    """`tell` gets notices for people who are not looking."""

    def __init__(self, settings: Settings, tell: Callable[[Notice], None]) -> None:
        self._settings, self._tell = settings, tell
        config = settings.config
        self._definitions = [each for each in definitions(config) if each.id == STORE_REDIS]
        self._notices = None if config.notify is None else Notices(config.notify, config.title)
        self._outage: Outage | None = None
        self._link: Link | None = None
        self._published = False

    def failed(self, error: redis.RedisError, memory: Memory) -> None:
        """Redis did not even give the lock. If that lasts it is an alarm, which is left in `memory`: the next tenure
        ends it.
        """
        now = Moment(time.monotonic(), time.time())
        self._outage = self._outage or Outage()
        self._outage.failed(error, now.mono)
        why = self._outage.lasting(now.mono)
        if why is not None:
            alarm = self._alarm(sentence(why), memory, now)
            memory.alarms[alarm.id] = asdict(alarm)
            self._publish(alarm)

    def rest(self) -> bool:
        """There is a tenure, or the hub ends. Whether there was anything to say before."""
        had, self._outage = self._outage is not None, None
        if self._link is not None:
            self._link.stop()
        self._link, self._published = None, False
        return had

    def _alarm(self, said: str, memory: Memory, now: Moment) -> Alarm:
        """How the alarm stands, after people have been told of it."""
        board = Board(self._definitions, memory.alarms)
        board.judge(STORE_REDIS, True, said, now)
        for notice in self._notices.due(board.standing, now).values() if self._notices else ():
            board.told(STORE_REDIS, now)
            self._tell(notice)
        return board.standing[STORE_REDIS]

    def _publish(self, alarm: Alarm) -> None:
        if self._link is None:
            self._link = self._settings.link((), lambda _message: None, lambda: None)
            self._link.start()
        if not self._published:
            self._published = self._link.publish(topics.alarm(alarm.id), alarm.encode(), retain=True)
