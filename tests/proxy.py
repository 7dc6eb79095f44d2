"""A stretch of network between a client and a server, which can go bad."""

import contextlib
import socket
import threading
from typing import Self

PIECE = 65_536


class Proxy:
    """Listens on a port of its own and passes everything on to another port of this machine. For use in a `with`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._swallowing: set[socket.socket] = set()
        self._open: set[socket.socket] = set()
        self._marker: bytes | None = None
        self.lost = threading.Event()
        """An answer was lost as `lose_answer` asked."""

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in [self._listener, *self._open]:
            _close(each)

    def go_silent(self) -> None:
        """What is connected now stays so, and nothing comes through any more, either way; who comes later is served."""
        self._swallowing |= self._open

    def lose_answer(self, marker: bytes) -> None:
        """Pass on the next request with `marker` in it; when its answer comes, cut the connection instead."""
        self._marker = marker

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed: the test is over
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open |= {client, server}
            asked = threading.Event()
            for job in ((client, server, asked, True), (server, client, asked, False)):
                threading.Thread(target=self._carry, args=job, daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, asked: threading.Event, is_request: bool) -> None:
        """One direction of one connection; `asked` says that its next answer is the one to lose."""
        try:
            while data := source.recv(PIECE):
                if source in self._swallowing:
                    continue
                if is_request and self._marker is not None and self._marker in data:
                    self._marker = None
                    asked.set()
                elif not is_request and asked.is_set():
                    self.lost.set()
                    break
                sink.sendall(data)
        except OSError:
            pass  # one side has gone; so does the other
        if source not in self._swallowing:
            for each in (source, sink):
                _close(each)


def _close(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
