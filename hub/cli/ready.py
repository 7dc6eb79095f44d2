"""Whether a process serves. Each function is called before its process starts, and returns a check to ask later."""

import http.client
import socket
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import redis

from hub.cli.child import Check
from hub.contract.config.schema import Listen
from hub.contract.presence import Availability
from hub.state.objects import Json
from hub.state.view import View

TIMEOUT = 1.0


def accepts(host: str, port: int) -> Check:
    """It accepts connections."""
    return lambda: _accepts(host, port)


def answers_ping(client: redis.Redis) -> Check:
    """Redis answers PING: while it loads its data it accepts connections, but serves none."""

    def check() -> bool:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False

    return check


def hub_is_new(view: View) -> Check:
    """The hub has written its key, and it is not the key of a hub before."""
    before = _hub(view).get("boot")

    def check() -> bool:
        return _hub(view).get("boot") not in (None, before)

    return check


def agent_is_new(view: View, name: str) -> Check:
    """The hub has heard the agent, and it is not the agent's run before."""
    before = _agent(view, name).get("boot")

    def check() -> bool:
        agent = _agent(view, name)
        return agent.get("boot") not in (None, before) and agent.get("availability") == Availability.ONLINE

    return check


def simulator_answers(address_file: Path) -> Check:
    """The simulator has written its address anew, and is to be found there."""
    before = _version(address_file)

    def check() -> bool:
        if _version(address_file) in (None, before):
            return False
        address = address_file.read_text().strip()
        url = urlsplit(address)
        return _accepts(url.hostname, url.port) if url.hostname and url.port else Path(address).exists()

    return check


def healthy(web: Listen) -> Check:
    """The panel answers that all is well."""

    def check() -> bool:
        connection = http.client.HTTPConnection(web.host, web.port, timeout=TIMEOUT)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return check


def _accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), TIMEOUT).close()
    except OSError:
        return False
    return True


def _version(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns


def _hub(view: View) -> Json:
    return _snapshot(view).get("hub") or {}


def _agent(view: View, name: str) -> Json:
    return _snapshot(view).get("agents", {}).get(name) or {}


def _snapshot(view: View) -> Json:
    try:
        return view.snapshot()
    except redis.RedisError:
        return {}
