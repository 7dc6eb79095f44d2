"""A panel of a test's own: gunicorn as clayhub runs it, with a real Redis, two users, and a laboratory behind it."""

import http.cookiejar
import os
import re
import signal
import socket
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from simple_websocket import Client

from hub.state.connect import connect
from hub.state.sessions import Sessions
from tests.servers import RedisServer, Server, free_port, freeze
from tests.web.laboratory import Laboratory
from web.users import save_user

ROOT = Path(__file__).parents[2]

CONFIG = """\
version: 1
title: Test laboratory
web: {{port: {web}}}
redis: {{port: {redis}}}
agents: {{bench: {{}}}}
stands:
  phytotron:
    agent: bench
    devices:
      chamber: {{driver: esp32_relay, address: "http://127.0.0.1:9"}}
procedures:
  ventilation:
    title: Ventilation
    stand: phytotron
    steps: [{{wait: 5s}}]
"""


class PanelServer(Server):
    """gunicorn with the panel, beside the given Redis. Users: anna, operator (password `seedling`), and vik, viewer."""

    def __init__(self, folder: Path, redis: RedisServer, **environment: str) -> None:
        port = free_port()
        self.redis = redis
        self.secrets = folder / "secrets"
        self.secrets.mkdir()
        (self.secrets / "redis.password").write_text(redis.password)
        (self.secrets / "web.secret").write_text("a secret of this test")
        save_user(self.secrets / "users.json", "anna", "operator", "seedling")
        save_user(self.secrets / "users.json", "vik", "viewer", "moss")
        config = folder / "config.yaml"
        config.write_text(CONFIG.format(web=port, redis=redis.port))
        environment |= {"CLAYHUB_CONFIG": str(config), "CLAYHUB_SECRETS": str(self.secrets)}
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "web/gunicorn_conf.py"), "web.app:create_app()"]
        super().__init__(["env", *(f"{name}={value}" for name, value in environment.items()), *gunicorn], port, folder)
        self.address = f"http://127.0.0.1:{port}"
        client = connect("127.0.0.1", redis.port, redis.password)
        self.sessions = Sessions(client)
        self.laboratory = Laboratory(client)

    def ready(self) -> bool:
        """Whether a worker answers, with good or bad news."""
        try:
            return Visitor(self.address).get("/health").status in (200, 503)
        except OSError:
            return False

    def set_up(self) -> None:
        """The laboratory anew, and the panel has heard it all: else it begins anew amidst the test."""
        self.laboratory.set_up()
        ears = self.visitor().live()
        while "mark" not in (message := hear(ears)):
            if message["type"] == "snapshot":
                self.laboratory.tell(mark=True)
        hang_up(ears)

    def visitor(self, name: str | None = "anna") -> "Visitor":
        """A program with a cookie jar, signed in as `name`."""
        visitor = Visitor(self.address)
        if name:
            assert visitor.get(f"/link/{self.sessions.create_link(name)}").status == 200
        return visitor

    def worker(self) -> int:
        """The process id of the one worker."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0])

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The worker stands still."""
        worker = self.worker()
        freeze(worker)
        try:
            yield
        finally:
            os.kill(worker, signal.SIGCONT)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, whatever its status."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401  it is what the server says
        """The body, parsed."""
        return orjson.loads(self.body)


class Visitor:
    """A browser without eyes: keeps cookies, follows redirections, knows the CSRF token of the last page it saw."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    @property
    def cookie(self) -> str:
        """The session's cookie as a header's value."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def get(self, path: str, **headers: str) -> Answer:
        """GET, following redirections."""
        return self._open(urllib.request.Request(self.address + path, headers=headers))

    def post(self, path: str, body: bytes, **headers: str) -> Answer:
        """POST exactly these bytes with these headers."""
        return self._open(urllib.request.Request(self.address + path, data=body, headers=headers))

    def token(self, path: str = "/") -> str:
        """The CSRF token in the page at `path`."""
        found = re.search(r'csrf[-_]token" (?:content|value)="([^"]+)"', self.get(path).body.decode())
        assert found, "the page has no CSRF token"
        return found[1]

    def ask(self, path: str, data: object) -> Answer:
        """POST JSON as the panel's own page does."""
        body = data if isinstance(data, bytes) else orjson.dumps(data)
        return self.post(path, body, **{"Content-Type": "application/json", "X-CSRFToken": self.token()})

    def submit(self, path: str, **fields: str) -> Answer:
        """POST a form as the pages do."""
        data = urllib.parse.urlencode({"csrf_token": self.token(), **fields})
        return self.post(path, data.encode())

    def live(self, **headers: str) -> Client:
        """The live socket; by default from the panel's own origin."""
        headers = {"Origin": self.address, "Cookie": self.cookie, **headers}
        return Client.connect(f"ws://{urlsplit(self.address).netloc}/socket", headers=headers)

    def upgrade(self, **headers: str) -> int:
        """The status with which the server answers a WebSocket's handshake: 101 when it is taken."""
        lines = {
            "Host": urlsplit(self.address).netloc,
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Cookie": self.cookie,
            **headers,
        }
        request = "GET /socket HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        with self.connection() as connection:
            connection.sendall(f"{request}\r\n".encode())
            return int(connection.makefile("rb").readline().split()[1])

    def connection(self) -> socket.socket:
        """A bare TCP connection to the server."""
        where = urlsplit(self.address)
        return socket.create_connection((where.hostname, where.port), timeout=30)

    def _open(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())


def hear(socket: Client) -> dict[str, Any]:
    """The next message of the socket; AssertionError when none comes."""
    message = socket.receive(timeout=30)
    assert message is not None, "the socket says nothing"
    return orjson.loads(message)  # type: ignore[no-any-return]


def hang_up(socket: Client) -> None:
    """Close it, if the server has not, and wait until its thread has ended."""
    if socket.connected:
        socket.close()
    socket.sock.close()
    socket.thread.join()


def hear_until(socket: Client, kind: str, part: str = "type") -> dict[str, Any]:
    """The next message of that type that has `part`; beats and other news are passed over."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        message = hear(socket)
        if message["type"] == kind and part in message:
            return message
    raise AssertionError(f"no {kind} with {part} comes")
