# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/ws: the handshake. Who may come in, the guard has looked at before."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

from flask import Flask, Response, request
from flask_sock import Sock
from wsproto.utilities import RemoteProtocolError

from ...plugins.module_utils._model import ClawPilotError
from ..api.errors import answer
from ..doors.guard import COOKIE, bearer_token
from ..doors.who import Who, does, scope_of, who
from ..services import Services, services
from .connection import Connection
from .frames import agree
from .hub import MOST, MOST_OF_ONE
from .wire import Wire

_EXTENSIONS = "HTTP_SEC_WEBSOCKET_EXTENSIONS"
_SOCKETS = ("gunicorn.socket", "werkzeug.socket")


class Reader(threading.Thread):
    """simple-websocket's thread for a connection; it does not keep the process from ending."""

    def __init__(self, **options: Any) -> None:
        super().__init__(daemon=True, **options)


SOCKET_OPTIONS = {
    "ping_interval": 25,
    "max_message_size": 256 * 1024,
    "thread_class": Reader,
}


def init_app(app: Flask) -> None:
    app.before_request(prepare)
    sock = Sock()

    @sock.route("/ws")
    def live(ws: Any) -> None:
        packed = bool(request.environ.get(_EXTENSIONS))
        with suppress(OSError):  # a browser that went while we were sending, or took nothing
            Connection(ws, services().hub, packed, still_allowed(services()), caller()).run()

    sock.init_app(app)
    app.register_error_handler(RemoteProtocolError, refuse)
    for rule in app.url_map.iter_rules():
        if rule.rule == "/ws":
            does("see")(app.view_functions[rule.endpoint])


def refuse(error: RemoteProtocolError) -> Response:
    """Answer a handshake that is none: wsproto looks at it."""
    return answer(
        ClawPilotError(
            "REQUEST_REFUSED",
            "The handshake of the live connection is incomplete or wrong.",
            "Ask with Sec-WebSocket-Version: 13 and a Sec-WebSocket-Key, as every browser does.",
        )
    )


def prepare() -> None:
    """Before the handshake: give simple-websocket our socket, and say what may be agreed on."""
    if not request.environ.get("HTTP_UPGRADE") or request.path != "/ws":
        return
    if not services().hub.has_room(caller().key):
        raise ClawPilotError(
            "TOO_MANY_BROWSERS",
            f"{MOST} browsers are connected, or {MOST_OF_ONE} of this login or token, or the"
            " dashboard is about to stop.",
            "Close some of them, or wait; the page connects again by itself.",
        )
    if getattr(request.environ.get("gunicorn.socket"), "spare", None) is not None:
        # The server knows a live connection by how its address is written, and gives it a thread
        # that has time. This one would hold a thread of those for pages.
        raise ClawPilotError(
            "REQUEST_REFUSED", "The address of the live connection is /ws.", "Ask for GET /ws."
        )
    agreed = agree(request.environ.pop(_EXTENSIONS, ""))
    if agreed:
        request.environ[_EXTENSIONS] = agreed
    for name in _SOCKETS:
        if name in request.environ:
            request.environ[name] = Wire(request.environ[name])


def caller() -> Who:
    """Who asks for it; the guard let nobody else through."""
    asks = who()
    assert asks
    return asks


def still_allowed(shared: Services) -> Any:
    """A function that says whether the session or the token of this request is still good."""
    token, cookie = bearer_token(), request.cookies.get(COOKIE, "")

    def allowed() -> bool:
        if token is not None:
            asks = shared.doors.by_token(token)
            return bool(asks and asks.may(scope_of("see")))
        return shared.doors.by_session(cookie) is not None

    return allowed
