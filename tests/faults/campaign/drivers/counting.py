"""A board that numbers its answers, spoken to so that its log tells which answers the agent took."""

import secrets
from collections.abc import Mapping

import orjson

from agents.driver import Driver, DriverOptions, Snapshot
from agents.drivers.http_client import HttpClient
from hub.contract.channels import Number, Value
from hub.contract.errors import Code, DeviceError

RUN = secrets.token_hex(4)
"""This run of the agent."""
OUTPUTS = ("client", "panel", "program", "probe", "timed", "guarded")
TIMEOUT = 1.0


class Counting(Driver):
    """`GET /read?run=...&had=...` reads it and says up to which answer this run has had all that came."""

    kind = "counting"
    channels = (
        Number("count", low=0, decimals=0, whole=True),
        Number("hot", low=0, high=1, decimals=0, whole=True),
        *(Number(name, low=0, high=10**9, whole=True, decimals=0, writable=True, safe=0) for name in OUTPUTS),
    )

    def __init__(self, options: DriverOptions) -> None:
        super().__init__(options)
        self._client = HttpClient(options.address, timeout=TIMEOUT)
        self._had = 0

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def read(self) -> Snapshot:
        """The number of the answer, whether it is hot, and the outputs."""
        found = self._ask("GET", f"/read?run={RUN}&had={self._had}")
        values = {name: found.get(name) for name in ("count", "hot", *OUTPUTS)}
        if not all(type(value) is int for value in values.values()):
            raise DeviceError(Code.BAD_ANSWER, f"The board says {found!r:.60}.")
        self._had = int(found["count"])  # type: ignore[call-overload]  # an int, as we have seen
        return Snapshot({name: value for name, value in values.items() if isinstance(value, int)})

    def write(self, channel: str, value: Value) -> None:
        """Set one output."""
        self._ask("POST", f"/set?{channel}={value}")

    def _ask(self, method: str, path: str) -> Mapping[str, object]:
        try:
            found = orjson.loads(self._client.ask(method, path))
        except orjson.JSONDecodeError as error:
            raise DeviceError(Code.BAD_ANSWER, f"The board's answer is no JSON: {error}") from None
        return found if isinstance(found, dict) else {}
