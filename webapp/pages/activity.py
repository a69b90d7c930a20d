# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened to all instances: the events of the registry, with filters, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request

from ..doors.who import does
from ..services import services
from . import bp, words

PAGE = 100
WITHIN = {"1": "last hour", "24": "last 24 hours", "168": "last 7 days", "720": "last 30 days"}
FILTERS = ("host", "instance", "kind", "actor", "q", "within")
# Icon and colour of what happened; the rest is plain.
_LOOKS = {
    "created": ("plus", "green"),
    "adopted": ("check", "green"),
    "changed": ("settings", "blue"),
    "taken_over": ("check", "blue"),
    "started": ("play", "green"),
    "stopped": ("stop", ""),
    "restarted": ("restart", "blue"),
    "destroyed": ("trash", "red"),
    "pruned": ("s-gone", ""),
    "tagged": ("tag", ""),
}
_STATE_COLOURS = {"running": "green", "error": "red", "degraded": "amber", "starting": "blue"}
_BY_START = {
    "device": ("device", "blue"),
    "telegram": ("telegram", "blue"),
    "plugin": ("agent", "blue"),
}


@bp.get("/activity")
@does("see")
def activity() -> str:
    """?host= ?instance= ?kind= ?actor= ?q= ?within=hours ?before=id"""
    chosen = {name: request.args.get(name, "").strip() for name in FILTERS}
    before = request.args.get("before", "")
    with services().registry() as registry:
        found = registry.events(PAGE + 1, **_wanted(chosen, before))
        choices = registry.event_words()
    shown = found[:PAGE]
    filtered = {name: value for name, value in chosen.items() if value}
    return render_template(
        "activity.html",
        days=[(day, list(rows)) for day, rows in groupby(shown, _day)],
        chosen=chosen,
        words=choices,
        within=WITHIN,
        filtered=bool(filtered),
        older=urlencode({**filtered, "before": shown[-1]["id"]}) if len(found) > PAGE else "",
        newest=f"/activity?{urlencode(filtered)}" if before else "",
        looks=looks,
        slugs=sorted({str(line["slug"]) for line in services().live.lines()}),
    )


def _wanted(chosen: Mapping[str, str], before: str) -> dict[str, Any]:
    """The filters as Registry.events takes them."""
    hours = chosen["within"]
    since = datetime.now(UTC) - timedelta(hours=int(hours)) if hours in WITHIN else None
    return {
        "hostname": chosen["host"] or None,
        "slug": chosen["instance"] or None,
        "event_type": chosen["kind"] or None,
        "actor": chosen["actor"] or None,
        "text": chosen["q"] or None,
        "since": since.strftime("%Y-%m-%dT%H:%M:%SZ") if since else None,
        "before": words.whole(before),
    }


def _day(event: Mapping[str, Any]) -> str:
    return str(event["created_at"])[:10]


def looks(kind: str, detail: str = "") -> tuple[str, str]:
    """Icon and colour of an event; a change of state looks like the state that it led to."""
    if kind == "state_changed":
        state = (detail or "").rpartition(" ")[2]
        return words.state_icon(state), _STATE_COLOURS.get(state, "")
    return _LOOKS.get(kind) or _BY_START.get(kind.partition("_")[0]) or ("activity", "")
