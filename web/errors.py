"""What goes wrong becomes an answer: a code and a sentence, as JSON for programs and as a page for people."""

import logging

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from redis import RedisError
from werkzeug.exceptions import HTTPException

from hub.contract.errors import ClayhubError, Code
from hub.state.refusal import refusal
from web.access import SignInNeeded
from web.feed import STORE_DOWN

log = logging.getLogger(__name__)

HTTP_STATUS = {
    Code.FORBIDDEN: 403,
    Code.UNKNOWN_TARGET: 404,
    Code.TOO_LARGE: 413,
    Code.BUSY: 503,
    Code.HUB_DOWN: 503,
    Code.STORE_DOWN: 503,
    Code.BAD_CONFIG: 500,
    Code.INTERNAL: 500,
}
"""400 for all others."""

_OF_HTTP = {
    404: (Code.UNKNOWN_TARGET, "There is nothing at this address."),
    405: (Code.BAD_MESSAGE, "This address does not take requests of this kind."),
    413: (Code.TOO_LARGE, "The request is too large; 64 kB are the most."),
    415: (Code.BAD_MESSAGE, "Send JSON, with the header Content-Type: application/json."),
    429: (Code.BUSY, "Too many attempts from your address. Wait a minute and try again."),
}


def init_errors(app: Flask) -> None:
    """Answer for every error. Only the last one is a surprise; it is logged with its traceback."""
    app.register_error_handler(ClayhubError, _clayhub)
    app.register_error_handler(RedisError, _store)
    app.register_error_handler(CSRFError, lambda _: answer(403, Code.FORBIDDEN, _CSRF))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _surprise)


_CSRF = "The request does not come from a page of this panel, or from one of an ended session. Load the page again."


def answer(status: int, code: str, message: str) -> ResponseReturnValue:
    """A refusal, in the form that suits who asked."""
    if request.path.startswith(("/api/", "/socket", "/health")):
        return jsonify(code=code, message=message), status
    return render_template("error.html", status=status, message=message), status


def _store(error: RedisError) -> ResponseReturnValue:
    return answer(503, Code.STORE_DOWN, refusal(error) or STORE_DOWN.message)


def _clayhub(error: ClayhubError) -> ResponseReturnValue:
    status = 401 if isinstance(error, SignInNeeded) else HTTP_STATUS.get(error.code, 400)
    return answer(status, error.code, str(error))


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # a redirection that Flask makes by itself
        return error
    code, message = _OF_HTTP.get(status, (Code.BAD_MESSAGE, error.description or "The request cannot be understood."))
    return answer(status, code, message)


def _surprise(error: Exception) -> ResponseReturnValue:
    log.error("The panel could not answer %s %s", request.method, request.path, exc_info=error)
    return answer(500, Code.INTERNAL, "Something went wrong in the panel itself; its log says what.")
