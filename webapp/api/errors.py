# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors as answers: JSON for programs, a page for people, one status for each code."""

from __future__ import annotations

import errno
import logging
import sqlite3
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from ...plugins.module_utils._model import ClawPilotError
from ..doors.guard import for_machines

LOG = logging.getLogger(__name__)
_STATUS = {
    "BODY_TOO_LARGE": 413,
    "CONFIG_KEY_UNKNOWN": 404,
    "DASHBOARD_DATABASE": 503,
    "GATEWAY_TIMEOUT": 504,
    "HOST_BUSY": 503,
    "HOST_REFUSED": 400,
    "HOST_UNREACHABLE": 502,
    "INTERNAL_ERROR": 500,
    "LENGTH_MISSING": 411,
    "LINK_REFUSED": 401,
    "LOGIN_REFUSED": 401,
    "LOGIN_REQUIRED": 401,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_CONFIRMED": 400,
    "NOT_JSON": 415,
    "NO_DISK_SPACE": 507,
    "ORIGIN_REFUSED": 403,
    "REQUEST_REFUSED": 400,
    "ROUTE_NOT_FOUND": 404,
    "SCOPE_MISSING": 403,
    "TOKEN_REFUSED": 401,
    "TOO_MANY_BROWSERS": 503,
    "TOO_MANY_TRIES": 429,
    "UNKNOWN_PLAYBOOK": 400,
    "VARIABLE_REFUSED": 400,
}
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# What SQLite calls files that others hold, and files that cannot be read or written.
_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED")
_UNUSABLE = (
    *("SQLITE_CANTOPEN", "SQLITE_CORRUPT", "SQLITE_IOERR"),
    *("SQLITE_NOTADB", "SQLITE_PERM", "SQLITE_READONLY"),
)
_BY_END = {"_NOT_FOUND": 404, "_INVALID": 400}
_BY_START = {"INVALID_": 400, "GATEWAY_": 502, "REGISTRY_": 503}
_OTHER = 409  # what was asked for cannot be done as things are


def init_app(app: Flask) -> None:
    app.register_error_handler(ClawPilotError, answer)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(sqlite3.Error, answer_storage)
    app.register_error_handler(OSError, answer_storage)


def status_of(error: ClawPilotError) -> int:
    """The HTTP status of an error."""
    code = error.code
    if code in _STATUS:
        return _STATUS[code]
    ends = (status for end, status in _BY_END.items() if code.endswith(end))
    starts = (status for start, status in _BY_START.items() if code.startswith(start))
    return next(ends, None) or next(starts, None) or _OTHER


def document(error: ClawPilotError) -> dict[str, Any]:
    """The error as JSON; choices: the places of an instance that is in several; secrets: what a job
    has to be given once more.
    """
    more = {name: getattr(error, name, None) for name in ("choices", "secrets")}
    return {"error": {**error.as_dict(), **{k: list(v) for k, v in more.items() if v}}}


def answer(error: ClawPilotError) -> Response:
    """The response for the error."""
    status = status_of(error)
    if wants_json():
        return finished(make_response(jsonify(document(error)), status))
    page = render_template("error.html", error=document(error)["error"], status=status)
    return finished(make_response(page, status))


def answer_http(error: HTTPException) -> Response:
    """The same for what Flask and Werkzeug raise."""
    response = answer(in_our_words(error))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def answer_storage(error: sqlite3.Error | OSError) -> Response:
    """The same for a disk or a database that fails while the dashboard runs.

    Raises what has another cause: that is a mistake of ours.
    """
    told = of_storage(error)
    if told is None:
        raise error
    LOG.error("%s %s", told.code, error)
    g.storage_failed = True
    return answer(told)


def of_storage(error: sqlite3.Error | OSError) -> ClawPilotError | None:
    """The error in our words, None when neither the disk nor a database file is its cause."""
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_FULL" or (isinstance(error, OSError) and error.errno in _FULL):
        return ClawPilotError(
            "NO_DISK_SPACE",
            "The disk of the dashboard is full; nothing was done.",
            "Free some space where the dashboard keeps its files, then try again.",
        )
    if name.startswith(_LOCKED):
        return ClawPilotError(
            "DASHBOARD_DATABASE",
            "A database of the dashboard is locked by another program; nothing was done.",
            "Find the program that has the file open and end it, then try again.",
        )
    if name.startswith(_UNUSABLE):
        return ClawPilotError(
            "DASHBOARD_DATABASE",
            f"A database of the dashboard cannot be used: {error}.",
            "Stop the dashboard and start it again: it says which file that is, and what to do.",
        )
    return None


def finished(response: Response) -> Response:
    """With the headers that belong to the status."""
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Claw Pilot"'
    if response.status_code == 429:
        response.headers["Retry-After"] = str(g.get("retry_after", 1))
    return response


def wants_json() -> bool:
    """By the address, else by what the Accept header prefers."""
    kinds = request.accept_mimetypes
    return for_machines() or kinds.best_match(["text/html", "application/json"]) == (
        "application/json"
    )


def in_our_words(error: HTTPException) -> ClawPilotError:
    """The ClawPilotError for an error of Flask or Werkzeug."""
    if error.code == 404:
        return ClawPilotError(
            "ROUTE_NOT_FOUND", "There is no such page.", "Begin at the first page."
        )
    if error.code == 405:
        return ClawPilotError(
            "METHOD_NOT_ALLOWED", "The address is there, but not for this method.", ""
        )
    if error.code == 413:
        return ClawPilotError(
            "BODY_TOO_LARGE",
            f"The request is larger than {request.max_content_length or 0:,} bytes.",
            "Send it in several parts.",
        )
    if error.code is not None and error.code < 500:
        return ClawPilotError("REQUEST_REFUSED", "The request cannot be understood.", "")
    if not isinstance(error, InternalServerError) or error.original_exception is None:
        LOG.error("%s", error)
    return ClawPilotError(
        "INTERNAL_ERROR",
        "The dashboard made a mistake; what happened is in its output.",
        "Try again. If it comes back, report it with what claw-pilot dashboard printed.",
    )
