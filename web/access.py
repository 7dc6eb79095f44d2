"""Who may do what: the session behind a request, the origin it comes from, the role it needs."""

from urllib.parse import urlsplit

from flask import Flask, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from hub.contract.errors import Code, Refused
from web.services import services
from web.users import User


class SignInNeeded(Refused):
    """Nobody is signed in, or not any more."""

    def __init__(self) -> None:
        super().__init__(Code.FORBIDDEN, "You are not signed in, or your session has ended. Sign in at /signin.")


class Visitor(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """A signed-in user as Flask-Login wants one. Its id is the session's token, so that a session can be ended here."""

    def __init__(self, token: str, user: User) -> None:
        self.token = token
        self.user = user

    def get_id(self) -> str:
        """What Flask-Login keeps in the signed cookie."""
        return self.token


def init_access(app: Flask) -> None:
    """Let Flask-Login find the visitor behind a cookie. (No context processor: the error page must not ask Redis.)"""
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None  # sessions live here, not in the cookie; it would write the cookie each time
    manager.user_loader(_visitor)


def _visitor(token: str) -> Visitor | None:
    """Raises redis.RedisError. A user taken out of users.json is out at once, whatever sessions there are."""
    sessions = services().sessions
    # What is POSTed goes to Redis anyway; a page is not even begun without it.
    name = sessions.recent_user(token) if request.method == "POST" else sessions.user(token)
    user = services().users.get(name) if name is not None else None
    return Visitor(token, user) if user is not None else None


def begin_session(user: User) -> None:
    """Sign in: with a new session, never with one that was there before."""
    end_session()
    login_user(Visitor(services().sessions.create(user.name), user))


def end_session() -> None:
    """Sign out: in Redis, so that a copy of the cookie is worth nothing any more."""
    if current_user.is_authenticated:
        services().sessions.revoke(current_user.token)
        logout_user()
    session.clear()


def signed_in_user() -> User:
    """Raises SignInNeeded."""
    if not current_user.is_authenticated:
        raise SignInNeeded
    visitor: Visitor = current_user
    return visitor.user


def operator() -> User:
    """The signed-in user, who must be an operator. Raises SignInNeeded or Refused (forbidden)."""
    user = signed_in_user()
    if not user.may_command:
        raise Refused(Code.FORBIDDEN, f"{user.name} may look but not command: the role is viewer, not operator.")
    return user


def check_host() -> None:
    """Refuse requests to a name that is not ours: a page elsewhere may have made it lead here (DNS rebinding).

    Raises Refused (forbidden).
    """
    if urlsplit(f"//{request.host}").hostname not in services().settings.hosts:
        raise Refused(Code.FORBIDDEN, _not_ours(f"Requests to {request.host[:80]}"))


def check_origin(*, required: bool) -> None:
    """Refuse what a page of another address sends. Browsers say it truly; programs may say nothing unless `required`.

    Raises Refused (forbidden).
    """
    origin = request.headers.get("Origin")
    if origin is None and not required:
        return
    if (origin or "").lower() not in services().settings.origins:
        raise Refused(Code.FORBIDDEN, _not_ours(f"Requests from {(origin or 'an unnamed origin')[:80]}"))


def _not_ours(what: str) -> str:
    return f"{what} are refused; if it is the panel's own address, write it to `origins` under `web` in config.yaml."
