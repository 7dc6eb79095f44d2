"""One number that two processes share: how many messages have arrived. The publisher keeps its window by it."""

import mmap
import struct
from pathlib import Path

_NUMBER = struct.Struct("=q")


class Progress:
    """A number in a memory-mapped file; one process writes it, others read it."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_NUMBER.pack(0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _NUMBER.size)

    def write(self, number: int) -> None:
        """Say how many."""
        _NUMBER.pack_into(self._map, 0, number)

    def read(self) -> int:
        """How many."""
        number: int = _NUMBER.unpack_from(self._map, 0)[0]
        return number
