"""The log of the requests that a simulator saw, for tests and visitors: one JSON object a line."""

import json
from datetime import UTC, datetime
from pathlib import Path

MAX_BYTES = 5_000_000
"""A log that has grown beyond this is put aside as `<name>.log.1`, so that a demonstration never fills a disk."""


class RequestLog:
    """Appends to one file; every line is with the system before `add` returns."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, request: str, answer: bytes) -> None:
        """Note one request and the bytes of its answer; `answer` is empty when there was none."""
        ts = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        shown = answer.decode("ascii", "backslashreplace")
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"ts": ts, "request": request, "answer": shown}) + "\n")
            size = file.tell()
        if size > MAX_BYTES:
            self._path.replace(self._path.with_name(self._path.name + ".1"))
