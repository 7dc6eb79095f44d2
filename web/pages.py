"""The pages: the panel itself, signing in and out."""

import logging

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from web.access import begin_session, check_origin, end_session
from web.services import services

log = logging.getLogger(__name__)

pages = Blueprint("pages", __name__)

WRONG = "This name and password do not belong together. Try again, or ask for a sign-in link (`clayhub link`)."
USED = "This link was used already, or is too old. `clayhub link` makes a new one."


@pages.before_request
def check() -> None:
    """No page of another address may sign a browser in or out."""
    if request.method == "POST":
        check_origin(required=False)


@pages.get("/")
def panel() -> ResponseReturnValue:
    """The panel, or the way to the sign-in."""
    if not current_user.is_authenticated:
        return redirect("/signin")
    return render_template("panel.html", user=current_user.user, settings=services().settings)


@pages.get("/signin")
def sign_in() -> ResponseReturnValue:
    """The form."""
    if current_user.is_authenticated:
        return redirect("/")
    return render_template("signin.html", settings=services().settings)


@pages.post("/signin")
def sign_in_by_password() -> ResponseReturnValue:
    """A name and a password; after too many wrong ones no more are looked at for a while."""
    name, address = request.form.get("name", ""), request.remote_addr or ""
    attempts = services().attempts
    if not attempts.allowed(name, address):
        abort(429)
    user = services().users.check(name, request.form.get("password", ""))
    if user is None:
        attempts.wrong(name, address)
        log.warning("Sign-in as %.40r from %s refused.", name, address)
        return render_template("signin.html", settings=services().settings, name=name, problem=WRONG), 401
    begin_session(user)
    return redirect("/", 303)


@pages.get("/link/<token>")
def sign_in_by_link(token: str) -> ResponseReturnValue:
    """A one-time link, as `clayhub up` prints it. Opening it again does no harm to who is signed in already."""
    if request.method == "HEAD":  # a program that only looks whether the link leads somewhere must not use it up
        return ""
    name = services().sessions.use_link(token)
    user = services().users.get(name) if name is not None else None
    if user is not None:
        begin_session(user)
    elif not current_user.is_authenticated:
        return render_template("signin.html", settings=services().settings, problem=USED), 401
    return redirect("/", 303)


@pages.post("/signout")
def sign_out() -> ResponseReturnValue:
    """The session is worth nothing afterwards, wherever its cookie is."""
    end_session()
    return redirect("/signin", 303)
