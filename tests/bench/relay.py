"""The ESP32 relay board as it would be if it took no time: the same bytes, out of a process that does nothing else.

A process of its own: `python -m tests.bench.relay`; prints its port.
"""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_ASKED = re.compile(rb'"channel": ?(\d), ?"state": ?(\d)')


def main() -> None:
    """Serve one agent after another until killed."""
    relays = [0, 0, 0, 0]
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            connection, _ = server.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                _serve(connection, relays)


@contextmanager
def instant_relay() -> Iterator[str]:
    """The URL of such a board, which runs inside the block."""
    with subprocess.Popen([sys.executable, "-m", "tests.bench.relay"], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def _serve(connection: socket.socket, relays: list[int]) -> None:
    received = b""
    while data := connection.recv(4096):
        received += data
        head, end, body = received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or len(body) < (int(length[1]) if length else 0):
            continue
        received = b""
        connection.sendall(_answer(head, body, relays))


def _answer(head: bytes, body: bytes, relays: list[int]) -> bytes:
    if head.startswith(b"POST /relay") and (asked := _ASKED.search(body)):
        channel, state = int(asked[1]), int(asked[2])
        relays[channel] = state
        text, kind = f"RESULT: SUCCESS\n Relay: {channel}, set to state: {state}\n", "text/html"
    else:
        shown = ", ".join(f'"ch{channel}": {state}' for channel, state in enumerate(relays))
        absent = ", ".join(f'"{name}": -255' for name in ("pcb_temp", "roots_temp", "ext_temp", "ext_hum"))
        text, kind = f'{{{shown}, {absent}, "int_temp": 25.5, "int_hum": 60, "uptime": 60}}', "application/json"
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()


if __name__ == "__main__":
    main()
