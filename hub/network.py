"""The bytes between paho and the broker, moved by a loop of our own.

paho's own loop makes eight system calls for each message received: four reads, a select, two to wake itself, and one
write of the acknowledgement. Here one read brings many messages and one write takes all their acknowledgements, which
was measured to take a third off the processor time that the hub needs for a reading. The loop is made of the methods
that paho has for it (`loop_read`, `loop_write`, `loop_misc`).
"""

import contextlib
import math
import select
import socket
import threading
import time

import paho.mqtt.client as paho

READ_AHEAD = 65_536
MESSAGES = 100
"""Received before what is to be said is said, so that a flood holds up nobody's command."""
LONGEST_WAIT = 1.0
"""Seconds between looks at the keep-alive."""


class BufferedSocket(socket.socket):
    """A TCP socket that reads ahead, and sends when it is flushed or closed."""

    def __init__(self, connected: socket.socket) -> None:
        super().__init__(fileno=connected.detach())
        # Without it at both ends a QoS 1 round trip waits 44 to 88 ms for delayed acknowledgements.
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._ahead, self._at = b"", 0
        self._unsent: list[bytes] = []

    def pending(self) -> int:
        """How many bytes were read ahead (paho asks a TLS socket the same)."""
        return len(self._ahead) - self._at

    def recv(self, size: int, flags: int = 0) -> bytes:
        """The next bytes. Raises BlockingIOError when there are none, OSError."""
        if self._at == len(self._ahead):
            self._ahead, self._at = super().recv(READ_AHEAD, flags), 0
        found = self._ahead[self._at : self._at + size]
        self._at += len(found)
        return found

    def send(self, data: bytes | bytearray, flags: int = 0) -> int:  # type: ignore[override]
        """Keep the bytes for `flush`."""
        self._unsent.append(bytes(data))
        return len(data)

    def flush(self) -> bool:
        """Send what the kernel takes; False when something is left."""
        unsent, self._unsent = b"".join(self._unsent), []
        if unsent:
            with contextlib.suppress(BlockingIOError):
                unsent = unsent[super().send(unsent) :]
            self._unsent = [unsent] if unsent else []
        return not self._unsent

    def close(self) -> None:
        """Send what is left, if the kernel takes it: a good-bye keeps the broker from publishing the last will."""
        with contextlib.suppress(OSError):
            self.flush()
        super().close()


class Client(paho.Client):
    """paho's client over a BufferedSocket, which is its `connection`."""

    connection: BufferedSocket

    def _create_socket(self) -> BufferedSocket:
        self.connection = BufferedSocket(self._create_socket_connection())
        return self.connection


class Network:
    """The thread that moves the bytes of a client that has connected. paho's callbacks run there and must not raise."""

    def __init__(self, client: Client) -> None:
        self._client, self._connection = client, client.connection
        self._bell, self._button = socket.socketpair()
        self._bell.setblocking(False)
        self._button.setblocking(False)
        self._stopping, self._end = False, math.inf
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        client.on_socket_register_write = lambda *_: self._wake()
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def stop(self, timeout: float) -> None:
        """End when paho has said what it wants to say, or after `timeout` seconds."""
        self._stopping, self._end = True, time.monotonic() + timeout
        self._wake()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout + LONGEST_WAIT)

    def _wake(self) -> None:
        if threading.current_thread() is not self._thread:
            with contextlib.suppress(OSError):  # full: it is awake already; closed: it has ended
                self._button.send(b".")

    def _run(self) -> None:
        flushed = False  # paho has said CONNECT
        with self._bell, self._button, self._connection:
            while self._connected() and time.monotonic() <= self._end and not self._said_all(flushed):
                flushed = self._turn(self._connection, flushed)

    def _connected(self) -> bool:
        """Whether paho has not closed the connection."""
        return self._client.socket() is self._connection

    def _said_all(self, flushed: bool) -> bool:
        return self._stopping and flushed and not self._client.want_write()

    def _turn(self, connection: BufferedSocket, flushed: bool) -> bool:
        """Wait for something to do, and do it; returns whether all was sent."""
        patience = 0.0 if connection.pending() or self._client.want_write() else LONGEST_WAIT
        readable, _, _ = select.select([connection, self._bell], [] if flushed else [connection], [], patience)
        if self._bell in readable:
            self._bell.recv(READ_AHEAD)
        if connection in readable:
            self._client.loop_read()
        for _ in range(MESSAGES):
            if not connection.pending() or not self._connected():
                break
            self._client.loop_read()
        while self._client.want_write() and self._connected():
            self._client.loop_write()
        self._client.loop_misc()
        return self._flush(connection)

    def _flush(self, connection: BufferedSocket) -> bool:
        try:
            return not self._connected() or connection.flush()
        except OSError:
            return True  # the connection is gone: reading finds out, and paho draws the consequences
