"""The socket below paho: many messages in one read, all that is to be said in one write."""

import contextlib
import socket
import threading
import time

READ_AHEAD = 65_536
"""Bytes."""


class BufferedSocket(socket.socket):
    """A TCP socket that reads ahead, and sends when it is flushed or closed. One thread reads; any may send."""

    def __init__(self, connected: socket.socket) -> None:
        super().__init__(fileno=connected.detach())
        # Without it at both ends a QoS 1 round trip waits 44 to 88 ms for delayed acknowledgements.
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._ahead, self._at = b"", 0
        self._unsent: list[bytes] = []
        self.heard = time.monotonic()
        """When bytes came last, on the monotonic clock."""
        self.sending = threading.RLock()
        """Held while bytes are moved out, so that they keep their order and the descriptor stays ours."""

    def pending(self) -> int:
        """How many bytes were read ahead (paho asks a TLS socket the same)."""
        return len(self._ahead) - self._at

    def recv(self, size: int, flags: int = 0) -> bytes:
        """The next bytes. Raises BlockingIOError when there are none, OSError."""
        if self._at == len(self._ahead):
            self._ahead, self._at = super().recv(READ_AHEAD, flags), 0
            self.heard = time.monotonic()
        found = self._ahead[self._at : self._at + size]
        self._at += len(found)
        return found

    def send(self, data: bytes | bytearray, flags: int = 0) -> int:  # type: ignore[override]
        """Keep the bytes for `flush`."""
        self._unsent.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Send what the kernel takes. Raises OSError."""
        with self.sending:
            unsent, self._unsent = b"".join(self._unsent), []
            if unsent:
                with contextlib.suppress(BlockingIOError):
                    unsent = unsent[super().send(unsent) :]
                self._unsent = [unsent] if unsent else []

    @property
    def flushed(self) -> bool:
        """Whether nothing is left to send."""
        return not self._unsent

    def close(self) -> None:
        """Send what is left, if the kernel takes it: a good-bye keeps the broker from publishing the last will."""
        with self.sending:
            with contextlib.suppress(OSError):
                self.flush()
            super().close()
