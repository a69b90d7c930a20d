# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/api/jobs: playbooks that run, wait or have ended."""

from __future__ import annotations

from flask import Response, jsonify

from .. import actions
from ..doors.who import actor, does
from ..services import services
from . import bp
from .requests import accepted, body, query


@bp.get("/api/jobs")
@does("see")
def list_jobs() -> Response:
    words = {name: query(name) or "" for name in ("state", "host", "instance")}
    found = services().jobs.list(**words, limit=query("limit"), before=query("before"))
    return jsonify({"jobs": [job.as_dict() for job in found]})


@bp.post("/api/jobs")
@does("run")
def run_playbook() -> Response:
    given = body()
    return accepted(
        actions.run(
            given["playbook"],
            given.get("host", "localhost"),
            given.get("variables", {}),
            actor(),
            check=given.get("check", False),
            diff=given.get("diff", False),
        )
    )


@bp.get("/api/jobs/<id>")
@does("see")
def get_job(id: str) -> Response:  # noqa: A002
    return jsonify({"job": services().jobs.get(id).as_dict()})


@bp.get("/api/jobs/<id>/events")
@does("see")
def list_job_events(id: str) -> Response:  # noqa: A002
    jobs = services().jobs
    job = jobs.get(id)
    events = [event.as_dict() for event in jobs.events(id, query("after"), query("limit"))]
    return jsonify({"job": job.as_dict(), "events": events})


@bp.post("/api/jobs/<id>/cancel")
@does("cancel")
def cancel_job(id: str) -> Response:  # noqa: A002
    return accepted(actions.cancel(id, actor()))


@bp.post("/api/jobs/<id>/again")
@does("repeat")
def repeat_job(id: str) -> Response:  # noqa: A002
    given = body()
    failed, confirm = given.get("failed_hosts", False), given.get("confirm", "")
    return accepted(actions.again(id, actor(), failed, confirm, given.get("secrets", {})))
