"""A Redis whose disk is slow: the thread that syncs its file stands still, as it does while a memory card is busy.

Redis 7.0 (aof.c, flushAppendOnlyFile) then keeps what it is told in its own memory for up to two seconds, though it has
answered: a `kill -9` loses that. The calls by which debuggers stop a single thread are described in ptrace(2).
"""

import contextlib
import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers import RedisServer

_SEIZE, _INTERRUPT = 0x4206, 0x4207
_ANY_THREAD = 0x40000000
"""__WALL of waitpid(2)."""


@contextmanager
def slow_disk_until_killed(server: RedisServer) -> Iterator[None]:
    """Nothing is synced in the block, and at its end the server gets `kill -9`. Skips where that is forbidden."""
    tasks = Path(f"/proc/{server.process.pid}/task").iterdir()
    thread = next(int(task.name) for task in tasks if (task / "comm").read_text() == "bio_aof_fsync\n")
    if _ptrace(_SEIZE, thread) or _ptrace(_INTERRUPT, thread):
        pytest.skip(f"one may not stop a thread here: {os.strerror(ctypes.get_errno())}")
    os.waitpid(thread, _ANY_THREAD)
    try:
        yield
    finally:
        server.process.kill()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(thread, _ANY_THREAD)
        server.process.wait()


def _ptrace(request: int, thread: int) -> int:
    call = ctypes.CDLL(None, use_errno=True).ptrace
    call.restype, call.argtypes = ctypes.c_long, [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    found: int = call(request, thread, None, None)
    return found
