"""The users of the panel: users.json among the secrets, written by `clayhub password`, read here at each change."""

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from werkzeug.security import check_password_hash, generate_password_hash

from hub.contract.errors import ConfigError

Role = Literal["operator", "viewer"]
ROLES: tuple[Role, ...] = get_args(Role)

_NOBODY = "scrypt:32768:8:1$nobody$" + "0" * 128
"""Matches no password. Checked for unknown names, so that the time of the answer does not tell which are known."""


@dataclass(frozen=True)
class User:
    """Somebody who may sign in."""

    name: str
    role: Role
    hash: str | None
    """Werkzeug's scrypt hash of the password; None: by a one-time link only."""

    @property
    def may_command(self) -> bool:
        """Operators may command; viewers may look."""
        return self.role == "operator"


class Users:
    """The users in the file `path`, as it is now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._users: dict[str, User] = {}
        self._one_check = threading.Lock()

    def get(self, name: str) -> User | None:
        """The user of that name. Raises ConfigError when the file cannot be used."""
        return self._read().get(name)

    def check(self, name: str, password: str) -> User | None:
        """The user, if that is the password. One check at a time: each takes 32 MB and a while. Raises ConfigError."""
        user = self.get(name)
        known = user.hash if user else None
        with self._one_check:
            right = check_password_hash(known or _NOBODY, password)
        return user if known and right else None

    def _read(self) -> dict[str, User]:
        try:
            stat = self._path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if stamp != self._stamp:
                self._users = _decode(self._path.read_bytes())
                self._stamp = stamp
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(
                f"{self._path}: the panel's users cannot be read ({error!r}). "
                "`clayhub password NAME` writes the file; delete it first if it is damaged."
            ) from None
        return self._users


def save_user(path: Path, name: str, role: Role, password: str | None) -> None:
    """Add or change a user; the others stay. The file is replaced whole and only its owner may read it."""
    data = json.loads(path.read_bytes()) if path.exists() else {"users": {}}
    data["users"][name] = {"role": role, "hash": generate_password_hash(password) if password else None}
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    new.replace(path)


def _decode(payload: bytes) -> dict[str, User]:
    users = json.loads(payload)["users"]
    return {name: User(name, _role(entry["role"]), entry["hash"]) for name, entry in users.items()}


def _role(text: str) -> Role:
    for role in ROLES:
        if role == text:
            return role
    raise ValueError(f"the role {text!r} is none of {', '.join(ROLES)}")
