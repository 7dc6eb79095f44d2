"""Tables and times for people at the terminal."""

import sys
from datetime import datetime

from rich.console import Console
from rich.table import Table

WIDE = 200
"""Characters a line where nobody looks at a terminal."""


def plain(*headings: str) -> Table:
    """A table without lines around it."""
    return Table(*headings, box=None, pad_edge=False)


def show(table: Table) -> None:
    """Print it, fitted to the terminal."""
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)


def local(ms: int | None) -> str | None:
    """Milliseconds since 1970 as local date and time; None stays None."""
    return None if ms is None else datetime.fromtimestamp(ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def duration(seconds: float) -> str:
    """Seconds as config.yaml writes them: `10m`, `1h30m`."""
    whole, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(whole), 60)
    parts = ((hours, "h"), (minutes, "m"), (rest, "s"))
    return "".join(f"{number:g}{unit}" for number, unit in parts if number) or "0s"
