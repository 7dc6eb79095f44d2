"""The HTTP interface. A command is answered 202 with an id; what becomes of it comes over the WebSocket."""

import orjson
import redis
from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from hub.contract import strict
from hub.contract.channels import Value
from hub.contract.errors import ClayhubError, Code, Refused
from web.access import check_origin, operator, signed_in_user
from web.services import services
from web.users import User

api = Blueprint("api", __name__)

LARGEST = 2**63 - 1
ACTIONS = ("start", "stop", "reset", "clear")


@api.before_request
def check() -> None:
    """No page of another address may command anything."""
    if request.method == "POST":
        check_origin(required=False)


@api.get("/health")
def health() -> ResponseReturnValue:
    """For supervisors: 200 when the panel can serve; raises what becomes a 503 when Redis is away."""
    return _json({"status": "ok", "hub": services().view.hub_alive()})


@api.get("/api/snapshot")
def snapshot() -> ResponseReturnValue:
    """Everything as it is now, as it also comes first over the socket."""
    signed_in_user()
    return _json(services().view.snapshot())


@api.post("/api/command")
def command() -> ResponseReturnValue:
    """Ask to set a channel: `{"key": "phytotron/chamber", "channel": "fan_left", "value": true}`."""
    user = operator()
    data = _body("key", "channel", "value")
    key, channel, value = _text(data, "key"), _text(data, "channel"), _value(data["value"])
    return _ask("set", user, {"key": key, "channel": channel, "value": value})


@api.post("/api/procedure")
def procedure() -> ResponseReturnValue:
    """Start, stop, reset or clear a procedure: `{"name": "ventilation", "action": "start"}`."""
    return _act("procedure")


@api.post("/api/schedule")
def schedule() -> ResponseReturnValue:
    """The same for a schedule."""
    return _act("schedule")


@api.post("/api/alarm")
def alarm() -> ResponseReturnValue:
    """Acknowledge an alarm: `{"name": "too_hot", "note": "on my way"}`; the note may be empty."""
    user = operator()
    data = _body("name", "note")
    name, note = _text(data, "name"), _text(data, "note", shortest=0)
    return _ask("alarm", user, {"name": name, "action": "acknowledge", "note": note})


def _act(kind: str) -> ResponseReturnValue:
    user = operator()
    data = _body("name", "action")
    name, action = _text(data, "name"), _text(data, "action")
    if action not in ACTIONS:
        raise Refused(Code.BAD_MESSAGE, f'The "action" is one of {", ".join(ACTIONS)}; not {action[:40]!r}.')
    return _ask(kind, user, {"name": name, "action": action})


def _ask(kind: str, user: User, fields: dict[str, Value]) -> ResponseReturnValue:
    try:
        return _json({"id": services().requests.send(kind, user.name, "panel", **fields)}, 202)
    except (redis.ConnectionError, redis.TimeoutError):
        text = "Redis did not answer: it is not certain whether this was taken. Look first before you repeat it."
        raise ClayhubError(Code.STORE_DOWN, text) from None


def _body(*wanted: str) -> dict[str, object]:
    if request.mimetype != "application/json":
        abort(415)
    data = strict.loads_object(request.get_data())
    if data.keys() != set(wanted):
        raise Refused(Code.BAD_MESSAGE, f"The request needs exactly these: {', '.join(wanted)}.")
    return data


def _text(data: dict[str, object], name: str, shortest: int = 1) -> str:
    text = data[name]
    if not isinstance(text, str) or not shortest <= len(text) <= 200:
        raise Refused(Code.WRONG_TYPE, f'"{name}" is a text of {shortest} to 200 characters.')
    return text


def _value(value: object) -> Value:
    if not isinstance(value, bool | int | float | str):
        raise Refused(Code.WRONG_TYPE, '"value" is a number, a text, true or false.')
    if isinstance(value, int) and abs(value) > LARGEST:
        raise Refused(Code.OUT_OF_RANGE, "A whole number of more than 64 bits cannot be meant.")
    return value


def _json(data: object, status: int = 200) -> Response:
    return Response(orjson.dumps(data), status, mimetype="application/json")
