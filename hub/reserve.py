"""Room on the disk of Redis that is given up when the disk is full, so that commands get through, OFF above all."""

import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)

MOST = 16 * 2**20
"""Bytes. What is written for commands and for what devices show fills so much in an hour or two."""


class Reserve:
    """A file that holds nothing but its place. `var` is the folder with what Redis keeps."""

    def __init__(self, var: Path) -> None:
        self._path = var / "hub" / "reserve"
        self._told = False

    def keep(self, size: int) -> None:
        """Take so many bytes, at most `MOST`, unless there is a reserve already."""
        if self._path.exists():
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, max(1, min(size, MOST)))
        except OSError as error:
            self._drop()
            if not self._told:
                log.warning("No room can be kept free in %s (%s).", self._path.parent, error.strerror)
            self._told = True

    def give_up(self) -> None:
        """Let Redis have it."""
        if self._drop():
            log.warning("The disk is full: I give up %s, so that commands get through. Make room soon.", self._path)

    def _drop(self) -> bool:
        try:
            self._path.unlink()
        except OSError:  # there is none
            return False
        return True
