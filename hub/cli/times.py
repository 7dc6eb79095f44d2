"""Times for people at the terminal."""

from datetime import datetime


def local(ms: int | None) -> str | None:
    """Milliseconds since 1970 as local date and time; None stays None."""
    return None if ms is None else datetime.fromtimestamp(ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S")
