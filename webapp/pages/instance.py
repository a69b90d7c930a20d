# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of one instance: its tabs, and the pieces of them that come later or anew.

?part=live is the head (with the whole first tab), ?part=panel what a host had to be asked for. A
browser without JavaScript asks for the panel with the page: ?now=1.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from ...plugins.module_utils._hostile import shown
from ...plugins.module_utils._model import ClawPilotError
from ..doors.who import does
from ..services import services
from . import bp, fixes, words
from .chart import chart

TABS = {
    "": ("Overview", "activity"),
    "agents": ("Agents", "agent"),
    "devices": ("Devices", "device"),
    "logs": ("Logs", "logs"),
    "config": ("Config", "file"),
    "events": ("Events", "clock"),
}
PANELS = ("devices", "config")  # what the host is asked for
RANGES = {24: "24 h", 168: "7 d", 2160: "90 d"}
LOG_LINES, DOWNLOAD_LINES = 300, 5000
MAX_LOG_LINE = 20_000  # characters
EVENTS = 200
PATIENCE = 10.0  # seconds for an answer of the host
Line = Mapping[str, Any]


@bp.get("/hosts/<host>/<slug>")
@does("see")
def instance(host: str, slug: str) -> ResponseReturnValue:
    """How it is, and how it was."""
    return show(host, slug, "")


@bp.get("/hosts/<host>/<slug>/<any(agents, devices, logs, config, events):tab>")
@does("see")
def instance_tab(host: str, slug: str, tab: str) -> ResponseReturnValue:
    """One of the other tabs."""
    return show(host, slug, tab)


@bp.get("/hosts/<host>/<slug>/logs.txt")
@does("see")
def instance_log(host: str, slug: str) -> ResponseReturnValue:
    """The last lines of its log as a file."""
    line = the_line(host, slug)
    lines = (
        f"{one['time']} {one['level']:<5} {one['source']}: {one['text']}"
        for one in log_lines(line, DOWNLOAD_LINES)
    )
    name = f"{line['slug']}.log"
    return Response(
        "".join(f"{shown(one, MAX_LOG_LINE)}\n" for one in lines),
        mimetype="text/plain",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def show(host: str, slug: str, tab: str) -> ResponseReturnValue:
    line = the_line(host, slug)
    part = request.args.get("part", "")
    if part == "panel" and tab in PANELS:
        return panel(line, tab)
    shown = {"line": line, "tab": tab, "tabs": TABS, **shared(line), **more(line, tab)}
    if part == "live":
        return render_template("instance/_live.html", **shown)
    ready = panel(line, tab) if tab in PANELS and request.args.get("now") else ""
    return render_template("instance/page.html", panel=ready, **shown)


def the_line(host: str, slug: str) -> Line:
    """Raises INSTANCE_NOT_FOUND, INSTANCE_AMBIGUOUS (with ?home= there is one)."""
    home = request.values.get("home", "")
    return services().live.find(slug, host, home)


def shared(line: Line) -> dict[str, Any]:
    """What every tab shows."""
    return {"facts": services().live.facts(line["id"]), "place": services().live.host(line["host"])}


def more(line: Line, tab: str) -> dict[str, Any]:
    """What only this tab shows."""
    if tab == "":
        return first(line)
    if tab == "logs":
        return {"lines": asked_lines(line) if request.args.get("now") else []}
    if tab == "events":
        return {"events": events(line)}
    return {}


def first(line: Line) -> dict[str, Any]:
    """Of the first tab."""
    asked = words.whole(request.args.get("hours", ""))
    hours = asked if asked in RANGES else 24
    shared_services = services()
    place = {"host": str(line["host"]), "instance": str(line["slug"])}
    return {
        "chart": chart(shared_services.history.series(line["id"], hours), hours, time.time()),
        "hours": hours,
        "ranges": RANGES,
        "problems": fixes.problems(shared_services.live.facts(line["id"])),
        "jobs": shared_services.jobs.list(**place, limit=5),
    }


def events(line: Line) -> Sequence[Mapping[str, Any]]:
    """What the registry has of it, the newest first."""
    with services().registry() as registry:
        return registry.events(
            EVENTS, str(line["host"]), str(line["slug"]), openclaw_home=line["openclaw_home"]
        )


def panel(line: Line, tab: str) -> str:
    """What the host says, or why it says nothing."""
    try:
        answer = {"devices": devices, "config": config}[tab](line)
    except ClawPilotError as error:
        return render_template("instance/_silent.html", line=line, tab=tab, error=error.as_dict())
    return render_template(f"instance/_{tab}.html", line=line, tab=tab, **answer)


def devices(line: Line) -> dict[str, Any]:
    """Devices that wait and that are paired, and who wrote to the bot."""
    box = ask(line, "devices")
    senders: Sequence[Any] = []
    if line["telegram"]:
        answer = ask(line, "pairings")
        senders = answer.get("pending") or []
    return {"pending": box["pending"], "paired": box["paired"], "senders": senders}


def config(line: Line) -> dict[str, Any]:
    """Its config with secrets masked, and what the next run would change in it."""
    answer = ask(line, "config")
    return {"text": str(answer["text"]), "drift": answer["drift"]}


def asked_lines(line: Line) -> Sequence[Mapping[str, Any]]:
    try:
        return log_lines(line, LOG_LINES)
    except ClawPilotError as error:
        return [{"time": "", "level": "error", "source": error.code, "text": error.message}]


def log_lines(line: Line, count: int) -> Sequence[Mapping[str, Any]]:
    """Raises what asking a host does."""
    answer: Any = ask(line, "logs", lines=count)
    found = answer if isinstance(answer, list) else answer["lines"]
    return list(found)


def ask(line: Line, question: str, **more: Any) -> dict[str, Any]:
    """Ask the host about this instance."""
    words = {"ask": question, "state_dir": line["state_dir"], **more}
    return services().monitor.ask(str(line["host"]), words, PATIENCE)
