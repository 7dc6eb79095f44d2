"""The panel as a service: what it tells systemd, and that it stays small."""

import socket
from pathlib import Path

from tests.servers import RedisServer
from tests.web.panel import PanelServer

MOST_MEMORY = 60_000
"""kB."""


def test_systemd_hears_when_it_serves_and_that_its_work_goes_on(redis_server: RedisServer, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(10)
        with PanelServer(tmp_path, redis_server, NOTIFY_SOCKET=str(tmp_path / "notify")):
            heard = b""
            while b"READY=1" not in heard:
                heard = systemd.recv(1000)
            while b"WATCHDOG=1" not in heard:
                heard = systemd.recv(1000)
            redis_server.kill()
            for _ in range(5):
                while b"WATCHDOG=1" not in systemd.recv(1000):
                    pass


def test_each_process_is_small(fresh_panel: PanelServer) -> None:
    anna = fresh_panel.visitor()
    for path in ("/", "/api/snapshot", "/static/js/main.js"):
        assert anna.get(path).status == 200
    assert anna.submit("/signin", name="anna", password="weed").status == 401
    for process in (fresh_panel.process.pid, fresh_panel.worker()):
        assert resident(process) < MOST_MEMORY


def resident(process: int) -> int:
    """The memory of a process in kB, what it shares with others included."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])
