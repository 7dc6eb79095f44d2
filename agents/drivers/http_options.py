"""What config.yaml says of a device on the network: where it is, how long to wait, and who we are to it."""

from typing import Annotated, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from agents.drivers.described import DescribedOptions
from agents.drivers.http_client import HttpClient
from agents.drivers.secret import secret
from hub.contract.config.fields import Duration
from hub.contract.ids import NAME_PATTERN


def _http(address: str) -> str:
    parts = urlsplit(address)
    plain = parts.scheme in ("http", "https") and parts.path in ("", "/") and not parts.query and not parts.fragment
    if not plain or not parts.hostname or parts.username is not None or parts.port == 0:
        raise ValueError("write where the device is, and no more: for example http://10.10.0.5")
    return address


class HttpOptions(DescribedOptions):
    """Options in config.yaml."""

    somewhere: ClassVar[str] = "http://127.0.0.1"
    address: Annotated[str, AfterValidator(_http)]
    """Where the device is, as in http://10.10.0.5"""
    timeout: Duration = 2.0
    """How long it may take to connect, and for each piece of an answer."""
    user: str | None = None
    """For a device that wants a login."""
    password: Annotated[str, Field(pattern=NAME_PATTERN)] | None = None
    """The name of the secret that is the password."""

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("`user` and `password` belong together; write both or none")
        return self

    def client(self) -> HttpClient:
        """The connection to it, not yet made. Raises DeviceError (bad_config) without its secret."""
        login = None if self.user is None or self.password is None else (self.user, secret(self.password))
        return HttpClient(self.address, timeout=self.timeout, login=login)
