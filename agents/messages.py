"""What the agent's threads tell each other. Nothing else is shared between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hub.contract.channels import Value
from hub.contract.command import Command, Status
from hub.contract.errors import Code
from hub.link.link import Incoming

# to a worker


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody asked for something: where, under which id, and where the answer goes besides `.../result`."""

    topic: str
    key: str
    channel: str
    """As it was named, which need not exist."""
    id: str
    named: bool
    """Whether the id was given with the request; one of our own making can never come twice."""
    arrived: float
    """When it came, on the monotonic clock."""
    response_topic: str | None = None
    correlation: bytes | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A request that can be carried out: its value has been checked."""

    request: Request
    value: Value
    command: Command | None
    """What the hub sent; None when somebody else asked by `set`."""

    @property
    def token(self) -> int | None:
        """The fencing token of the hub, if it was the hub."""
        return self.command.token if self.command is not None else None


@dataclass(frozen=True, slots=True)
class HubLives:
    """The hub's heartbeat: it renews the leases of what the hub set."""

    token: int
    at: float
    """When it came, on the monotonic clock."""


@dataclass(frozen=True, slots=True)
class Interlocked:
    """An interlock stands elsewhere now. It only wakes the worker, which looks at the verdict before every order."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Bring the outputs to their safe values and end."""


@dataclass(frozen=True, slots=True)
class Ping:
    """Are you there?"""


Order = Job | HubLives | Interlocked | Ping | Stop

# to the agent's loop


class Arrived(NamedTuple):
    """A message from the broker, and when it came (monotonic)."""

    incoming: Incoming
    at: float


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The broker is there and the subscriptions hold."""


@dataclass(frozen=True, slots=True)
class Obtained:
    """A device was read. Values and quality by the channels' names in config.yaml."""

    key: str
    at: float
    """Seconds since 1970."""
    values: Mapping[str, Value | None]
    quality: Mapping[str, str]
    raw: Mapping[str, int | float] = field(default_factory=dict)
    """What the device showed of calibrated channels."""


@dataclass(frozen=True, slots=True)
class Happened:
    """Something happened to a device by itself, such as a reboot."""

    key: str
    at: float
    """Seconds since 1970."""
    text: str


@dataclass(frozen=True, slots=True)
class Identified:
    """A device said what it is: `serial`, `firmware`."""

    key: str
    identity: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Health:
    """A device works (None), or has a fault."""

    key: str
    fault: Code | None


@dataclass(frozen=True, slots=True)
class Pong:
    """A worker's answer to Ping."""

    key: str
    """One of its devices."""
    healths: tuple[Health, ...]
    """How its devices are, those that were tried."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of a job."""

    job: Job
    status: Status
    code: Code | None = None
    reason: str | None = None
    until: float | None = None
    """When the lease of the value ends: seconds since 1970."""


Event = Arrived | LinkUp | Obtained | Happened | Identified | Health | Pong | Finished | Stop
