# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/api/hosts, /api/discover, /api/adopt, /api/inbox: machines, and what is found on them."""

from __future__ import annotations

from flask import Response, jsonify

from ...plugins.module_utils._model import ClawPilotError
from .. import actions, waiting
from ..doors.who import actor, does
from ..services import services
from . import bp
from .instances import by_id
from .requests import accepted, body


@bp.get("/api/hosts")
@does("see")
def list_hosts() -> Response:
    live = services().live
    return jsonify({"version": live.version, "hosts": list(live.hosts())})


@bp.get("/api/hosts/<path:host>")
@does("see")
def get_host(host: str) -> Response:
    live = services().live
    found = live.host(host)
    if found is None:
        raise ClawPilotError(
            "HOST_NOT_FOUND", "There is no such host.", "The hosts are in GET /api/hosts."
        )
    lines = [line for line in live.lines() if line["host"] == host]
    return jsonify({"host": found, "instances": lines})


@bp.post("/api/discover")
@does("discover")
def discover() -> Response:
    return accepted(actions.discover(body().get("host", "localhost"), actor()))


@bp.post("/api/adopt")
@does("adopt")
def adopt() -> tuple[Response, int]:
    lines = [by_id(one) for one in dict.fromkeys(body()["ids"])]
    jobs = [job.as_dict() for job in actions.adopt(lines, actor())]
    return jsonify({"jobs": jobs}), 202


@bp.get("/api/inbox")
@does("see")
def get_inbox() -> Response:
    return jsonify(waiting.everybody(services()))
