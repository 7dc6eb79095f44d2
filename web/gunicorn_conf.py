"""How gunicorn serves the panel: `gunicorn -c web/gunicorn_conf.py 'web.app:create_app()'`."""

import logging
from pathlib import Path

from gunicorn.systemd import sd_notify
from gunicorn.workers.gthread import ThreadWorker

from hub.contract.config.load import load
from hub.contract.places import Places
from web.services import NAME, Services

_web = load(Places.from_environment().config).web

bind = f"{_web.host}:{_web.port}"
worker_class = "gthread"
workers = 1
threads = 64
"""At most 40 of them hold a socket (web/feed.py)."""
worker_connections = 250
graceful_timeout = 3
reuse_port = False
control_socket_disable = True
errorlog = "-"
if Path("/dev/shm").is_dir():  # noqa: S108  gunicorn touches a file each second, which an SD card should not feel
    worker_tmp_dir = "/dev/shm"  # noqa: S108


def post_worker_init(worker: ThreadWorker) -> None:
    """Begin the live feed; systemd's watchdog is fed from its work loop."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    services: Services = worker.wsgi.extensions[NAME]
    services.feed.start(alive=lambda: worker.alive, notify=lambda: sd_notify("WATCHDOG=1", worker.log))
