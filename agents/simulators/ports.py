"""Where servers of simulated devices listen."""

import contextlib
import socket
from urllib.parse import urlsplit

from agents.simulators.place import Place

HOST = "127.0.0.1"


def free_port(place: Place) -> int:
    """The port of the run before if it is free, else any other that is."""
    for port in (urlsplit(place.last_address() or "").port or 0, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise OSError("there is no free port")
