"""The interlocks that somebody must reset, in a small file: they stay latched when the agent is started anew."""

import json
import logging
import os
from collections.abc import Collection
from pathlib import Path

log = logging.getLogger(__name__)


class Latches:
    """The file is written only when something has changed, and whole: a power cut leaves the old or the new one."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: frozenset[str] | None = None
        self._failed = False

    def read(self, names: Collection[str]) -> frozenset[str]:
        """Those of `names` that were latched. A file that cannot be read or understood means: all of them."""
        try:
            found = json.loads(self._file.read_text())
            if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
                raise ValueError("it is no list of names")
        except FileNotFoundError:
            found = []
        except (OSError, ValueError) as error:
            log.error("%s cannot be used (%s): all interlocks that latch are latched. Reset them.", self._file, error)
            return frozenset(names)
        self._kept = frozenset(found)
        return self._kept & frozenset(names)

    def keep(self, latched: frozenset[str]) -> None:
        """Write them down, if they are others than before. When that fails it is said once, and tried next time."""
        if latched == self._kept:
            return
        try:
            self._write(json.dumps(sorted(latched)))
        except OSError as error:
            if not self._failed:
                log.error("%s cannot be written (%s): a restart would forget which are latched.", self._file, error)
            self._failed = True
        else:
            self._kept, self._failed = latched, False

    def _write(self, text: str) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self._file.with_suffix(".new")
        with new.open("w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
