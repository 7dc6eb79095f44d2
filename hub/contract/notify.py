"""Words to the service manager: systemd's sd_notify protocol, one datagram a word."""

import contextlib
import os
import socket


def notify(state: str) -> None:
    """Say `READY=1` or `WATCHDOG=1` to whom NOTIFY_SOCKET names; nothing without it. Never raises: it is a courtesy."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.sendto(state.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)
