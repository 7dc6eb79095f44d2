"""Writing that fails: told once, and its end once."""

import logging
from types import TracebackType

log = logging.getLogger(__name__)


class Trouble:
    """`with trouble:` around every attempt. OSError goes no further: the next attempt may succeed."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._told = False

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if error is None:
            if self._told:
                log.warning("no longer: %s.", self._what)
            self._told = False
        elif isinstance(error, OSError):
            if not self._told:
                log.error("%s (%s). Make room or mend it; I keep trying.", self._what, error.strerror)
            self._told = True
            return True
        return False
