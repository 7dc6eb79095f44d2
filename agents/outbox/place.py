"""Where an agent's outbox lies: young in memory, which survives the agent but not the machine, and old on disk."""

import fcntl
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from hub.contract.errors import ConfigError
from hub.contract.places import Places


class Place(NamedTuple):
    """The two folders of one agent's outbox. They are made when they are needed."""

    memory: Path
    disk: Path


def place(places: Places, agent: str, environment: Mapping[str, str] = os.environ) -> Place:
    """The folders of this agent of this installation, held by this process until it ends.

    Raises ConfigError when no folder in memory can be written to, or another process has this outbox.
    """
    memory = in_memory(places, environment) / agent
    memory.mkdir(parents=True, exist_ok=True, mode=0o700)
    _hold(memory, agent)
    return Place(memory, places.var / "outbox" / agent)


def in_memory(places: Places, environment: Mapping[str, str] = os.environ) -> Path:
    """The folder in memory of this installation's agents. Raises ConfigError when there can be none."""
    return _own_folder(environment) / hashlib.sha256(str(places.var).encode()).hexdigest()[:8]


def _own_folder(environment: Mapping[str, str]) -> Path:
    """A memory-backed folder that nobody else may look into: systemd's for the service or the person, or /dev/shm."""
    given = [environment[name] for name in ("RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR") if environment.get(name)]
    tried = [*(Path(path) for path in given), Path("/dev/shm")]  # noqa: S108 - ours alone, which is looked at
    for base in tried:
        folder = base / f"clayhub-{os.getuid()}"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
        except OSError:
            continue
        if found.st_uid == os.getuid() and found.st_mode & 0o170077 == 0o040000:
            return folder
    names = " nor in ".join(map(str, tried))
    raise ConfigError(f"No folder of our own can be made in {names}: set XDG_RUNTIME_DIR to a folder in memory.")


def _hold(folder: Path, agent: str) -> None:
    """Lock the folder until this process ends, however it ends: the lock goes with the open file."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise ConfigError(f"The agent {agent} of this installation runs already: end that one first.") from None
