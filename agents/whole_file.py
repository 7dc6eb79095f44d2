"""Small files that a power cut leaves whole: the old one or the new one."""

import os
from pathlib import Path


def write_whole(file: Path, data: bytes) -> None:
    """Put `data` into the file, in a folder that others cannot read. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_suffix(".new")
    with new.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(file)
    folder = os.open(file.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
