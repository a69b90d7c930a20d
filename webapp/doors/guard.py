# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check before every view: Host, who it is, same origin, scope. What is not open is shut."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ...plugins.module_utils._model import ClawPilotError
from .access import Doors
from .headers import harden
from .limit import place
from .origin import is_known_host, is_same_origin
from .store import digest
from .who import OPEN, Who, scope_of

COOKIE = "claw_pilot_session"
SAFE = ("GET", "HEAD", "OPTIONS")
MACHINES = ("/api/", "/ws", "/metrics", "/healthz")  # these answer in JSON


def init_app(app: Flask) -> None:
    from . import views

    app.before_request(check)
    app.after_request(harden)
    app.register_blueprint(views.pages)


def check() -> AnyResponse | None:
    """Let the request through, or raise, or send a browser to the login page."""
    from ..services import services

    if not is_known_host(request.headers.get("Host", ""), services().settings):
        raise ClawPilotError(
            "HOST_REFUSED",
            "This dashboard is not known under the name in the address.",
            "Open it under the address that it printed, or start it with --allowed-host NAME.",
        )
    scope = scope_of(current_app.view_functions.get(request.endpoint or ""))
    if request.endpoint is not None and scope == OPEN:
        if request.method not in SAFE:
            check_origin()
        return None
    bearer = bearer_token()
    asks = by_bearer(services().doors, bearer) if bearer is not None else by_cookie()
    if asks is None:
        return ask_to_log_in()
    g.who = asks
    if asks.session and (request.method not in SAFE or is_socket()):
        check_origin()
    if request.endpoint is not None and not asks.may(scope):
        raise ClawPilotError(
            "SCOPE_MISSING",
            f"The token may {asks.scope}, and this takes one that may {scope}.",
            "Make another token in the dashboard's settings.",
        )
    return None


def check_origin() -> None:
    if not is_same_origin(request.headers, request.headers["Host"], socket=is_socket()):
        raise ClawPilotError(
            "ORIGIN_REFUSED",
            "The request does not come from a page of this dashboard.",
            "Use the dashboard's own pages, or a token. A proxy has to pass on the Host header.",
        )


def is_socket() -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"


def bearer_token() -> str | None:
    """What stands in the Authorization header; None when there is none."""
    given = request.headers.get("Authorization")
    if given is None:
        return None
    kind, _space, token = given.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def by_cookie() -> Who | None:
    from ..services import services

    return services().doors.by_session(request.cookies.get(COOKIE, ""))


def by_bearer(doors: Doors, token: str) -> Who:
    """Who has the token. Raises TOKEN_REFUSED, TOO_MANY_TRIES.

    A program that goes on with an old token slows itself only; trying many slows the place.
    """
    where = place(request.remote_addr)
    same = f"{where} {digest(token)[:16]}"
    check_limit(doors, where, same)
    asks = doors.by_token(token)
    if asks is None:
        if not doors.limit.known(same):
            doors.limit.failed(where)
        doors.limit.failed(same)
        raise ClawPilotError(
            "TOKEN_REFUSED",
            "The dashboard does not know this token.",
            "Use the one in its file dashboard-token, or an API token that was not revoked.",
        )
    return asks


def check_limit(doors: Doors, *keys: str) -> None:
    wait = max(doors.limit.wait(key) for key in keys)
    if wait:
        g.retry_after = wait
        raise ClawPilotError(
            "TOO_MANY_TRIES",
            f"Too many wrong tokens came from there; the next is looked at in {wait} seconds.",
            "Wait, then use the token in the dashboard's file dashboard-token.",
        )


def ask_to_log_in() -> AnyResponse:
    """A browser goes to the login page, a program is told. Raises LOGIN_REQUIRED."""
    if for_machines() or request.method not in SAFE:
        raise ClawPilotError(
            "LOGIN_REQUIRED",
            "This takes a login or a token.",
            "Send the header Authorization: Bearer TOKEN, or log in at /login.",
        )
    target = f"/login?{urlencode({'next': next_here()})}"
    if request.headers.get("HX-Request"):  # else htmx would put the login page into this one
        answer = Response(status=401)
        answer.headers["HX-Redirect"] = target
        return answer
    return redirect(target, 303)


def next_here() -> str:
    """The path that was asked for, as the login page gets it."""
    return request.full_path.rstrip("?") if request.path != "/" or request.query_string else "/"


def for_machines() -> bool:
    """Whether the answer is for a program, by the address."""
    return request.path.startswith(MACHINES)
