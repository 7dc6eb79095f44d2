"""The WebSocket: a snapshot first, then what changes, until the browser goes, is too slow, or is signed out.

Only the thread of the socket's own handler sends. A browser has nothing to say here: commands are POSTed.
"""

import logging
import socket
import struct
import time
from typing import Any

import orjson
from flask import Blueprint, request
from flask_login import current_user
from flask_sock import Sock
from redis import RedisError
from simple_websocket import ConnectionClosed, Server
from wsproto.utilities import LocalProtocolError

from web.access import check_origin, signed_in_user
from web.feed import STORE_DOWN, Feed
from web.mailbox import Mailbox, Trouble
from web.services import services

log = logging.getLogger(__name__)

SEND_SECONDS = 4
"""A browser that takes nothing for so long is dropped."""

SEND_BUFFER = 128 * 1024
"""Bytes the kernel may hold for a browser, so that a sleeping one is noticed soon."""

MAX_MESSAGE = 1024
"""Bytes. A browser sends nothing; a larger message is not even kept."""

CHECK_SECONDS = 2.0
"""How soon a socket is closed after its session was ended elsewhere."""

GOING_AWAY, POLICY, TRY_LATER = 1001, 1008, 1013
"""Codes of the WebSocket protocol (RFC 6455 and its registry) with which the server closes."""

SIGNED_OUT = 4401
"""Of our own: the page goes to the sign-in."""

live = Blueprint("live", __name__)
sock = Sock()


@live.before_request
def check() -> None:
    """Refuse before the upgrade: afterwards a foreign page would already hold an open socket."""
    check_origin(required=True)
    signed_in_user()
    _bound_waiting(request.environ["gunicorn.socket"])
    # No compression: it costs 300 kB a browser and delays every message, and a small one can unpack to a huge one.
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)


@sock.route("/socket", bp=live)  # type: ignore[untyped-decorator]  # flask-sock has no types
def serve(ws: Server) -> None:
    """One browser, from its upgrade to its end."""
    feed = services().feed
    mailbox = Mailbox(ws.event.set)
    try:
        if feed.join(mailbox):
            _pump(ws, feed, mailbox)
        else:
            ws.close(TRY_LATER, "As many panels are open as can be served; close one and try again.")
    except (ConnectionClosed, LocalProtocolError, OSError) as gone:
        log.debug("A browser went away: %r", gone)
    finally:
        feed.leave(mailbox)
        _hang_up(ws)


def _pump(ws: Server, feed: Feed, mailbox: Mailbox) -> None:
    next_check = time.monotonic() + CHECK_SECONDS
    while ws.connected and ws.thread.is_alive():
        # simple-websocket sets this event when the browser sends or goes; the mailbox sets it when something is in it.
        # Looking at the browser first, at the mailbox afterwards: what is put in between leaves the event set.
        ws.event.wait(CHECK_SECONDS)
        ws.event.clear()
        if ws.receive(timeout=0) is not None:
            ws.close(POLICY, "Nothing is to be sent here.")
        elif feed.ended:
            ws.close(GOING_AWAY, "The panel is being stopped.")
        elif time.monotonic() < next_check:
            _deliver(ws, mailbox)
        elif _still_signed_in():
            next_check = time.monotonic() + CHECK_SECONDS
            _deliver(ws, mailbox)
        else:
            ws.close(SIGNED_OUT, "Signed out.")


def _deliver(ws: Server, mailbox: Mailbox) -> None:
    fresh, trouble, delta = mailbox.take()
    if trouble:
        _send(ws, _to_json(trouble))
        return
    if fresh:
        try:
            _send(ws, services().view.snapshot())
        except RedisError:  # the feed says so too, and asks for a new snapshot when it is over
            _send(ws, _to_json(STORE_DOWN))
            return
    if delta:
        _send(ws, delta)


def _to_json(trouble: Trouble) -> dict[str, Any]:
    return {"type": "trouble", "code": trouble.code, "message": trouble.message}


def _send(ws: Server, message: dict[str, Any]) -> None:
    started = time.monotonic()
    ws.send(orjson.dumps(message).decode())
    if time.monotonic() - started >= SEND_SECONDS:
        # The kernel gave up waiting, perhaps in the middle of the message: this stream is of no more use.
        raise TimeoutError("the browser takes nothing")


def _still_signed_in() -> bool:
    try:
        return services().sessions.user(current_user.get_id()) is not None
    except RedisError:
        return True  # not known now; asked again at the next check


def _bound_waiting(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SEND_SECONDS * 1000)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, 0))  # it may be silent for ever


def _hang_up(ws: Server) -> None:
    """Closing alone would leave simple-websocket's reading thread waiting for a browser that never closes its side.

    That thread closes the socket: wait for it, as another connection may have the same file descriptor right then.
    """
    try:
        ws.sock.shutdown(socket.SHUT_RDWR)
    except OSError as gone:
        log.debug("A browser had gone already: %r", gone)
    ws.thread.join(SEND_SECONDS)
