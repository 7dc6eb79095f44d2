"""When something shall happen, as people write it. Each check returns what it was given, or raises ValueError."""

import re
from difflib import get_close_matches
from zoneinfo import available_timezones

from hub.contract import times

_FIELDS = (
    ("minute", 0, 59, "0 to 59"),
    ("hour", 0, 23, "0 to 23"),
    ("day of the month", 1, 31, "1 to 31"),
    ("month", 1, 12, "1 to 12, jan to dec"),
    ("day of the week", 0, 6, "mon to sun (a number means different days to different programs)"),
)
_MONTH, _WEEKDAY = 3, 4
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(
    r"(?:\*|(?P<first>[0-9]{1,2}|[a-z]{3})(?:-(?P<last>[0-9]{1,2}|[a-z]{3}))?)(?:/(?P<step>[1-9][0-9]?))?"
)


def check_cron(line: str) -> str:
    """Five fields: minute, hour, day, month, weekday. Raises ValueError."""
    fields = line.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"{line!r} is not a cron line of 5 fields; write for example 30 8 * * mon-fri")
    for number, text in enumerate(fields):
        name, _, _, allowed = _FIELDS[number]
        if not all(_possible(part, number) for part in text.split(",")):
            raise ValueError(f"{text!r} cannot be a {name}; write *, */n, a, a-b or a,b with {allowed}")
    return line


def _possible(part: str, field: int) -> bool:
    match = _PART.fullmatch(part)
    if match is None:
        return False
    if match["first"] is None:
        return True
    first, last = (_number(text, field) for text in (match["first"], match["last"] or match["first"]))
    _, low, high, _ = _FIELDS[field]
    return first is not None and last is not None and low <= first <= last <= high


def _number(text: str, field: int) -> int | None:
    """The field's number that `text` stands for. Weekdays are names: 0 is Monday to some programs, Sunday to others."""
    if text.isdecimal():
        return None if field == _WEEKDAY else int(text)
    if field == _MONTH and text in _MONTHS:
        return _MONTHS.index(text) + 1
    return _DAYS.index(text) if field == _WEEKDAY and text in _DAYS else None


def check_zone(name: str) -> str:
    """A zone such as `Europe/Prague`. Raises ValueError. A machine without the zones' data (an agent) takes any."""
    if name == "UTC" or not (known := available_timezones()) or name in known:
        return name
    close = get_close_matches(name, known, n=1)
    raise ValueError(f"{name!r} is no time zone; write for example {close[0] if close else 'UTC or Europe/Prague'}")


def check_instant(text: str) -> str:
    """An instant that names its zone, such as `2026-11-23T08:00:00Z`. Raises ValueError."""
    try:
        times.seconds(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is no instant with its zone; write for example 2026-11-23T08:00:00Z or 2026-11-23T08:00:00+01:00"
        ) from None
    return text
