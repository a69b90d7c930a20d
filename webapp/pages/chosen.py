# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers to forms: nothing was ticked, each has its job, go to another page. No effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, redirect, render_template
from flask.typing import ResponseReturnValue

from ...plugins.module_utils._model import ClawPilotError
from .reply import by_htmx


def nothing(message: str, hint: str) -> ResponseReturnValue:
    """400, as a page or as a note."""
    error = ClawPilotError("NOTHING_CHOSEN", message, hint)
    return render_template("error.html", error=error.as_dict(), status=400), 400


def answered(
    words: str,
    jobs: Sequence[Any],
    failed: Sequence[tuple[Mapping[str, Any], ClawPilotError]] = (),
) -> ResponseReturnValue:
    """words: what begins now, such as Approving; failed: which line got no job and why."""
    if by_htmx():
        return render_template("_answered.html", words=words, jobs=jobs, failed=failed)
    return redirect(f"/jobs/{jobs[0].id}" if len(jobs) == 1 else "/jobs", 303)


def moved(path: str) -> ResponseReturnValue:
    """To another page, for browsers with and without htmx."""
    if by_htmx():
        return Response(headers={"HX-Redirect": path})
    return redirect(path, 303)
