"""The MQTT topics: built and taken apart here and nowhere else. `docs/topics.md` is the page for people."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from hub.contract.errors import Code, Refused
from hub.contract.ids import MAX_LENGTH, RESERVED_STANDS, is_alarm_id, is_id

ROOT = "clayhub"


class Leaf(StrEnum):
    """The last level of a topic: what kind of message it carries."""

    INFO = "info"
    STATE = "state"
    AVAILABILITY = "availability"
    SET = "set"
    COMMAND = "command"
    RESULT = "result"
    EVENT = "event"
    HEARTBEAT = "heartbeat"
    BACKLOG = "backlog"
    STORED = "stored"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic taken apart. For an agent's and the hub's own topics `stand` is `agent` or `hub`, `device` the agent;
    for an alarm's it is `alarm`, `device` its id.
    """

    leaf: Leaf
    stand: str
    device: str = ""
    channel: str = ""

    @property
    def key(self) -> str:
        """`stand/device`."""
        return f"{self.stand}/{self.device}"


_DEVICE_LEAVES = {
    leaf.value: leaf for leaf in (Leaf.INFO, Leaf.STATE, Leaf.AVAILABILITY, Leaf.COMMAND, Leaf.RESULT, Leaf.EVENT)
}
_AGENT_LEAVES = {leaf.value: leaf for leaf in (Leaf.AVAILABILITY, Leaf.HEARTBEAT, Leaf.BACKLOG)}

HUB_HEARTBEAT = f"{ROOT}/hub/heartbeat"


def device(key: str, leaf: Leaf) -> str:
    """A device's topic; `key` is `stand/device`."""
    return f"{ROOT}/{key}/{leaf}"


def set_of(key: str, channel: str) -> str:
    """Where anybody with the right commands a channel."""
    return f"{ROOT}/{key}/{channel}/set"


def agent(name: str, leaf: Leaf) -> str:
    """An agent's own topic: availability, heartbeat or backlog."""
    return f"{ROOT}/agent/{name}/{leaf}"


def stored(agent_name: str) -> str:
    """Where the hub says up to which number it has stored the agent's readings."""
    return f"{ROOT}/hub/stored/{agent_name}"


def alarm(alarm_id: str) -> str:
    """Where the hub says how an alarm stands."""
    return f"{ROOT}/alarm/{alarm_id}"


@lru_cache(maxsize=4096)
def parse(topic: str) -> Topic:
    """Take a topic apart. Raises Refused (unknown_target) when it is none of ours."""
    levels = topic.split("/")
    found = _parse(levels[1:]) if levels[0] == ROOT else None
    if found is None:
        raise Refused(Code.UNKNOWN_TARGET, f"{topic[:120]!r} is not a topic of clayhub; see docs/topics.md.")
    return found


def _parse(levels: list[str]) -> Topic | None:
    match levels:
        case ["alarm", alarm_id] if is_alarm_id(alarm_id):
            return Topic(Leaf.ALARM, "alarm", alarm_id)
        case [stand, name, channel, "set"] if _may_be(stand, name) and 0 < len(channel) <= MAX_LENGTH:
            return Topic(Leaf.SET, stand, name, channel)  # whatever its name: the device can say that it has none such
        case _ if not all(map(is_id, levels)):
            return None
        case ["agent", name, leaf] if leaf in _AGENT_LEAVES:
            return Topic(_AGENT_LEAVES[leaf], "agent", name)
        case ["hub", "heartbeat"]:
            return Topic(Leaf.HEARTBEAT, "hub")
        case ["hub", "stored", name]:
            return Topic(Leaf.STORED, "hub", name)
        case [stand, name, *_] if not _may_be(stand, name):
            return None
        case [stand, name, leaf] if leaf in _DEVICE_LEAVES:
            return Topic(_DEVICE_LEAVES[leaf], stand, name)
        case _:
            return None


def _may_be(stand: str, device_name: str) -> bool:
    return is_id(stand) and stand not in RESERVED_STANDS and is_id(device_name)
