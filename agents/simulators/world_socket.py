"""One world behind all simulated devices of a stand, though each is a process of its own: over a Unix socket.

A device says what its outputs are and is told what there is to measure: one message each way, then the connection ends.
"""

import contextlib
import dataclasses
import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from agents.simulators.faults import FaultFile
from agents.simulators.place import Place
from agents.simulators.wiring import WiredWorld
from agents.simulators.world import Quantities, World, WorldFaults

PATIENCE = 0.1
"""Seconds for the other side. A world that takes longer is frozen."""
MOST_BYTES = 4096


def ask(path: Path, device: str, outputs: Mapping[str, float]) -> Quantities:
    """Tell the world at `path` the outputs of a device. Raises OSError and ValueError when it does not answer."""
    try:
        return _ask(path, device, outputs)
    except ConnectionError:  # we were held up, and it did not wait for us: it has heard nothing
        return _ask(path, device, outputs)


def _ask(path: Path, device: str, outputs: Mapping[str, float]) -> Quantities:
    with _socket() as connection, _short(path) as name:
        connection.settimeout(PATIENCE)
        connection.connect(name)
        connection.send(json.dumps({"device": device, "outputs": dict(outputs)}).encode())
        return Quantities(**json.loads(connection.recv(MOST_BYTES)))


def run(place: Place, seed: int, names: Mapping[str, str]) -> None:
    """Serve the world of one stand until the process is told to end."""
    wired = WiredWorld(World(seed, place.now()), names)
    faults = FaultFile(place.file("faults"), WorldFaults)
    path = place.file("socket")
    path.unlink(missing_ok=True)
    with _socket() as listener:
        with _short(path) as name:
            listener.bind(name)
        listener.listen()
        place.announce(str(path))
        try:
            while True:
                _serve(listener.accept()[0], wired, faults, place)
        finally:
            path.unlink(missing_ok=True)


def _serve(connection: socket.socket, wired: WiredWorld, faults: FaultFile[WorldFaults], place: Place) -> None:
    """Answer one device. One that has gone, or says what nobody can understand, is left alone."""
    with connection, contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        connection.settimeout(PATIENCE)
        said = json.loads(connection.recv(MOST_BYTES))
        outputs = {str(output): float(value) for output, value in said["outputs"].items()}
        wired.world.faults = faults.current()
        found = wired.exchange(str(said["device"]), outputs, place.now())
        connection.send(json.dumps(dataclasses.asdict(found)).encode())


def _socket() -> socket.socket:
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """A name for the socket that the system takes (at most 107 bytes), however deep its folder lies."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
