"""The application factory of the panel."""

from flask import Flask, Response
from flask_wtf.csrf import CSRFProtect

from hub.contract.places import Places
from hub.contract.strict import MAX_BYTES
from hub.state.connect import connect
from hub.state.requests import Requests
from hub.state.sessions import Sessions
from hub.state.view import View
from web.access import check_host, init_access
from web.api import api
from web.attempts import Attempts
from web.errors import init_errors
from web.feed import Feed
from web.live import MAX_MESSAGE, live
from web.pages import pages
from web.services import NAME, Services
from web.settings import Settings
from web.users import Users

CONTENT_SECURITY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing from other addresses, nothing inline, in nobody's frame. Bootstrap's small pictures are `data:`."""

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(settings: Settings | None = None) -> Flask:
    """The panel; without `settings` those of the installation that the environment names. Raises ConfigError.

    It answers at once; the live feed begins with `start_feed`, in the process that serves.
    """
    settings = settings or Settings.from_places(Places.from_environment())
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=settings.cookie,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        MAX_CONTENT_LENGTH=MAX_BYTES,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a panel stays open for weeks
        SOCK_SERVER_OPTIONS={"max_message_size": MAX_MESSAGE},
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions[NAME] = _services(settings)
    app.before_request(check_host)
    init_access(app)
    CSRFProtect(app)
    init_errors(app)
    for blueprint in (pages, api, live):
        app.register_blueprint(blueprint)
    app.after_request(_protect)
    return app


def _services(settings: Settings) -> Services:
    redis = connect(settings.redis_host, settings.redis_port, settings.redis_password)
    view = View(redis)
    return Services(
        settings=settings,
        users=Users(settings.users_file),
        attempts=Attempts(),
        sessions=Sessions(redis),
        view=view,
        requests=Requests(redis),
        feed=Feed(view),
    )


def _protect(response: Response) -> Response:
    response.headers.update(HEADERS)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
