# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check before every view: Host, who it is, same origin, scope. What is not open is shut."""

from __future__ import annotations

from typing import NoReturn
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ...plugins.module_utils._model import ClawPilotError
from .access import Doors
from .address import client_of, place
from .headers import harden
from .origin import is_known_host, is_same_origin
from .rights import OPEN
from .who import Who, demand, right_of, scope_of

COOKIE = "claw_pilot_session"
MOST_OPEN_BODY = 20_000  # bytes of a request that anybody may send: it holds a token and a path
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
    if not request.path.startswith("/api/"):
        check_length()
    right = right_of(current_app.view_functions.get(request.endpoint or ""))
    if request.endpoint is not None and scope_of(right) == OPEN:
        if request.method not in SAFE:
            check_origin()
            check_small()
        return None
    bearer = bearer_token()
    asks = by_bearer(services().doors, bearer) if bearer is not None else by_cookie()
    if asks is None:
        return ask_to_log_in()
    g.who = asks
    if asks.session and (request.method not in SAFE or is_socket()):
        check_origin()
    if request.endpoint is not None:
        demand(right)
        allow_to_wait()
    return None


def allow_to_wait() -> None:
    """A thread may wait for a large body now, and for nobody who is not known; see worker.py."""
    allow = getattr(request.environ.get("gunicorn.socket"), "allow", None)
    if allow:
        allow()


def check_small() -> None:
    """Nobody who is not known sends a large body."""
    request.max_content_length = MOST_OPEN_BODY


def check_length() -> None:
    """A form says how long it is: what comes in chunks is cut off without a word where it is too
    long, and nobody knows when it ends. Raises LENGTH_MISSING.
    """
    if request.content_length is None and "Transfer-Encoding" in request.headers:
        raise ClawPilotError(
            "LENGTH_MISSING",
            "The request does not say how long it is.",
            "Send it with Content-Length and not in chunks.",
        )


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
    """Who has the token. Raises TOKEN_REFUSED, TOO_MANY_TRIES."""
    asks = doors.by_token(token)
    if asks is None:
        refuse(
            doors,
            ClawPilotError(
                "TOKEN_REFUSED",
                "The dashboard does not know this token.",
                "Use the one in its file dashboard-token, or an API token that was not revoked.",
            ),
        )
    return asks


def refuse(doors: Doors, error: ClawPilotError) -> NoReturn:
    """Raise the error about what was wrong, or TOO_MANY_TRIES where there is much of it."""
    from ..services import services

    proxies = services().settings.trusted_proxies
    forwarded = request.headers.getlist("X-Forwarded-For")
    where = place(client_of(request.remote_addr, forwarded, proxies))
    wait = doors.limit.wait(where)
    if not wait:
        doors.limit.failed(where)
        raise error
    g.retry_after = wait
    raise ClawPilotError(
        "TOO_MANY_TRIES",
        f"Too many wrong tokens came from there; this one is wrong, too. Wait {wait} seconds.",
        "Use the token in the dashboard's file dashboard-token: a right one never waits.",
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
