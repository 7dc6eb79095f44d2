"""The names of all keys that clayhub has in Redis. `docs/redis.md` is the page for people."""

ROOT = "clayhub:"

HUB = ROOT + "hub"
"""String with expiry: who the hub is. It is also the lock that keeps a second hub waiting."""
TOKEN = ROOT + "token"
"""String: the last fencing token given."""

DEVICES = ROOT + "devices"
"""Hash by device key (`stand/device`): the self-description as published."""
STATE = ROOT + "state"
"""Hash by device key: `<received ms> <reading as published>`."""
AVAILABILITY = ROOT + "availability"
"""Hash by device key: `online|offline|fault <ms>`."""
AGENTS = ROOT + "agents"
"""Hash by agent: availability, boot, config hash, health, time."""
REQUESTED = ROOT + "requested"
"""Hash by `stand/device/channel`: the record of the channel's latest command."""
SEQUENCE = ROOT + "sequence"
"""Hash by agent: `<epoch> <n>`, the last number that is stored."""
RUNS = ROOT + "runs"
"""Hash by procedure: its latest run."""
SCHEDULES = ROOT + "schedules"
"""Hash by schedule: whether it is enabled, its last and its next run."""
ALARMS = ROOT + "alarms"
"""Hash by alarm: those that are not normal, each as it stands."""

ALARM_HISTORY = ROOT + "alarm-history"
"""Stream: every change of an alarm."""

READINGS = ROOT + "readings"
"""Stream: every reading once, in the order of its agent's numbers, and the gaps between them."""
EVENTS = ROOT + "events"
"""Stream: what changed, for the panels."""
REQUESTS = ROOT + "requests"
"""Stream: what panel and command line ask of the hub; the hub deletes what it has decided."""
AUDIT = ROOT + "audit"
"""Stream: the record of every command, at its request and at its end."""
DEAD = ROOT + "dead"
"""Stream: messages that could not be taken, and why."""

READINGS_KEPT = 200_000
READINGS_FLOOR = 10_000
"""Readings that are kept even when Redis is full."""
EVENTS_KEPT = 1_000
AUDIT_KEPT = 10_000
DEAD_KEPT = 1_000
ALARM_HISTORY_KEPT = 5_000
REQUESTS_KEPT = 1_000
"""When so many requests wait for the hub, more are refused."""
COMMAND_SECONDS = 3_600
"""How long the outcome of a request can be asked for."""


def command(request_id: str) -> str:
    """String with expiry: the record of one request."""
    return f"{ROOT}command:{request_id}"


def session(session_id: str) -> str:
    """A signed-in panel session."""
    return f"{ROOT}session:{session_id}"


def link(digest: str) -> str:
    """A one-time sign-in link, by the hash of its secret."""
    return f"{ROOT}link:{digest}"
