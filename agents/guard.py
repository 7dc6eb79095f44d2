"""The guard: whether a command from the hub is fresh, and whether a command was here before. Pure: time is an argument.

No wall clock decides. A command repeats a recent heartbeat of this agent, and the agent itself knows when it sent that;
the hub's fencing token and its counter tell the older of two commands.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass

from hub.contract.channels import Value
from hub.contract.command import Command
from hub.contract.errors import Code, Refused

MAX_AGE = 5.0
"""Seconds after which a heartbeat no longer vouches for a command, and a waiting command is no longer carried out."""
REMEMBERED = 10_000


class Guard:
    """Checks the hub's commands. `boot` is the id of this run of the agent."""

    def __init__(self, boot: str) -> None:
        self.boot = boot
        self._beats: deque[tuple[int, float]] = deque(maxlen=16)
        self._latest = (0, 0)
        """Token and counter of the newest command."""

    def sent(self, beat: int, now: float) -> None:
        """The heartbeat with this number went out."""
        self._beats.append((beat, now))

    def hub_seen(self, token: int) -> None:
        """The hub with this token lives: commands of older ones no longer count."""
        self._latest = max(self._latest, (token, 0))

    def admit(self, command: Command, now: float) -> None:
        """Raises Refused (other_boot, old_beat, old_counter) unless the command is fresh and the newest so far."""
        if command.boot != self.boot:
            raise Refused(Code.OTHER_BOOT, "The command was meant for the agent before its restart; give it again.")
        sent = dict(self._beats).get(command.beat)
        if sent is None or now - sent > MAX_AGE:
            raise Refused(Code.OLD_BEAT, f"The command is more than {MAX_AGE:g} s old; give it again.")
        if (command.token, command.counter) <= self._latest:
            raise Refused(Code.OLD_COUNTER, "A newer command of the hub, or a newer hub, came before this one.")
        self._latest = (command.token, command.counter)


@dataclass
class _Remembered:
    value: Value | None
    answer: bytes | None = None


class Answers:
    """What was asked and answered under which id, for the last 10,000 ids: a second delivery has no second effect."""

    def __init__(self) -> None:
        self._asked: OrderedDict[tuple[str, str], _Remembered] = OrderedDict()

    def first(self, topic: str, request_id: str, value: Value | None) -> bool:
        """Remember a command, and say whether it is new. Raises Refused (bad_message) when its id stood for another
        value before: that is no second delivery, and to answer it as one would hide that nothing happens."""
        known = self._asked.get((topic, request_id))
        if known is None:
            self._asked[topic, request_id] = _Remembered(value)
            if len(self._asked) > REMEMBERED:
                self._asked.popitem(last=False)
            return True
        if (type(known.value), known.value) != (type(value), value):
            raise Refused(Code.BAD_MESSAGE, f"The id {request_id!r} was used before; give every command its own.")
        return False

    def answered(self, topic: str, request_id: str, answer: bytes) -> None:
        """Keep the answer for the next delivery."""
        known = self._asked.get((topic, request_id))
        if known is not None:
            known.answer = bytes(memoryview(answer))  # a copy, for what orjson makes holds 4 kB, however short it is

    def answer(self, topic: str, request_id: str) -> bytes | None:
        """The answer given before; None while there is none yet."""
        known = self._asked.get((topic, request_id))
        return known.answer if known is not None else None
