"""Whether this machine knows what time it is. Most Raspberry Pis have no battery clock and start in the past."""

import ctypes
from pathlib import Path

_TIME_ERROR, _REFUSED = 5, -1
"""adjtimex(2): the clock is not synchronised; the call is not allowed here."""


def is_set(root: Path = Path("/")) -> bool:
    """False only when all agree: no battery clock, the kernel says unsynchronised, and so does systemd-timesyncd.

    In a container or beside another time service the kernel alone would have schedules wait for ever.
    """
    battery = any(root.joinpath("sys/class/rtc").glob("*"))
    return battery or _kernel_synchronised() or not _timesync_waits(root / "run/systemd/timesync")


def _timesync_waits(folder: Path) -> bool:
    return folder.is_dir() and not (folder / "synchronized").exists()


def _kernel_synchronised() -> bool:
    nothing_to_change = ctypes.create_string_buffer(512)  # longer than struct timex
    state: int = ctypes.CDLL(None).adjtimex(nothing_to_change)
    return state not in (_TIME_ERROR, _REFUSED)
