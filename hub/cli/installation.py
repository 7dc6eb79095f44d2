"""What most commands begin with: the places, the configuration, and Redis."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import redis

from hub.cli.secrets import REDIS
from hub.contract.config.load import load
from hub.contract.config.schema import Config
from hub.contract.errors import ClayhubError, Code, Refused
from hub.contract.places import Places
from hub.state.connect import connect
from hub.state.objects import Json
from hub.state.refusal import refusal
from hub.state.view import View


def find() -> tuple[Places, Config]:
    """The installation that the environment names. Raises ConfigError."""
    places = Places.from_environment()
    return places, load(places.config)


def client(config: Config, places: Places, timeout: float = 5.0) -> redis.Redis:
    """A client of the installation's Redis, which connects at its first command."""
    return connect(config.redis.host, config.redis.port, places.read_secret(places.secrets / REDIS), timeout=timeout)


def known_device(view: View, key: str) -> Json:
    """The device `key` as the hub knows it. Raises Refused (unknown_target), naming those that there are."""
    devices: Json = view.snapshot()["devices"]
    if key not in devices:
        raise Refused(Code.UNKNOWN_TARGET, f"There is no device {key}; there are {', '.join(devices) or 'none yet'}.")
    found: Json = devices[key]
    return found


def latest(client: redis.Redis) -> Json:
    """How everything stands, in the shape of docs/redis.md. Nobody shall take it for the present when no hub runs that
    could know better: then a line on standard error says so."""
    found: Json = View(client).snapshot()
    if found["hub"] is None:
        click.echo("clayhub: The hub does not run. This is how all stood when it did, and nobody knows more.", err=True)
    return found


@contextmanager
def store() -> Iterator[redis.Redis]:
    """The installation's Redis. Raises ClayhubError (store_down) when it does not answer inside the block."""
    places, config = find()
    try:
        with client(config, places) as found:
            yield found
    except redis.RedisError as error:
        raise ClayhubError(
            Code.STORE_DOWN,
            refusal(error)
            or f"Redis at {config.redis.host}:{config.redis.port} does not answer ({error}). "
            "Does clayhub run? `make run` or `clayhub up` starts it.",
        ) from None
