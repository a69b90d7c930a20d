# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/api/config, /api/tokens, /api/health, /api/openapi.json: the dashboard itself."""

from __future__ import annotations

import time
from collections import Counter

from flask import Response, jsonify

from ...plugins.module_utils._model import COLLECTION_VERSION
from ..doors.who import does
from ..services import services
from . import bp
from .document import document
from .requests import body

_STARTED = time.monotonic()


@bp.get("/api/config")
@does("see")
def list_config() -> Response:
    with services().registry() as registry:
        return jsonify({"config": registry.config()})


@bp.put("/api/config")
@does("configure")
def set_config() -> Response:
    with services().registry() as registry:
        registry.change_config(body())
        return jsonify({"config": registry.config()})


@bp.get("/api/tokens")
@does("see_tokens")
def list_tokens() -> Response:
    return jsonify({"tokens": services().doors.tokens()})


@bp.post("/api/tokens")
@does("make_token")
def make_token() -> tuple[Response, int]:
    name, scope = body()["name"], body()["scope"]
    secret = services().doors.make_token(name, scope)
    return jsonify({"name": name, "scope": scope, "token": secret}), 201


@bp.delete("/api/tokens/<name>")
@does("revoke_token")
def revoke_token(name: str) -> tuple[str, int]:
    services().doors.revoke_token(name)
    services().hub.recheck()
    return "", 204


@bp.get("/api/health")
@does("see")
def get_dashboard_health() -> Response:
    shared = services()
    hosts = Counter(str(host["state"]) for host in shared.live.hosts())
    return jsonify(
        {
            "ok": set(hosts) <= {"connected"},
            "version": COLLECTION_VERSION,
            "uptime_seconds": int(time.monotonic() - _STARTED),
            "instances": Counter(str(line["state"]) for line in shared.live.lines()),
            "hosts": hosts,
            "jobs": dict(shared.jobs.counts()),
            "browsers": shared.hub.count,
        }
    )


@bp.get("/api/openapi.json")
@does("see")
def get_document() -> Response:
    known = document()
    return jsonify({**known, "info": {**known["info"], "version": COLLECTION_VERSION}})
