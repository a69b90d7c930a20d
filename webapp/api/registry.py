# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/api/registry, /api/events: what plays on other machines report and ask, and what happened."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from ...plugins.plugin_utils.registry import Registry
from ...plugins.plugin_utils.registry_door import host_view
from ...plugins.plugin_utils.registry_report import STORING, Entry, read_reports
from ..doors.rights import of_entry
from ..doors.who import actor, demand, does, may
from ..services import services
from . import bp
from .requests import body, query

Row = dict[str, Any]
# Columns of a server: of these, what the registry has is what Ansible gets.
REACHED_BY = frozenset("ip ssh_user ssh_port connection openclaw_bin".split())


@bp.post("/api/registry/report")
@does("report")
def report() -> Response:
    """What is given as actor and origin is what the reporter says: it stands behind who it is."""
    given = body()
    who, origin = actor(), "api"
    who = f"{who} ({given['actor']})" if given.get("actor") else who
    origin = f"{origin} ({given['origin']})" if given.get("origin") else origin
    with Registry(services().settings.registry, actor=who, origin=origin) as registry:
        reports = given["reports"] if may("enroll") else permitted(registry, given["reports"])
        return jsonify(registry.record(reports))


def permitted(registry: Registry, given: list[Row]) -> list[Row]:
    """The reports without what they say of how their hosts are reached: that stays as it is.

    Raises SCOPE_MISSING where an entry takes more than who asks may; REPORT_INVALID.
    """
    for one in read_reports(given):
        rows = registry.instances(one.hostname)
        for entry in one.entries:
            ours = entry.managed or entry.event in STORING
            values = {**entry.values, **({"discovered": 0} if ours else {})}
            demand(of_entry(entry.event, values, row_of(entry, rows)))
    return [
        {**one, "server": {k: v for k, v in one["server"].items() if k not in REACHED_BY}}
        for one in given
    ]


def row_of(entry: Entry, rows: list[Row]) -> Row | None:
    """The row that it would be recorded in: that of its home and slug, else of its folder."""
    key, folder = (entry.openclaw_home, entry.slug), entry.values.get("state_dir")
    same = [row for row in rows if (row["openclaw_home"], row["slug"]) == key]
    same = same or [row for row in rows if folder and row["state_dir"] == folder]
    return same[0] if same else None


@bp.get("/api/registry/hosts/<path:host>")
@does("see")
def get_registry_host(host: str) -> Response:
    with services().registry() as registry:
        return jsonify(host_view(registry.instances(host), registry.config()))


@bp.get("/api/events")
@does("see")
def list_events() -> Response:
    with services().registry() as registry:
        events = registry.events(
            query("limit"),
            query("host"),
            query("instance"),
            event_type=query("type"),
            actor=query("actor"),
            before=query("before"),
        )
    return jsonify({"events": events})
