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
from ..doors.rights import RIGHTS, YES
from . import words

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
    doing: str, jobs: Sequence[Any], failed: Sequence[tuple[Line, Exception]] = ()
) -> ResponseReturnValue:
    """doing: what begins now, such as Starting."""
    if by_htmx():
        return render_template("_toast.html", words=doing, jobs=jobs, failed=failed), 200
    return redirect(f"/jobs/{jobs[0].id}" if len(jobs) == 1 else "/jobs", 303)


def done(said: str, back: str) -> ResponseReturnValue:
    """A note that something is as wanted; without htmx back to the page."""
    if by_htmx():
        return render_template("_toast.html", words=said, jobs=[], failed=[]), 200
    return redirect(back, 303)


def has_to_ask(right: str) -> bool:
    """Whether a yes is wanted before that is done, and the form has none."""
    return RIGHTS[right].asks == YES and request.form.get("confirm") != "yes"


def ask(verb: str, lines: Sequence[Line]) -> ResponseReturnValue:
    """The question about instances."""
    title = f"{verb.capitalize()} {words.number(len(lines), 'instance')}?"
    fields = [("action", verb), *(("ids", str(line["id"])) for line in lines)]
    return question(title, RIGHTS[verb].ends, verb.capitalize(), fields, lines, "/actions")


def question(
    title: str,
    text: str,
    yes: str,
    fields: Mapping[str, str] | Sequence[tuple[str, str]],
    lines: Sequence[Line] = (),
    path: str = "",
    *,
    typed: str = "",
    wrong: str = "",
    secrets: Sequence[tuple[str, str]] = (),
) -> ResponseReturnValue:
    """The question as a page, for browsers that cannot ask; its form comes back with a yes.

    yes: the button's words; path: where to, else to the address that was asked for; typed: what has
    to be typed instead of the yes; wrong: what was wrong with that; secrets: fields to be filled
    in, name and label each.
    """
    page = render_template(
        "confirm.html",
        title=title,
        text=text,
        yes=yes,
        fields=list(fields.items()) if isinstance(fields, Mapping) else fields,
        lines=lines,
        path=path or request.full_path.rstrip("?"),
        typed=typed,
        wrong=wrong,
        secrets=secrets,
    )
    return page, 400 if wrong else 200


def nothing() -> ResponseReturnValue:
    """400: a form that asks for nothing."""
    error = ClawPilotError(
        "NOTHING_CHOSEN", "Nothing was chosen.", "Tick the instances that you mean."
    )
    return render_template("error.html", status=400, error=error.as_dict()), 400
