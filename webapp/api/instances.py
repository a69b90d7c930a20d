# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/api/instances: what there is, and what can be done with one or several."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, request

from ...plugins.module_utils._model import ClawPilotError
from .. import actions
from ..doors.who import actor, does
from ..packing import takes_gzip
from ..services import services
from . import bp
from .errors import document as document_of
from .requests import accepted, ask, body, line_of, query

Data = dict[str, Any]
_BOOT = secrets.token_hex(4)  # versions begin anew with every start


@bp.get("/api/instances")
@does("see")
def list_instances() -> Response:
    wanted = {name: query(name) for name in ("host", "state", "tag", "q")}
    if any(wanted.values()):
        lines = [line for line in services().live.lines() if _fits(line, wanted)]
        return jsonify({"version": services().live.version, "instances": lines})
    listing = services().hub.fragments.listing()
    packed = takes_gzip()
    answer = Response(listing.packed if packed else listing.content, mimetype="application/json")
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(f"{_BOOT}.{listing.version}", weak=True)
    answer.make_conditional(request)
    return answer


@bp.post("/api/instances")
@does("create")
def create_instance() -> Response:
    given = body()
    variables = {**given.get("variables", {}), "slug": given["slug"]}
    host = given.get("host", "localhost")
    return accepted(actions.create(host, variables, given.get("check", False), actor()))


@bp.post("/api/instances/actions")
@does("start")
def act_on_instances() -> tuple[Response, int]:
    act = getattr(actions, body()["action"])
    jobs, errors = [], []
    for one in dict.fromkeys(body()["ids"]):
        try:
            jobs.append(act(by_id(one), actor()).as_dict())
        except ClawPilotError as error:
            errors.append({"id": one, **document_of(error)})
    return jsonify({"jobs": jobs, "errors": errors}), 202


@bp.get("/api/instances/<slug>")
@does("see")
def get_instance(slug: str) -> Response:
    line = line_of(slug)
    return jsonify({"instance": line, "facts": services().live.facts(line["id"])})


@bp.delete("/api/instances/<slug>")
@does("destroy")
def destroy_instance(slug: str) -> Response:
    return accepted(actions.destroy(line_of(slug), query("confirm"), query("backup"), actor()))


@bp.post("/api/instances/<slug>/start")
@does("start")
def start_instance(slug: str) -> Response:
    return accepted(actions.start(line_of(slug), actor()))


@bp.post("/api/instances/<slug>/stop")
@does("stop")
def stop_instance(slug: str) -> Response:
    return accepted(actions.stop(line_of(slug), actor()))


@bp.post("/api/instances/<slug>/restart")
@does("restart")
def restart_instance(slug: str) -> Response:
    return accepted(actions.restart(line_of(slug), actor()))


@bp.get("/api/instances/<slug>/agents")
@does("see")
def list_agents(slug: str) -> Response:
    facts = services().live.facts(line_of(slug)["id"])
    return jsonify({"agents": facts.get("agents") or []})


@bp.get("/api/instances/<slug>/health")
@does("see")
def get_health(slug: str) -> Response:
    line = line_of(slug)
    names = ("state", "reason", "state_since", "uptime_percent", "beats")
    now = {name: line[name] for name in names}
    health = services().live.facts(line["id"]).get("health") or {}
    series = list(services().history.series(line["id"], query("hours")))
    return jsonify({**now, "health": health, "series": series})


@bp.get("/api/instances/<slug>/devices")
@does("see")
def list_devices(slug: str) -> Response:
    seen = ask(line_of(slug), "devices")
    return jsonify({"pending": seen.get("pending") or [], "paired": seen.get("paired") or []})


@bp.post("/api/instances/<slug>/devices")
@does("approve")
def answer_device(slug: str) -> Response:
    verb, one = next(iter(body().items()))
    return accepted(actions.devices(line_of(slug), verb, one, actor()))


@bp.get("/api/instances/<slug>/pairings")
@does("see")
def list_pairings(slug: str) -> Response:
    return jsonify({"pending": ask(line_of(slug), "pairings").get("pending") or []})


@bp.post("/api/instances/<slug>/pairings")
@does("approve")
def approve_sender(slug: str) -> Response:
    return accepted(actions.pair_telegram(line_of(slug), body()["code"], actor()))


@bp.get("/api/instances/<slug>/logs")
@does("see")
def get_logs(slug: str) -> Response:
    seen = ask(line_of(slug), "logs", lines=query("lines"))
    return jsonify({"lines": seen.get("lines") or []})


@bp.get("/api/instances/<slug>/events")
@does("see")
def list_instance_events(slug: str) -> Response:
    line = line_of(slug)
    with services().registry() as registry:
        events = registry.events(
            query("limit"),
            line["host"],
            line["slug"],
            openclaw_home=line["openclaw_home"],
            before=query("before"),
        )
    return jsonify({"events": events})


@bp.get("/api/instances/<slug>/config")
@does("see")
def get_config(slug: str) -> Response:
    seen = ask(line_of(slug), "config")
    return jsonify({"text": seen.get("text") or "", "drift": seen.get("drift") or []})


@bp.post("/api/instances/<slug>/tags")
@does("tag")
def set_tags(slug: str) -> Response:
    return jsonify({"tags": actions.set_tags(line_of(slug), body()["tags"])})


def by_id(one: str) -> Mapping[str, Any]:
    """The instance of that id. Raises INSTANCE_NOT_FOUND."""
    line = services().live.line(one)
    if line is None:
        raise ClawPilotError(
            "INSTANCE_NOT_FOUND",
            f"There is no instance with the id {one}.",
            "The ids are in GET /api/instances.",
        )
    return line


def _fits(line: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    text = str(wanted["q"] or "").lower()
    return (
        wanted["host"] in (None, "", line["host"])
        and wanted["state"] in (None, "", line["state"])
        and (not wanted["tag"] or wanted["tag"] in line["tags"])
        and (text in line["slug"].lower() or text in line["display_name"].lower())
    )
