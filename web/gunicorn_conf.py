"""How gunicorn serves the panel: `gunicorn -c web/gunicorn_conf.py 'web.app:create_app()'`."""

import gc
import logging
import socket
import struct
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from gunicorn.arbiter import Arbiter
from gunicorn.systemd import sd_notify
from gunicorn.workers.gthread import TConn, ThreadWorker

from hub.contract.config.load import load
from hub.contract.places import Places
from web.services import NAME, Services


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn waits up to 2 s for the other side's end of a connection, and does so in the one thread that accepts
    everybody: some clients that stall would keep all others out, and the arbiter would kill the worker.
    """

    def finish_request(self, conn: TConn, served: "Future[object]") -> None:
        """Have one of the threads that serve wait for the end."""
        conn.close = partial(self._close, conn)
        super().finish_request(conn, served)

    def _close(self, conn: TConn, graceful: bool = False) -> None:
        if graceful:
            self.tpool.submit(TConn.close, conn, graceful=True)
        else:
            TConn.close(conn)


_web = load(Places.from_environment().config).web

bind = _web.netloc
worker_class = PatientWorker
workers = 1
threads = 64
"""At most 40 of them hold a socket (web/feed.py)."""
worker_connections = 250
graceful_timeout = 3
reuse_port = False
control_socket_disable = True
errorlog = "-"
STALL_SECONDS = 5
if Path("/dev/shm").is_dir():  # noqa: S108  gunicorn touches a file each second, which an SD card should not feel
    worker_tmp_dir = "/dev/shm"  # noqa: S108


def post_worker_init(worker: ThreadWorker) -> None:
    """Begin the live feed; systemd's watchdog is fed from its work loop."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("gunicorn.error").addFilter(_is_our_concern)
    gc.freeze()  # what was imported stays: to look through it again and again would stop all threads
    services: Services = worker.wsgi.extensions[NAME]
    services.feed.start(alive=lambda: worker.alive, notify=lambda: sd_notify("WATCHDOG=1", worker.log))


def _is_our_concern(record: logging.LogRecord) -> bool:
    """A client that stalls is none: gunicorn would log each with a traceback."""
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))


def when_ready(arbiter: Arbiter) -> None:
    """Bound every wait for a client, accepted connections inherit it: else some that stall would hold all threads."""
    for listener in arbiter.LISTENERS:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", STALL_SECONDS, 0))
