# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the monitor found and the registry does not know: adopt one, some or all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from ...plugins.plugin_utils.comparison import why_not
from .. import actions
from ..doors.who import actor, does
from ..services import services
from . import bp, reply
from .chosen import nothing

NOT_OURS = "none"
Line = Mapping[str, Any]


@bp.get("/discover")
@does("see")
def discover() -> str:
    """By host, what may be adopted; ?host= shows one host only."""
    chosen = request.args.get("host", "")
    hosts = [line for line in services().live.hosts() if chosen in ("", line["name"])]
    found = {str(line["name"]): _found(str(line["name"])) for line in hosts}
    return render_template(
        "discover.html",
        hosts=hosts,
        found=found,
        total=sum(map(len, found.values())),
        known=sum(1 for line in services().live.lines() if line["registry"] != NOT_OURS),
        chosen=chosen,
        names=[str(line["name"]) for line in services().live.hosts()],
    )


@bp.post("/discover")
@does("discover")
def discover_act() -> ResponseReturnValue:
    """do: scan (look again, on one host or all), run (the playbook, adopting nothing) or adopt."""
    do, host = request.form.get("do", ""), request.form.get("host", "")
    if do == "scan":
        services().monitor.refresh(host)
        return reply.done("Looking again.", "/discover")
    if do == "run":
        job = actions.discover(host, actor())
        return redirect(f"/jobs/{job.id}", 303)
    # A button of one line has its id; the button for all takes what is ticked.
    ids = request.form.getlist("one") or request.form.getlist("ids")
    lines = [line for one in ids if (line := services().live.line(one)) is not None]
    lines = [line for line in lines if line["registry"] == NOT_OURS and not _why_not(line)]
    if not lines:
        return nothing("Nothing to adopt.", "Tick at least one instance that is not adopted.")
    return reply.queued("Adopting on", actions.adopt(lines, actor()))


def _found(host: str) -> list[dict[str, Any]]:
    """The lines of a host that the registry does not have, each with its facts."""
    live = services().live
    return [
        {"line": line, "facts": live.facts(str(line["id"])), "why_not": _why_not(line)}
        for line in live.lines()
        if line["host"] == host and line["registry"] == NOT_OURS
    ]


def _why_not(line: Line) -> str:
    """Why it cannot be adopted, in a sentence; empty when it can."""
    return why_not({**line, **services().live.facts(str(line["id"]))})
