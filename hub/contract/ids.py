"""Names of stands, devices, channels, agents, procedures and schedules."""

import re

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
