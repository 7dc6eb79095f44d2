"""The bytes between paho and the broker, moved by a loop of our own.

paho's own loop makes eight system calls for each message received: four reads, a select, two to wake itself, and one
write of the acknowledgement. Here one read brings many messages and one write takes all their acknowledgements, which
was measured to take a third off the processor time that the hub needs for a reading. What is published leaves in the
thread that publishes it, without waking another. The loop is made of the methods that paho has for it (`loop_read`,
`loop_write`, `loop_misc`).
"""

import contextlib
import math
import select
import socket
import threading
import time

import paho.mqtt.client as paho
from paho.mqtt.properties import Properties

from hub.link.buffered_socket import READ_AHEAD, BufferedSocket

MESSAGES = 100
"""Received before what is to be said is said, so that a flood holds up nobody's command."""
LONGEST_WAIT = 1.0
"""Seconds between looks at the keep-alive."""


class Client(paho.Client):
    """paho's client over a BufferedSocket, which is its `connection`."""

    connection: BufferedSocket

    def _create_socket(self) -> BufferedSocket:
        self.connection = BufferedSocket(self._create_socket_connection())
        return self.connection


class Network:
    """The thread that moves the bytes of a client that has connected. paho's callbacks run there and must not raise."""

    def __init__(self, client: Client, patience: float) -> None:
        """A broker that has said nothing for `patience` seconds is gone: paho alone would wait for two keep-alives."""
        self._client, self._connection, self._patience = client, client.connection, patience
        self._bell, self._button = socket.socketpair()
        self._bell.setblocking(False)
        self._button.setblocking(False)
        self._stopping, self._end = False, math.inf
        self._publisher: threading.Thread | None = None
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        client.on_socket_register_write = lambda *_: self._wake()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def publish(
        self, topic: str, payload: bytes, qos: int, retain: bool, properties: Properties | None
    ) -> paho.MQTTMessageInfo:
        """Publish a message, from any thread. It has left when this returns, if the kernel takes it."""
        with self._connection.sending:
            self._publisher = threading.current_thread()
            try:
                info = self._client.publish(topic, payload, qos, retain, properties)
            finally:
                self._publisher = None
            if self._stopping or not self._move_out():
                self._wake()
        return info

    def stop(self, timeout: float) -> None:
        """Say good-bye and end when paho has said what it wants to say, or after `timeout` seconds."""
        with self._connection.sending:  # from here on only the network thread sends, for it must close after DISCONNECT
            self._client.disconnect()
            self._stopping, self._end = True, time.monotonic() + timeout
        self._wake()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout + LONGEST_WAIT)

    def _wake(self) -> None:
        if threading.current_thread() not in (self._thread, self._publisher):
            with contextlib.suppress(OSError):  # full: it is awake already; closed: it has ended
                self._button.send(b".")

    def _run(self) -> None:
        with self._bell, self._button, self._connection:
            while self._connected() and time.monotonic() <= self._end and not self._said_all():
                self._turn(self._connection)

    def _connected(self) -> bool:
        """Whether paho has not closed the connection."""
        return self._client.socket() is self._connection

    def _said_all(self) -> bool:
        return self._stopping and self._connection.flushed and not self._client.want_write()

    def _turn(self, connection: BufferedSocket) -> None:
        """Wait for something to do, and do it."""
        pause = 0.0 if connection.pending() or self._client.want_write() else LONGEST_WAIT
        unsent = [] if connection.flushed else [connection]
        readable, _, _ = select.select([connection, self._bell], unsent, [], pause)
        if self._bell in readable:
            self._bell.recv(READ_AHEAD)
        if connection in readable:
            self._client.loop_read()
        elif time.monotonic() - connection.heard > self._patience:
            with contextlib.suppress(OSError):  # paho reads of the end, and draws the consequences
                connection.shutdown(socket.SHUT_RDWR)
        for _ in range(MESSAGES):
            if not connection.pending() or not self._connected():
                break
            self._client.loop_read()
        self._client.loop_misc()
        self._move_out()

    def _move_out(self) -> bool:
        """Send what paho wants to say; False when the kernel does not take all of it."""
        connection = self._connection
        with connection.sending:
            while self._client.want_write() and self._connected():
                self._client.loop_write()
            with contextlib.suppress(OSError):  # it is gone: reading finds out, and paho draws the consequences
                connection.flush()
            return connection.flushed
