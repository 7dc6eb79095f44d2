"""The secrets of an installation: one a file, mode 600, outside the checkout, made once and never shown."""

import base64
import hashlib
import os
import secrets
from pathlib import Path

from hub.cli.foreign import foreign
from hub.contract.config.schema import Config
from hub.contract.errors import ConfigError
from hub.contract.places import Places

REDIS, WEB, BROKER, USERS = "redis.password", "web.secret", "mosquitto.passwd", "users.json"

PEOPLE = ("operator", "viewer")
"""The broker's accounts for people and their programs."""

NOTIFY = "notify.urls"
FIRST_NOTIFY = "# Where notices of alarms go: one of Apprise's addresses a line; see docs/alarms.md.\n"

FIRST_USERS = '{"users": {"operator": {"role": "operator", "hash": null}}}\n'
"""The panel's users at first: one who has no password yet and signs in by a one-time link."""


def accounts(config: Config) -> list[str]:
    """The broker's accounts: one of the hub, one an agent, one a device of others, and two for people."""
    others = (device.account for device in foreign(config))
    return ["hub", *(f"agent-{name}" for name in config.agents), *others, *PEOPLE]


def ensure(config: Config, places: Places) -> None:
    """Make the secrets that are missing, and the broker's file of hashed passwords. Raises ConfigError."""
    try:
        places.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
        _restrict(places.secrets, 0o700)
        for name in (REDIS, WEB, *(places.password_file(account).name for account in accounts(config))):
            _make(places.secrets / name, secrets.token_urlsafe(24) + "\n")
        _make(places.secrets / USERS, FIRST_USERS)
        _make(places.secrets / NOTIFY, FIRST_NOTIFY)
        hashed = {account: places.read_secret(places.password_file(account)) for account in accounts(config)}
        write_private(places.secrets / BROKER, "".join(f"{name}:{_hash(word)}\n" for name, word in hashed.items()))
    except OSError as error:
        raise ConfigError(
            f"The secrets cannot be kept in {places.secrets} ({error.strerror}). Give yourself the right to write "
            "there, or set CLAYHUB_SECRETS to a folder of your own."
        ) from None


def notify_urls(places: Places) -> tuple[str, ...]:
    """Where notices of alarms go, as Apprise writes addresses. Raises ConfigError when the file cannot be read."""
    lines = map(str.strip, places.read_secret(places.secrets / NOTIFY).splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read; a reader sees the old text or the new one."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _make(path: Path, text: str) -> None:
    if path.exists():
        _restrict(path, 0o600)
    else:
        write_private(path, text)


def _restrict(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o777 != mode:
        path.chmod(mode)


def _hash(password: str) -> str:
    """A password as Mosquitto 2 keeps it: `$7$<iterations>$<salt>$<PBKDF2 with SHA-512>`, both in base64."""
    iterations, salt = 101, secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations)
    return f"$7${iterations}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
