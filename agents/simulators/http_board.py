"""A small HTTP server between a simulated board and its driver, in place of the lab's network.

Like the real board it does one thing at a time, over connections that may stay open.
"""

import contextlib
import socket
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from agents.simulators.faults import FaultFile
from agents.simulators.place import Place

HOST = "127.0.0.1"
LOOK_AT_FAULTS = 0.5
"""Seconds of the device between looks at the fault file."""
MOST_BYTES = 65_536


@dataclass(frozen=True)
class Answer:
    """What the board sends back, after `takes` seconds; `hangs` is how long it then does nothing else. One that is
    `lost` is never sent: the connection breaks instead."""

    body: str
    status: int = 200
    content_type: str = "text/html"
    closes: bool = False
    takes: float = 0.0
    hangs: float = 0.0
    lost: bool = False


class BoardFaults(Protocol):
    """What can be wrong with any board."""

    @property
    def slow(self) -> float:
        """Seconds that each answer takes longer."""
        ...


F = TypeVar("F", bound=BoardFaults)


class Board(Protocol[F]):
    """What can stand behind the server. `now` is its own time, in seconds."""

    faults: F

    def suffer(self, faults: F, now: float) -> None:
        """From now on have these faults and no others."""

    def reachable(self, now: float) -> bool:
        """Whether anything listens on its port."""
        ...

    def answer(self, method: str, target: str, body: bytes, now: float) -> Answer:
        """The answer to one request; `target` is the path with its query."""
        ...


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one packet
    server: "BoardServer"

    def setup(self) -> None:
        """Be known to the server, so that a reboot can cut the connection."""
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        """Be forgotten again."""
        self.server.connections.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def handle(self) -> None:
        """Serve until either side has enough; a client that vanishes is nothing to report."""
        with contextlib.suppress(OSError):
            super().handle()

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(min(int(length), MOST_BYTES) if length.isdecimal() else 0)
        board, place = self.server.board, self.server.place
        with self.server.board_lock:
            if self._hung_up():
                self.close_connection = True
                return
            answer = board.answer(self.command, self.path, body, place.now())
            time.sleep(board.faults.slow + answer.takes / place.speed)
            request = f"{self.command} {self.path} {body.decode('ascii', 'backslashreplace')}"
            place.log.add(request.rstrip(), answer.body.encode())
            if answer.lost:
                self.close_connection = True
                return
            self._send(answer)
            time.sleep(answer.hangs / place.speed)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve  # noqa: N815 (the base class's names)

    def _hung_up(self) -> bool:
        """Whether the client has left already.

        A frozen board never hears such a request; a frozen simulator, once thawed, finds it in the system's buffer.
        """
        try:
            return not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False

    def _send(self, answer: Answer) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        if answer.closes:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Print nothing: requests have a log of their own."""


class BoardServer(ThreadingHTTPServer):
    """Listens for one board; a thread for each connection, a lock so that the board does one thing at a time."""

    daemon_threads = True

    def __init__(self, port: int, board: Board[Any], place: Place) -> None:
        self.board, self.place, self.board_lock = board, place, threading.Lock()
        self.connections: set[socket.socket] = set()
        self.timeout = LOOK_AT_FAULTS / place.speed
        super().__init__((HOST, port), Handler)

    def go_down(self) -> socket.socket:
        """Stop listening and cut every connection; the socket returned keeps the port for us, refusing everybody."""
        self.server_close()
        keeper = socket.socket()
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.bind(self.server_address)
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        return keeper


def run(board: Board[F], place: Place, faults: FaultFile[F]) -> None:
    """Serve the board until the process is told to end."""
    server = listen(board, place)
    port = server.server_port
    place.announce(f"http://{HOST}:{port}")
    while True:
        with server.board_lock:
            board.suffer(faults.current(), place.now())
            up = board.reachable(place.now())
        if up:
            server.handle_request()
            continue
        with server.go_down():
            while not board.reachable(place.now()):
                time.sleep(LOOK_AT_FAULTS / place.speed)
                board.suffer(faults.current(), place.now())
        server = BoardServer(port, board, place)


def listen(board: Board[Any], place: Place) -> BoardServer:
    """Listen where we did last time, or on any free port."""
    last = urlsplit(place.last_address() or "").port
    if last is not None:
        with contextlib.suppress(OSError):
            return BoardServer(last, board, place)
    return BoardServer(0, board, place)
