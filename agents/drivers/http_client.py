"""One HTTP connection to one device. It stays open; a device that has closed it meanwhile is connected again."""

import base64
import select
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NoReturn
from urllib.parse import urlsplit

from hub.contract import strict
from hub.contract.errors import Code, DeviceError


class HttpClient:
    """Used by one thread. `login` is a user's name and password."""

    def __init__(self, address: str, *, timeout: float, login: tuple[str, str] | None = None) -> None:
        parts = urlsplit(address)
        make = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._address = address
        self._connection = make(parts.hostname or "", parts.port, timeout=timeout)
        self._headers = {}
        if login is not None:
            self._headers["Authorization"] = "Basic " + base64.b64encode(":".join(login).encode()).decode()

    def close(self) -> None:
        """Close the connection; the next request opens it again."""
        self._connection.close()

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """The body of the answer. Raises DeviceError."""
        status, answer = self.exchange(method, path, body)
        if not 200 <= status < 300:
            self.refuse(method, path, status)
        return answer

    def exchange(
        self, method: str, path: str, body: bytes | None = None, content: str = "application/json"
    ) -> tuple[int, bytes]:
        """Status and body of the answer; `content` is the type of the body sent. Raises DeviceError (no_answer)."""
        headers = self._headers | ({"Content-Type": content} if body else {})
        if body is None and method != "GET":
            body = b""  # small servers wait for a length
        try:
            self._let_go_if_closed()
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            return response.status, response.read(strict.MAX_BYTES + 1)
        except (OSError, HTTPException, UnicodeError) as error:
            self.close()
            text = f"The device at {self._address} does not answer ({error}): is it on?"
            raise DeviceError(Code.NO_ANSWER, text) from error

    def refuse(self, method: str, path: str, status: int) -> NoReturn:
        """Raises DeviceError (device_refused) for the status."""
        hint = ": see to user and password" if status in (401, 403) else ""
        where = f"The device at {self._address}"
        raise DeviceError(Code.DEVICE_REFUSED, f"{where} answered {method} {path} with status {status}{hint}.")

    def _let_go_if_closed(self) -> None:
        """A device closes its oldest connection when it has too many, and we learn it before the next request."""
        sock = self._connection.sock
        if sock is not None and select.select([sock], [], [], 0)[0]:
            self.close()
