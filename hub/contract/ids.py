"""Names of stands, devices, channels, agents, procedures and schedules."""

import re

from hub.contract.errors import Code, Refused

ID_PATTERN = r"^[a-z][a-z0-9_]*$"
"""Stands, devices, channels and agents. No hyphen: in an expression it would be a minus."""

NAME_PATTERN = r"^[a-z][a-z0-9_-]*$"
"""Procedures and schedules, which stand in no expression."""

MAX_LENGTH = 64

RESERVED_STANDS = frozenset({"agent", "hub", "alarm"})
"""Topic levels that clayhub itself uses where a stand's name would be."""

RESERVED_AGENTS = frozenset({"hub"})
"""`disk-hub` is the alarm of the hub's own disk."""

RESERVED_CHANNELS = frozenset({"ts", "epoch", "n", "quality", "raw", "clock"})
"""Fields of a `state` message beside the channels."""

_ID = re.compile(ID_PATTERN.replace("$", r"\Z"))


def is_id(text: str) -> bool:
    """Whether `text` may name a stand, device, channel or agent."""
    return len(text) <= MAX_LENGTH and _ID.match(text) is not None


def is_alarm_id(text: str) -> bool:
    """Whether `text` may name an alarm: its name in config.yaml, or kind and subject with `-` between them."""
    return all(map(is_id, text.split("-")))


def check_id(text: str) -> str:
    """Return `text`, or raise Refused (unknown_target) when it cannot be an id."""
    if not is_id(text):
        raise Refused(Code.UNKNOWN_TARGET, f"{text[:80]!r} is no name: use a-z, 0-9 and _, beginning with a letter.")
    return text
