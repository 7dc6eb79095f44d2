"""What the panel needs to know: from config.yaml and the secrets."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from hub.contract.config.load import load
from hub.contract.config.schema import Config
from hub.contract.places import Places

LOOPBACK = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True)
class Settings:
    """The panel's own part of an installation."""

    title: str
    stands: dict[str, str]
    """Titles of the stands by their names."""
    procedures: dict[str, str]
    """Titles of the procedures in config.yaml by their names, so that one that never ran can be started."""
    origins: frozenset[str]
    """The addresses under which browsers may reach the panel, such as `http://127.0.0.1:8080`."""
    hosts: frozenset[str]
    """Their host names, such as `127.0.0.1`."""
    cookie: str
    """The cookie's name. It holds the port, which browsers leave out of account: two panels may share a host."""
    secure: bool
    """Whether cookies travel by https only."""
    redis_host: str
    redis_port: int
    redis_password: str
    secret_key: str
    users_file: Path

    @classmethod
    def from_places(cls, places: Places) -> Self:
        """Read them. Raises ConfigError."""
        config = load(places.config)
        origins = _origins(config)
        return cls(
            title=config.title,
            stands={name: stand.title or name for name, stand in config.stands.items()},
            procedures={name: procedure.title or name for name, procedure in config.procedures.items()},
            origins=origins,
            hosts=frozenset(urlsplit(origin).hostname or "" for origin in origins),
            cookie=f"clayhub_{config.web.port}",
            secure=bool(config.web.origins) and all(origin.startswith("https://") for origin in config.web.origins),
            redis_host=config.redis.host,
            redis_port=config.redis.port,
            redis_password=places.read_secret(places.secrets / "redis.password"),
            secret_key=places.read_secret(places.secrets / "web.secret"),
            users_file=places.secrets / "users.json",
        )


def _origins(config: Config) -> frozenset[str]:
    direct = {f"http://{host}:{config.web.port}" for host in LOOPBACK} | {f"http://{config.web.netloc.lower()}"}
    return frozenset(direct) | {origin.rstrip("/").lower() for origin in config.web.origins}
