"""Sessions of the panel and one-time sign-in links.

Redis knows only the hashes of the tokens, so that nobody can sign in with what is found in its files.
"""

import hashlib
import secrets
import time

from redis import Redis

from hub.state import keys

SESSION_SECONDS = 7 * 24 * 3600
"""A session ends when it was not used for so long."""

FRESH_SECONDS = 3.0
"""How long a process may go by what it heard of a session. An open panel asks every 2 s, so its commands need not."""

LINK_SECONDS = 24 * 3600
"""A sign-in link works once, and only for so long."""


class Sessions:
    """Who is signed in. Every method may raise redis.RedisError."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._heard: dict[str, tuple[str, float]] = {}
        """By the hash of a token: whose it is, and until when that is fresh, on the monotonic clock."""

    def create(self, user: str) -> str:
        """Begin a session of `user`; returns its token, which nobody else can know."""
        token = secrets.token_urlsafe(32)
        self._redis.set(keys.session(_hash(token)), user, ex=SESSION_SECONDS)
        return token

    def user(self, token: str) -> str | None:
        """Whose session it is, and renew it; None when there is no such session (any more)."""
        name = _hash(token)
        user = _text(self._redis.getex(keys.session(name), ex=SESSION_SECONDS))
        if user is None:
            self._heard.pop(name, None)
        else:
            self._heard[name] = user, time.monotonic() + FRESH_SECONDS
        return user

    def recent_user(self, token: str) -> str | None:
        """The same without a question to Redis, when the last is not older than `FRESH_SECONDS`."""
        user, fresh_until = self._heard.get(_hash(token), ("", 0.0))
        return user if time.monotonic() < fresh_until else self.user(token)

    def revoke(self, token: str) -> None:
        """End a session: at once here, within `FRESH_SECONDS` in other processes."""
        self._redis.delete(keys.session(_hash(token)))
        self._heard.pop(_hash(token), None)

    def create_link(self, user: str, seconds: int = LINK_SECONDS) -> str:
        """A token that signs `user` in once, at `/link/<token>`."""
        token = secrets.token_urlsafe(24)
        self._redis.set(keys.link(_hash(token)), user, ex=seconds)
        return token

    def use_link(self, token: str) -> str | None:
        """The user whom the link signs in, the first time; None ever after."""
        return _text(self._redis.getdel(keys.link(_hash(token))))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _text(stored: object) -> str | None:
    return stored.decode() if isinstance(stored, bytes) else None
