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
_WORDS = {
    "month": ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    "day of the week": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
}
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""The days of each month, in a leap year."""
_WORD_PART = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?")
_NUMBER_PART = re.compile(r"(?:(\*)|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([1-9][0-9]?))?")


def check_cron(line: str) -> str:
    """Five fields: minute, hour, day, month, weekday. Raises ValueError, also for a day that never comes."""
    fields = line.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"{line!r} is not a cron line of 5 fields; write for example 30 8 * * mon-fri")
    for text, (name, low, high, allowed) in zip(fields, _FIELDS, strict=True):
        if not all(_are_words(part, name) or _are_numbers(part, name, low, high) for part in text.split(",")):
            raise ValueError(f"{text!r} cannot be a {name}; write *, */n, a, a-b or a,b with {allowed}")
    _, _, day, month, _ = fields
    if min(_numbers(day, "day of the month")) > max(_LONGEST[number - 1] for number in _numbers(month, "month")):
        raise ValueError(f"{line!r} never comes; look at day and month")
    return line


def _numbers(text: str, name: str) -> set[int]:
    """The numbers that a field, checked already, stands for. Words count from 1, as months do."""
    low, high = next((low, high) for field, low, high, _ in _FIELDS if field == name)
    found: set[int] = set()
    for part in text.split(","):
        if word := _WORD_PART.fullmatch(part):
            first, last = (_WORDS[name].index(one or word[1]) + 1 for one in word.groups())
            found |= set(range(first, last + 1))
        elif number := _NUMBER_PART.fullmatch(part):
            star, begin, end, step = number.groups()
            begin, end = (low, high) if star else (int(begin), int(end or (high if step else begin)))
            found |= set(range(begin, end + 1, int(step or 1)))
    return found


def _are_words(part: str, name: str) -> bool:
    match, words = _WORD_PART.fullmatch(part), _WORDS.get(name, ())
    if match is None or match[1] not in words:
        return False
    return match[2] is None or match[2] in words[words.index(match[1]) :]


def _are_numbers(part: str, name: str, low: int, high: int) -> bool:
    """A `*`, number or range, perhaps with a step. Weekdays have no numbers: 0 is Monday to some programs."""
    match = _NUMBER_PART.fullmatch(part)
    if match is None or (name == "day of the week" and part != "*"):
        return False
    star, first, last, step = match.groups()
    begin, end = (low, high) if star else (int(first), int(last or (high if step else first)))
    return low <= begin <= end <= high and int(step or 0) <= end - begin


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
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is no instant with its zone; write for example 2026-11-23T08:00:00Z or 2026-11-23T08:00:00+01:00"
        ) from None
    return text
