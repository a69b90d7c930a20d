# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests as views get them: checked against openapi.yml before, and what they are about."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from ...plugins.module_utils._model import ClawPilotError
from ..jobs.model import Job
from ..services import services
from .document import operations, path_of

Data = dict[str, Any]


def check() -> None:
    """Before every view of the API: read what it gets. Raises REQUEST_INVALID, NOT_JSON."""
    if request.url_rule is None:
        return
    method = "GET" if request.method == "HEAD" else request.method
    operation = operations().get((path_of(request.url_rule.rule), method))
    if operation is None:  # OPTIONS
        return
    if operation.most:
        request.max_content_length = operation.most
    g.query = operation.read_query(request.args)
    if operation.body is not None:
        text = request.get_data(cache=False)
        if request.content_length is None and len(text) == request.max_content_length:
            raise RequestEntityTooLarge  # it came in chunks, and the rest was cut off
        if text and request.mimetype != "application/json":
            raise ClawPilotError(
                "NOT_JSON",
                "The body has to be JSON.",
                "Send it with the header Content-Type: application/json.",
            )
        g.body = operation.read_body(text)


def query(name: str) -> Any:
    """A parameter of the address; None when it is not given and has no default."""
    return g.query.get(name)


def body() -> Data:
    """The checked body."""
    found: Data = g.body
    return found


def line_of(slug: str) -> Data:
    """The one instance that is meant. Raises INSTANCE_NOT_FOUND, INSTANCE_AMBIGUOUS."""
    return services().live.find(slug, query("host") or "", query("home") or "")


def accepted(job: Job) -> Response:
    """202 with the job and its address."""
    answer = jsonify({"job": job.as_dict()})
    answer.status_code = 202
    answer.headers["Location"] = f"/api/jobs/{job.id}"
    return answer


def ask(line: Data, question: str, **more: Any) -> Data:
    """What the session on the instance's host answers. Raises HOST_UNREACHABLE and others."""
    asked = {"ask": question, "state_dir": line["state_dir"], **more}
    return services().monitor.ask(str(line["host"]), asked)
