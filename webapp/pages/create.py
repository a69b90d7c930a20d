# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form for a new instance: ask, check, preview, create. The playbook does the work."""

from __future__ import annotations

import os
from typing import Any

from flask import Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ...plugins.module_utils import _ports
from ...plugins.module_utils._host import Host
from ...plugins.module_utils._model import ClawPilotError
from .. import actions
from ..answers import LOCALHOST, Known, known_models
from ..doors.who import actor, does
from ..services import services
from . import bp, form_start, words
from .form_schema import fields, parts
from .form_values import Checked, Typed, check, checked_value, read, sentence

_MOST_ROWS = 50


@bp.get("/create")
@does("create")
def create() -> str:
    """The empty form; ?from= takes the answers of an earlier job, without its secrets."""
    host = request.args.get("host", "") or first_host()
    known = known_of(host)
    origin = request.args.get("from", "")
    typed = form_start.empty(host, known)
    if origin:
        job = services().jobs.get(origin)
        host, known = str(job.host or host), known_of(str(job.host or host))
        typed = form_start.again(job.variables, host, known)
    return page(typed, Checked(), known, again=bool(origin))


@bp.post("/create")
@does("create")
def create_instance() -> AnyResponse:
    """Create it, preview it, or show the form again with another row or with what is wrong."""
    typed, do = read(request.form), request.form.get("do", "create")
    known = known_of(typed.host, typed.texts)
    if do not in ("create", "preview"):
        change_rows(typed, do)
        return make_response(page(typed, Checked(), known))
    checked = check(typed, known)
    if typed.host not in host_names():
        checked.errors["host"] = "Choose a host of the list."
    if not checked.errors:
        try:
            job = actions.create(
                typed.host, checked.variables, check=do == "preview", actor=actor()
            )
            return redirect(f"/jobs/{job.id}", 303)
        except ClawPilotError as error:
            checked.errors[""] = sentence(error)
    return make_response(page(typed, checked, known), 422)


@bp.post("/create/check")
@does("create")
def create_check() -> Response:
    """What is wrong with one field as it is typed: {"error": sentence or empty}."""
    typed = read(request.form)
    one = fields().get(request.form.get("field", ""))
    wrong = ""
    if one is not None and typed.texts.get(one.name):
        try:
            checked_value(one, typed, known_of(typed.host, typed.texts))
        except ClawPilotError as error:
            wrong = sentence(error)
    return jsonify({"error": wrong})


def page(typed: Typed, checked: Checked, known: Known, again: bool = False) -> str:
    """The form. Values of hidden fields are left out by the template."""
    for kind in ("agents", "providers"):
        typed.rows.setdefault(kind, [])
    return render_template(
        "create/form.html",
        parts=parts(),
        typed=typed,
        errors=checked.errors,
        known=known,
        hosts=services().fleet.hosts(),
        host_states={str(line["name"]): line for line in services().live.hosts()},
        models=known_models(),
        suggested=suggested_port(known),
        again=again,
    )


def change_rows(typed: Typed, do: str) -> None:
    """add:agents and drop:agents:1; anything else leaves the rows as they are."""
    verb, _colon, rest = do.partition(":")
    kind, _colon, number = rest.partition(":")
    if kind not in ("agents", "providers"):
        return
    rows = typed.rows.setdefault(kind, [])
    if verb == "add" and len(rows) < _MOST_ROWS:
        rows.append({"how": "new"} if kind == "providers" else {})
    elif verb == "drop" and (row := words.whole(number)) is not None and row < len(rows):
        del rows[row]


def host_names() -> list[str]:
    return [str(place.name) for place in services().fleet.hosts()]


def first_host() -> str:
    names = host_names()
    return LOCALHOST if LOCALHOST in names or not names else names[0]


def suggested_port(known: Known) -> int | None:
    """The port that would be chosen, where that can be told from here."""
    try:
        return known.choose_port(None) if known.local else None
    except ClawPilotError:
        return None


def known_of(host: str, texts: dict[str, str] | None = None) -> Known:
    """What is known of a host: of this machine all, of another what the monitor has seen.

    texts: answers for the user and the home, which say whose instances count as the same.
    """
    texts = texts or {}
    lines = [line for line in services().live.lines() if line["host"] == host]
    seen = services().live.host(host) or {}
    local = seen.get("connection", "local" if host == LOCALHOST else "") == "local"
    user, home = texts.get("openclaw_user", ""), texts.get("openclaw_home", "")
    if local and not user and not home:
        home = os.path.expanduser("~")
    same = [line for line in lines if _is_same(line, user, home)]
    with services().registry() as registry:
        reserved, config = registry.ports(host), registry.config()
    start, end, step = (int(config[f"port_{key}"]) for key in ("range_start", "range_end", "step"))
    return Known(
        local=local,
        host=host,
        slugs=frozenset(str(line["slug"]) for line in same),
        providers={str(line["slug"]): _providers(line) for line in same},
        listening=listeners() if local else frozenset(),
        claimed={int(line["port"]): str(line["slug"]) for line in lines if line.get("port")},
        reserved=reserved,
        shared=seen.get("shared") or {},
        ports=_ports.PortRange(start, end, step),
    )


def _is_same(line: dict[str, Any], user: str, home: str) -> bool:
    if home:
        here = str(line.get("openclaw_home") or "/")
        return os.path.realpath(here) == os.path.realpath(os.path.expanduser(home))
    return not user or line.get("openclaw_user") in (user, "", None)


def _providers(line: dict[str, Any]) -> frozenset[str]:
    return frozenset(map(str, services().live.facts(str(line["id"])).get("providers") or ()))


def listeners() -> frozenset[int]:
    """Ports with a listener on this machine; none where that cannot be seen."""
    try:
        return Host().listeners()
    except ClawPilotError:
        return frozenset()
