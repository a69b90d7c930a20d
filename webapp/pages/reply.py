# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an action answers: a note on the page to htmx, else a redirect to the job; and the question
whether it is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from ...plugins.module_utils._model import ClawPilotError

VERBS = ("start", "stop", "restart")
DOING = {"start": "Starting", "stop": "Stopping", "restart": "Restarting"}
Line = Mapping[str, Any]
Failed = tuple[Line, ClawPilotError]


def by_htmx() -> bool:
    """Whether a piece of a page is wanted, not a page."""
    return request.headers.get("HX-Request") == "true"


def from_here() -> bool:
    """Whether the browser asks the dashboard by a name of its own machine."""
    host = request.host.rpartition(":")[0] or request.host
    return host.strip("[]") in ("localhost", "127.0.0.1", "::1")


def each(
    lines: Iterable[Line], work: Callable[[Line], Any]
) -> tuple[list[Any], list[tuple[Line, Exception]]]:
    """The jobs of each line, and which line got none and why."""
    jobs: list[Any] = []
    failed: list[tuple[Line, Exception]] = []
    for line in lines:
        try:
            made = work(line)
        except ClawPilotError as error:
            failed.append((line, error))
        else:
            jobs.extend(made if isinstance(made, (list, tuple)) else [made])
    return jobs, failed


def of(
    verb: str, jobs: Sequence[Any], failed: Sequence[tuple[Line, Exception]]
) -> ResponseReturnValue:
    """A note about the jobs that were queued. Raises the error when there is no job."""
    if failed and not jobs:
        raise failed[0][1]
    return queued(DOING[verb], jobs, failed)


def queued(
    words: str, jobs: Sequence[Any], failed: Sequence[tuple[Line, Exception]] = ()
) -> ResponseReturnValue:
    """words: what begins now, such as Starting."""
    if by_htmx():
        return render_template("_toast.html", words=words, jobs=jobs, failed=failed), 200
    return redirect(f"/jobs/{jobs[0].id}" if len(jobs) == 1 else "/jobs", 303)


def done(words: str, back: str) -> ResponseReturnValue:
    """A note that something is as wanted; without htmx back to the page."""
    if by_htmx():
        return render_template("_toast.html", words=words, jobs=[], failed=[]), 200
    return redirect(back, 303)


def ask(verb: str, lines: Sequence[Line]) -> ResponseReturnValue:
    """The question as a page, for browsers that cannot ask."""
    ids = [str(line["id"]) for line in lines]
    return render_template("confirm.html", verb=verb, lines=lines, path="/actions", ids=ids), 200


def nothing() -> ResponseReturnValue:
    """400: a form that asks for nothing."""
    error = ClawPilotError(
        "NOTHING_CHOSEN", "Nothing was chosen.", "Tick the instances that you mean."
    )
    return render_template("error.html", status=400, error=error.as_dict()), 400
