"""What `clayhub up` has started, noted in var/run.

A second one learns there that the first runs, and the next one ends what a killed one left running.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from hub.cli.running import start_time, stop
from hub.contract.errors import ClayhubError, Code


@dataclass(frozen=True)
class Entry:
    """One process. It counts as running only while the process of that id has that start time, in that boot."""

    name: str
    turn: int
    pid: int
    started: str
    boot: str
    grace: float

    @classmethod
    def of(cls, name: str, turn: int, pid: int, grace: float) -> Self:
        """The entry of a process that was started just now."""
        return cls(name, turn, pid, start_time(pid) or "", _boot_id(), grace)

    def alive(self) -> bool:
        """Whether that very process still runs."""
        return self.boot == _boot_id() and start_time(self.pid) == self.started


class Record:
    """The folder var/run. The lock is the system's: it ends with the process that holds it, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._file, self._lock_file = folder / "processes.json", folder / "lock"
        self._entries: dict[str, Entry] = {}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one inside the block. Raises ClayhubError when another `clayhub up` runs."""
        lock = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(lock)
            yield
        finally:
            os.close(lock)

    def add(self, entry: Entry) -> None:
        """Note a process; one of the same name before it has ended."""
        self._entries[entry.name] = entry
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps([asdict(entry) for entry in self._entries.values()]))
        draft.replace(self._file)

    def clear(self) -> None:
        """All processes have ended."""
        self._entries.clear()
        self._file.unlink(missing_ok=True)

    def left_over(self) -> list[Entry]:
        """The noted processes that still run. Ask inside `locked`."""
        try:
            entries = [Entry(**entry) for entry in json.loads(self._file.read_text())]
        except (OSError, ValueError, TypeError):
            return []  # nothing noted, or by another version
        return [entry for entry in entries if entry.alive()]

    def clean_up(self) -> list[str]:
        """End what a killed `clayhub up` left running, in stop order; returns the names."""
        left = self.left_over()
        stop(left)
        self.clear()
        return [entry.name for entry in left]


def _take(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 20).decode() or "unknown"
        raise ClayhubError(
            Code.BUSY,
            f"clayhub already runs here (process {holder}). Use it as it is (`clayhub link` gives a sign-in link), "
            "or end it first with Ctrl-C in its window.",
        ) from None
    os.truncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
