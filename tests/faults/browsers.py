"""Browsers that do not keep to the protocol, and what they cost the panel."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers import wait_until
from tests.web.panel import Visitor

HANDSHAKE = (
    "GET /socket HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\n\r\n"
)
TRY_LATER = (1013).to_bytes(2)
"""The code with which one browser too many is turned away (RFC 6455 and its registry)."""


@contextmanager
def raw_socket(visitor: Visitor, buffer: int | None = None) -> Iterator[socket.socket]:
    """A WebSocket after the upgrade, in raw hands; `buffer` is how many bytes the kernel takes for it."""
    where = urlsplit(visitor.address)
    with socket.socket() as connection:
        if buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.settimeout(30)
        connection.connect((where.hostname, where.port))
        connection.sendall(HANDSHAKE.format(host=where.netloc, cookie=visitor.cookie).encode())
        assert connection.recv(12) == b"HTTP/1.1 101"
        yield connection


def hung_up(connection: socket.socket) -> bool:
    """Read until the server has closed."""
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True


class Threads:
    """The threads of the panel's one worker, which gunicorn starts when they are needed and keeps."""

    def __init__(self, gunicorn: int, visitor: Visitor) -> None:
        """Have all started that there ever will be, and count them while nobody is served."""
        self._gunicorn = gunicorn
        with ExitStack() as stack:
            for _ in range(64):
                connection = stack.enter_context(visitor.connection())
                connection.sendall(b"GET / HTTP/1.1\r\n")
            wait_until(lambda: self.count() >= 64, "all threads have been started")
        self._idle = wait_until(self._settled, "as many threads as a moment ago")

    def count(self) -> int:
        """How many there are now."""
        (worker,) = Path(f"/proc/{self._gunicorn}/task/{self._gunicorn}/children").read_text().split()
        return len(list(Path(f"/proc/{worker}/task").iterdir()))

    def wait_until_free(self) -> None:
        """Until those that served a socket have ended."""
        wait_until(lambda: self.count() <= self._idle, "the sockets' threads have ended")

    def wait_until_busy(self) -> None:
        """Until some serve a socket."""
        wait_until(lambda: self.count() > self._idle, "the sockets' threads have begun")

    def _settled(self) -> int:
        before = self.count()
        time.sleep(0.1)
        return before if self.count() == before else 0
