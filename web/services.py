"""What the requests of one application share."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from hub.state.requests import Requests
from hub.state.sessions import Sessions
from hub.state.view import View
from web.attempts import Attempts
from web.feed import Feed
from web.settings import Settings
from web.users import Users

NAME = "clayhub"
"""Where they hang in Flask's `app.extensions`."""


@dataclass(frozen=True)
class Services:
    """Made once by the application factory; all of it may be used from any thread."""

    settings: Settings
    users: Users
    attempts: Attempts
    sessions: Sessions
    view: View
    requests: Requests
    feed: Feed


def services() -> Services:
    """Those of the application that serves the current request."""
    return cast(Services, current_app.extensions[NAME])
