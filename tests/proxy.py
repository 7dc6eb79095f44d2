"""A stretch of network between clients and a server, which can go bad.

`python -m tests.proxy LISTEN TARGET ...` is a process of its own, so that it disturbs no timing. Each line of its
standard input is a mode and a listening port, such as `delay 11883`; it says the line again when that is so.
"""

import contextlib
import socket
import sys
import threading
import time
from typing import Self

PIECE = 16_384
BYTES_A_SECOND = 40_000
DELAY = 0.3


class Proxy:
    """Listens on `port`, or on a free one, and passes everything on to another port of this machine. For use in a
    `with`.
    """

    def __init__(self, target: int, port: int = 0) -> None:
        self._target, self._mode = target, "pass"
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._turning = threading.Condition()
        self._marker: bytes | None = None
        self.lost = threading.Event()
        """An answer was lost as `lose_answer` asked."""

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        _close(self._listener)
        self.turn("cut")

    def turn(self, mode: str) -> None:
        """From now on behave so:

        pass      all is well; connections of which something was held back are ended
        cut       every connection is ended, once
        swallow   connections stay, and nothing comes through; who comes later waits
        mute      the same of what servers say; what they are told comes through
        slow      BYTES_A_SECOND come through
        delay     everything comes DELAY seconds later
        """
        with self._turning:
            if mode == "cut" or self._mode in ("swallow", "mute"):
                for each in self._open:
                    _close(each)
                self._open.clear()
            self._mode = "pass" if mode == "cut" else mode
            self._turning.notify_all()

    def lose_answer(self, marker: bytes) -> None:
        """Pass on the next request with `marker` in it; when its answer comes, cut the connection instead."""
        self._marker = marker

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed: the test is over
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with self._turning:
            self._turning.wait_for(lambda: self._mode != "swallow")
        try:
            server = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            _close(client)
            return
        with self._turning:
            self._open |= {client, server}
        asked = threading.Event()
        for job in ((client, server, asked, True), (server, client, asked, False)):
            threading.Thread(target=self._carry, args=job, daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, asked: threading.Event, is_request: bool) -> None:
        """One direction of one connection; `asked` says that its next answer is the one to lose."""
        with contextlib.suppress(OSError):  # one side has gone; so does the other
            sink.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while data := source.recv(PIECE):
                if self._mode == "slow":
                    time.sleep(len(data) / BYTES_A_SECOND)
                elif self._mode == "delay":
                    time.sleep(DELAY)
                if self._mode == "swallow" or (self._mode == "mute" and not is_request):
                    continue
                if is_request and self._marker is not None and self._marker in data:
                    self._marker = None
                    asked.set()
                elif not is_request and asked.is_set():
                    self.lost.set()
                    break
                sink.sendall(data)
        with self._turning:
            self._open -= {source, sink}
        for each in (source, sink):
            _close(each)


def _close(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def main() -> None:
    """Serve until standard input ends."""
    ports = [int(word) for word in sys.argv[1:]]
    with contextlib.ExitStack() as stack:
        pairs = zip(ports[::2], ports[1::2], strict=True)
        proxies = {listen: stack.enter_context(Proxy(target, listen)) for listen, target in pairs}
        print("ready", flush=True)
        for line in sys.stdin:
            mode, port = line.split()
            proxies[int(port)].turn(mode)
            print(line.strip(), flush=True)


if __name__ == "__main__":
    main()
