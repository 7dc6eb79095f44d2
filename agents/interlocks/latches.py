"""The interlocks that somebody must reset, in a small file: they stay latched when the agent is started anew."""

import json
import logging
from collections.abc import Collection
from pathlib import Path

from agents.whole_file import write_whole

log = logging.getLogger(__name__)


class Latches:
    """The file is written only when something has changed."""

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
            write_whole(self._file, json.dumps(sorted(latched)).encode())
        except OSError as error:
            if not self._failed:
                log.error("%s cannot be written (%s): a restart would forget which are latched.", self._file, error)
            self._failed = True
        else:
            self._kept, self._failed = latched, False
