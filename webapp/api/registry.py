# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/api/registry, /api/events: what plays on other machines report and ask, and what happened."""

from __future__ import annotations

from flask import Response, jsonify

from ...plugins.plugin_utils.registry import Registry
from ...plugins.plugin_utils.registry_door import host_view
from ..doors.who import actor, does
from ..services import services
from . import bp
from .requests import body, query


@bp.post("/api/registry/report")
@does("report")
def report() -> Response:
    given = body()
    who, origin = given.get("actor") or actor(), given.get("origin") or "playbook"
    with Registry(services().settings.registry, actor=who, origin=origin) as registry:
        return jsonify(registry.record(given["reports"]))


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
