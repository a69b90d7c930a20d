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
from .. import actions
from ..doors.rights import NAME, NOTHING, RIGHTS, YES, of_run
from ..doors.who import actor, does, may
from ..jobs.missing import NEEDED, places
from ..jobs.model import STATES
from ..services import services
from . import bp, reply, words
from .chosen import moved
from .job_output import as_html, as_text, counts, plays

PAGE = 50
_SECRET = "secret:"  # before the place in the variables, as the name of a field
_BATCH = 1000  # events that are read at once
_MOST_EVENTS = 20_000  # on a page; the download has all


@bp.get("/jobs")
@does("see")
def jobs() -> str:
    """The list, newest first. ?state= ?host= ?instance= ?before=number"""
    chosen = {name: request.args.get(name, "") for name in ("state", "host", "instance")}
    before = request.args.get("before", "")
    found = services().jobs.list(**chosen, limit=PAGE + 1, before=words.whole(before))
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
@does("see")
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
        again=again_words(one),
        answer=json.dumps(redact(one.result), indent=2, ensure_ascii=False) if one.result else "",
    )


@bp.get("/jobs/<id>/output.txt")
@does("see")
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
@does("cancel")
def job_cancel(id: str) -> ResponseReturnValue:  # noqa: A002
    """Ask it to end; the page shows when it has."""
    if reply.has_to_ask("cancel"):
        one = services().jobs.get(id)
        return reply.question(f"Stop {one.title}?", RIGHTS["cancel"].ends, "Stop", {})
    one = actions.cancel(id, actor())
    return reply.done(f"Job {one.number} is asked to end.", f"/jobs/{id}")


@bp.post("/jobs/<id>/again")
@does("repeat")
def job_again(id: str) -> ResponseReturnValue:  # noqa: A002
    """The same once more; failed_hosts=yes: for those only. The secrets that it was given are asked
    for by another page, and come as secret:PLACE.

    What destroys is never repeated, but begun anew on the page that shows what would go now.
    """
    old, failed = services().jobs.get(id), request.form.get("failed_hosts") == "yes"
    confirm = request.form.get("confirm", "").strip()
    asks = actions.right_again(old).again if not old.check else NOTHING
    if old.playbook == "destroy_instance" and not old.check:
        place = {"host": old.host, "slug": old.instance, "openclaw_home": old.openclaw_home}
        return moved(words.place_path(place, "destroy"))
    if asks == NAME and confirm != old.instance or asks == YES and confirm != "yes":
        return ask_again(old, asks, failed, confirm)
    given = {
        name.removeprefix(_SECRET): value
        for name, value in request.form.items()
        if name.startswith(_SECRET)
    }
    try:
        new = actions.again(id, actor(), failed, confirm, given)
    except ClawPilotError as error:
        if error.code != NEEDED:
            raise
        return moved(f"/jobs/{id}/again{'?failed_hosts=yes' if failed else ''}")
    return moved(f"/jobs/{new.id}")


@bp.get("/jobs/<id>/again")
@does("repeat")
def job_again_form(id: str) -> ResponseReturnValue:  # noqa: A002
    """The form for the secrets that a job was given."""
    old, failed = services().jobs.get(id), request.args.get("failed_hosts") == "yes"
    right = actions.right_again(old)
    typed = old.instance if right.again == NAME and not old.check else ""
    text = "It was given these secrets, which are not kept. Give them again."
    return reply.question(
        f"Run job {old.number} again: {old.title}?",
        f"{text} {right.ends if typed else ''}".strip(),
        "Run again",
        {"failed_hosts": "yes"} if failed else {},
        path=f"/jobs/{id}/again",
        typed=typed,
        secrets=[(_SECRET + place, place) for place in places(old.variables)],
    )


def again_words(old: Any) -> tuple[str, str] | None:
    """The question for a browser that can ask, and what is asked; None for who may not repeat it.

    Empty where there is none, or where a page asks it.
    """
    right = of_run(old.playbook, old.asked())
    if not may(right):
        return None
    asks = RIGHTS[right].again == YES and not old.check
    return (f"Run {old.title} again?", RIGHTS[right].ends) if asks else ("", "")


def ask_again(old: Any, asks: str, failed: bool, confirm: str) -> ResponseReturnValue:
    """The question before a job is repeated that ends something."""
    return reply.question(
        f"Run job {old.number} again: {old.title}?",
        actions.right_again(old).ends,
        "Run again",
        {"failed_hosts": "yes"} if failed else {},
        typed=old.instance if asks == NAME else "",
        wrong=f"That is not {old.instance}." if asks == NAME and confirm else "",
    )


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
