"""Times and durations as text. Instants are UTC in ISO 8601 with milliseconds; durations are `2s`, `500ms`, `10m`."""

import re
from datetime import UTC, datetime

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")
_CLOCK = re.compile(r"([0-9]+):([0-9]{2})")
LONGEST = 36_500 * 86_400.0
"""100 years, in seconds: the longest duration that is taken."""

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def instant(seconds: float) -> str:
    """`1763811302.123` (seconds since 1970) as `2025-11-22T11:35:02.123Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(text: str) -> float:
    """The instant `text`, which must name its zone, in seconds since 1970. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no zone; end it with Z for UTC")
    return moment.timestamp()


def duration(text: str) -> float:
    """`500ms`, `2s`, `10m`, `8h`, `7d` or a sum such as `1h30m`, in seconds. Raises ValueError."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        clock = _CLOCK.fullmatch(text)
        meant = f"{clock[1]}m{clock[2]}s or {clock[1]}h{clock[2]}m" if clock else "for example 500ms, 2s, 10m or 1h30m"
        raise ValueError(f"{text[:60]!r} is not a duration; write {meant}")
    total = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    if total > LONGEST:
        raise ValueError(f"{text[:60]!r} is longer than 100 years; write a shorter one")
    return total
