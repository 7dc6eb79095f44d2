"""A Redis whose disk is slow: the thread that syncs its file stands still, as it does while a memory card is busy.

Redis 7.0 (aof.c, flushAppendOnlyFile) then keeps what it is told in its own memory for up to two seconds, though it has
answered: a `kill -9` loses that. The calls by which debuggers stop a single thread are described in ptrace(2).
"""

import contextlib
import ctypes
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers import RedisServer

_SEIZE, _INTERRUPT, _DETACH = 0x4206, 0x4207, 17
_ANY_THREAD = 0x40000000
"""__WALL of waitpid(2)."""


class NotAllowedError(Exception):
    """Nobody may stop a thread of another process here."""


class SlowDisk:
    """Of the Redis server `pid`, from now until `kill`. Both in the same thread, which is what ptrace asks for."""

    def __init__(self, pid: int) -> None:
        """Raises NotAllowedError."""
        tasks = Path(f"/proc/{pid}/task").iterdir()
        self._pid = pid
        self._thread = next(int(task.name) for task in tasks if (task / "comm").read_text() == "bio_aof_fsync\n")
        if _ptrace(_SEIZE, self._thread) or _ptrace(_INTERRUPT, self._thread):
            raise NotAllowedError(os.strerror(ctypes.get_errno()))
        os.waitpid(self._thread, _ANY_THREAD)

    def kill(self) -> None:
        """`kill -9` before anything more is written."""
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._thread, _ANY_THREAD)

    def end(self) -> None:
        """Let it go on."""
        _ptrace(_DETACH, self._thread)


@contextmanager
def slow_disk_until_killed(server: RedisServer) -> Iterator[None]:
    """Nothing is synced in the block, and at its end the server gets `kill -9`. What was before is in its file.

    Skips where that is forbidden.
    """
    server.has_written()
    try:
        disk = SlowDisk(server.process.pid)
    except NotAllowedError as error:
        pytest.skip(f"one may not stop a thread here: {error}")
    try:
        yield
    finally:
        disk.kill()
        server.process.wait()


def _ptrace(request: int, thread: int) -> int:
    call = ctypes.CDLL(None, use_errno=True).ptrace
    call.restype, call.argtypes = ctypes.c_long, [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    found: int = call(request, thread, None, None)
    return found
