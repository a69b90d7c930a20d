# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from ...plugins.module_utils._model import ClawPilotError
from ..services import services
from .access import SESSION_SECONDS
from .guard import COOKIE, by_cookie, refuse
from .who import does, who

pages = Blueprint("doors", __name__)
_MOST = 1000  # characters of a token or a path


@pages.get("/login")
@does("enter")
def login() -> Response:
    """The form; with ?link= a button that logs in once: looking at it must not use it up."""
    if by_cookie():
        return redirect(local_path(request.args.get("next", "")), 303)
    return form(link=request.args.get("link", "")[:_MOST])


@pages.post("/login")
@does("enter")
def enter() -> Response:
    """Take the token or the code of a link, and give a session for it."""
    doors = services().doors
    link, token = request.form.get("link", "")[:_MOST], request.form.get("token", "")[:_MOST]
    try:
        if not (doors.use_link(link) if link else doors.file.matches(token.strip())):
            refuse(doors, wrong_link() if link else wrong_token())
    except ClawPilotError as error:
        return form(error=error)
    answer = redirect(local_path(request.form.get("next", "")), 303)
    answer.set_cookie(
        COOKIE,
        doors.open_session(),
        max_age=SESSION_SECONDS,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
    return answer


@pages.post("/logout")
@does("leave")
def leave() -> Response:
    """End this session."""
    asks = who()
    if asks and asks.session:
        services().doors.close_session(asks.session)
        services().hub.recheck()
    answer = redirect("/login", 303)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="Strict")
    return answer


def form(link: str = "", error: ClawPilotError | None = None) -> Response:
    from ..api.errors import finished, status_of

    page = render_template(
        "login.html",
        link=link,
        error=error.as_dict() if error else None,
        next=local_path(request.values.get("next", "")),
    )
    return finished(make_response(page, status_of(error) if error else 200))


def local_path(path: str) -> str:
    """The path when it is one of ours, else the first page: no link leads elsewhere."""
    if len(path) > _MOST or not path.startswith("/") or not path.isprintable() or "\\" in path:
        return "/"
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    own = not parts.scheme and not parts.netloc and not path.startswith("//")
    return path if own and parts.path not in ("/login", "/logout") else "/"


def wrong_token() -> ClawPilotError:
    return ClawPilotError(
        "LOGIN_REFUSED",
        "That is not the token of this dashboard.",
        "It is in the file dashboard-token, in ~/.claw-pilot on the dashboard's machine.",
    )


def wrong_link() -> ClawPilotError:
    return ClawPilotError(
        "LINK_REFUSED",
        "This link was used already, or is older than five minutes.",
        "Get a new one with claw-pilot dashboard --url.",
    )
