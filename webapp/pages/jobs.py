# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs: what ran, what runs, and each one's output as it comes."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from ...plugins.module_utils._model import ClawPilotError
from ...plugins.module_utils._secrets import redact
from ..doors.who import actor, needs
from ..jobs.model import STATES
from ..services import services
from . import bp, reply
from .chosen import moved
from .job_output import as_html, as_text, counts, plays

PAGE = 50
_BATCH = 1000  # events that are read at once
_MOST_EVENTS = 20_000  # on a page; the download has all


@bp.get("/jobs")
@needs("read")
def jobs() -> str:
    """The list, newest first. ?state= ?host= ?instance= ?before=number"""
    chosen = {name: request.args.get(name, "") for name in ("state", "host", "instance")}
    before = request.args.get("before", "")
    found = services().jobs.list(
        **chosen, limit=PAGE + 1, before=int(before) if before.isdigit() else None
    )
    shown = list(found)[:PAGE]
    return render_template(
        "jobs/_list.html" if request.args.get("part") == "list" else "jobs/index.html",
        jobs=shown,
        older=shown[-1].number if len(found) > PAGE else None,
        newest=not before,
        chosen=chosen,
        states=STATES,
        hosts=sorted({str(line["name"]) for line in services().live.hosts()} | {chosen["host"]}),
        slugs=sorted({str(line["slug"]) for line in services().live.lines()}),
    )


@bp.get("/jobs/<id>")
@needs("read")
def job(id: str) -> str:  # noqa: A002
    """One job; ?part=live is what changes of it, without the output."""
    one = services().jobs.get(id)
    events = list(all_events(id))
    structure = plays(events, active=one.is_active)
    part = request.args.get("part") == "live"
    return render_template(
        "jobs/_live.html" if part else "jobs/job.html",
        job=one,
        plays=structure,
        counts=counts(structure),
        output="" if part else as_html(events),
        last=events[-1].counter if events else 0,
        variables=json.dumps(redact(one.variables), indent=2, ensure_ascii=False),
        answer=json.dumps(redact(one.result), indent=2, ensure_ascii=False) if one.result else "",
    )


@bp.get("/jobs/<id>/output.txt")
@needs("read")
def job_text(id: str) -> Response:  # noqa: A002
    """What it printed, without colours, to be kept."""
    one = services().jobs.get(id)
    text = "".join(as_text(all_events(id, most=None)))
    name = f"job-{one.number}-{one.playbook}.txt"
    return Response(
        text,
        mimetype="text/plain",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.post("/jobs/<id>/cancel")
@needs("operate")
def job_cancel(id: str) -> ResponseReturnValue:  # noqa: A002
    """Ask it to end; the page shows when it has."""
    one = services().jobs.cancel(id, actor())
    return reply.done(f"Job {one.number} is asked to end.", f"/jobs/{id}")


@bp.post("/jobs/<id>/again")
@needs("operate")
def job_again(id: str) -> ResponseReturnValue:  # noqa: A002
    """The same once more; failed_hosts=yes: for those only. With secrets, the form asks anew."""
    failed = request.form.get("failed_hosts") == "yes"
    try:
        new = services().jobs.again(id, actor(), failed)
    except ClawPilotError as error:
        old = services().jobs.get(id)
        if error.code != "SECRETS_GONE" or old.playbook != "create_instance":
            raise
        return moved(f"/create?from={id}")
    return moved(f"/jobs/{new.id}")


def all_events(id: str, most: int | None = _MOST_EVENTS) -> list[Any]:  # noqa: A002
    """The events of a job, the oldest first."""
    found: list[Any] = []
    while most is None or len(found) < most:
        after = found[-1].counter if found else 0
        batch = services().jobs.events(id, after, _BATCH)
        found += batch
        if len(batch) < _BATCH:
            break
    return found
