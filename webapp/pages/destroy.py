# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last question before an instance is gone: what goes, what stays, and its name once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from ...plugins.module_utils._model import ClawPilotError
from .. import actions
from ..doors.who import actor, does
from ..services import services
from . import bp

Facts = Mapping[str, Any]


@bp.get("/hosts/<host>/<slug>/destroy")
@does("destroy")
def destroy(host: str, slug: str) -> str:
    """The question."""
    return _page(services().live.find(slug, host, request.args.get("home", "")))


@bp.post("/hosts/<host>/<slug>/destroy")
@does("destroy")
def destroy_instance(host: str, slug: str) -> ResponseReturnValue:
    """confirm: the slug; backup=yes for an archive first."""
    line = services().live.find(slug, host, request.args.get("home", ""))
    try:
        confirm = request.form.get("confirm", "").strip()
        backup = request.form.get("backup") == "yes"
        job = actions.destroy(line, confirm, backup, actor())
    except ClawPilotError as error:
        if error.code != "NOT_CONFIRMED":
            raise
        return _page(line, f"{error.message} {error.hint}"), 400
    return redirect(f"/jobs/{job.id}", 303)


def _page(line: Mapping[str, Any], wrong: str = "") -> str:
    facts = services().live.facts(str(line["id"]))
    adopted = line["registry"] == "adopted" or not facts.get("managed", True)
    return render_template(
        "destroy.html",
        line=line,
        facts=facts,
        adopted=adopted,
        goes=removed(facts, adopted),
        stays=kept(facts, adopted),
        wrong=wrong,
    )


def removed(facts: Facts, adopted: bool) -> list[tuple[str, str]]:
    """What goes: words and path. The playbook shows the same with sizes before it begins."""
    service = facts.get("service") or {}
    found = [
        ("State: sessions, pairings, memory, keys, workspaces", str(facts.get("state_dir") or "")),
        (_service_words(service), str(service.get("definition_path") or service.get("name") or "")),
        ("Console log", str(facts.get("console_log_path") or "")),
    ]
    if not adopted:
        found.append(("Project directory, if it was made with it", _project(facts)))
    return [(words, path) for words, path in found if path]


def kept(facts: Facts, adopted: bool) -> list[tuple[str, str]]:
    """What stays."""
    found = [("Project directory", _project(facts))] if adopted and _project(facts) else []
    return [
        *found,
        ("Node and OpenClaw, which other instances share", ""),
        ("Its events in the activity", ""),
        ("What it left elsewhere: Telegram chats, bots, accounts of providers", ""),
    ]


def _project(facts: Facts) -> str:
    return str(facts.get("project_dir") or "")


def _service_words(service: Facts) -> str:
    manager = str(service.get("manager") or "none")
    return {"docker": "Container", "none": "Process"}.get(manager, f"Service of {manager}")
