"""Writing that fails: told once, and its end once."""

import logging
from types import TracebackType

log = logging.getLogger(__name__)


class Trouble:
    """`with trouble:` around every attempt. OSError goes no further: the next attempt may succeed."""

    def __init__(self, what: str) -> None:
        self._what = what
        self.now = ""
        """What is the matter, in words for a person; empty when nothing is."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if error is None:
            if self.now:
                log.warning("no longer: %s.", self._what)
            self.now = ""
        elif isinstance(error, OSError):
            told, self.now = self.now, f"{self._what} ({error.strerror}). Make room or mend it."
            if not told:
                log.error("%s I keep trying.", self.now)
            return True
        return False
