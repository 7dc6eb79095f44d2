"""The log of one process: a file of bounded size, of which warnings are also shown."""

import os
import re
import shutil
from pathlib import Path
from typing import BinaryIO

MAX_BYTES = 5_000_000
"""A log that has grown beyond this is put aside as NAME.log.1."""

REFUSED = "disconnected, not authorised."
"""What Mosquitto logs when somebody has no account or a wrong password."""
REFUSED_PAUSE = 60.0
"""Seconds from one word on such connections to the next: who guesses passwords shall hide nothing else."""

_WARNING = re.compile(r"(?<!# )\b(WARNING|ERROR|CRITICAL)\b")
"""`# WARNING` is Redis's advice about the machine's kernel, at each start."""


class Log:
    """A process writes to the file by itself, so that it needs nobody to read; we look into it now and then."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._seen = path.stat().st_size if path.exists() else 0
        self._refused, self._next_word = 0, float("-inf")

    def open(self) -> BinaryIO:
        """The file to hand to a new process."""
        return self.path.open("ab")

    def warnings(self, now: float) -> list[str]:
        """The warnings and errors since the last call, at `now` on the monotonic clock."""
        lines = self._news().splitlines()
        self._bound()
        found = [line for line in lines if _WARNING.search(line)]
        self._refused += sum(line.endswith(REFUSED) for line in lines)
        if self._refused and now >= self._next_word:
            found.append(f"refused without the right account and password: {self._refused}")
            self._refused, self._next_word = 0, now + REFUSED_PAUSE
        return found

    def last_line(self) -> str:
        """The last line that says something."""
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - 4000))
            lines = file.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")

    def _news(self) -> str:
        with self.path.open("rb") as file:
            file.seek(self._seen)
            text = file.read(MAX_BYTES)
        whole = text[: text.rfind(b"\n") + 1]
        self._seen += len(whole)
        return whole.decode(errors="replace")

    def _bound(self) -> None:
        if self._seen > MAX_BYTES:
            # The process keeps its file open, in append mode: so the old text is copied away, and the file emptied.
            shutil.copyfile(self.path, self.path.with_name(self.path.name + ".1"))
            os.truncate(self.path, 0)
            self._seen = 0
