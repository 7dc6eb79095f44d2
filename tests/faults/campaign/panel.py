"""The panel as a browser uses it: a session that is begun anew when it is gone, commands, and the live socket."""

import http.client
import http.cookiejar
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import orjson
import redis
from simple_websocket import Client

from hub.state.sessions import Sessions
from tests.faults.campaign.ledger import Asked, Ledger

UNCERTAIN = ("store_down", "internal")
"""Codes with which a command may have been taken: the answer of Redis was perhaps lost."""
PATIENCE = 3.0
"""Seconds for an answer."""
TROUBLE = (OSError, http.client.HTTPException, redis.RedisError)


class Panel:
    """One browser. Used by one thread."""

    def __init__(self, port: int, truth: redis.Redis, ledger: Ledger) -> None:
        self._address = f"http://127.0.0.1:{port}"
        self._sessions, self._ledger = Sessions(truth), ledger
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        self._token: str | None = None

    def command(self, key: str, channel: str, value: Callable[[Asked], int], by: str = "panel") -> Asked | None:
        """Ask for the value, the command's own number or 0; None when it could not even be tried."""
        try:
            self._sign_in()
        except TROUBLE as error:
            _close(error)
            return None
        asked = self._ledger.ask(by, key, channel)
        data = orjson.dumps({"key": key, "channel": channel, "value": value(asked)})
        headers = {"Content-Type": "application/json", "X-CSRFToken": self._token or ""}
        request = urllib.request.Request(f"{self._address}/api/command", data=data, headers=headers)
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                self._ledger.taken(asked, orjson.loads(answer.read())["id"])
        except urllib.error.HTTPError as error:
            with error:
                asked.refused = orjson.loads(error.read())["code"] not in UNCERTAIN
            self._token = None
        except TROUBLE:
            self._token = None
        return asked

    def sign_in_again(self) -> None:
        """The session is perhaps gone."""
        self._token = None

    def healthy(self) -> bool:
        """Whether it says that all is well, and has a hub."""
        try:
            with urllib.request.urlopen(f"{self._address}/health", timeout=PATIENCE) as answer:
                return bool(orjson.loads(answer.read()) == {"status": "ok", "hub": True})
        except TROUBLE as error:
            _close(error)
            return False

    def socket(self) -> Any:  # noqa: ANN401  (simple-websocket has no types)
        """The live socket. Raises one of TROUBLE or simple_websocket's errors."""
        self._sign_in()
        cookie = "; ".join(f"{each.name}={each.value}" for each in self._jar)
        address = self._address.replace("http:", "ws:") + "/socket"
        return Client.connect(address, headers={"Origin": self._address, "Cookie": cookie})

    def _sign_in(self) -> None:
        if self._token is None:
            self._jar.clear()
            link = self._sessions.create_link("operator", 60)
            with self._opener.open(f"{self._address}/link/{link}", timeout=PATIENCE) as answer:
                found = re.search(r'csrf[-_]token" (?:content|value)="([^"]+)"', answer.read().decode())
            if found is None:
                raise http.client.HTTPException("the page has no CSRF token")
            self._token = found[1]


def _close(error: Exception) -> None:
    """An answer with an error is open."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
