# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to one instance: plain forms, answered with a note or a redirect to the job."""

from __future__ import annotations

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from .. import actions
from ..doors.rights import DEVICES, RIGHTS
from ..doors.who import actor, does
from ..services import services
from . import bp, reply, words
from .instance import the_line

DEVICE_WORDS = {
    "approve": "Approving a device of",
    "reject": "Rejecting a device of",
    "remove": "Removing a device of",
    "rotate": "Renewing a device's token of",
}


@bp.get("/hosts/<host>/<slug>/<any(start, stop, restart):verb>")
@does("start")
def ask(host: str, slug: str, verb: str) -> ResponseReturnValue:
    """The question alone: what the buttons of a row lead to without JavaScript."""
    return reply.ask(verb, [the_line(host, slug)])


@bp.post("/hosts/<host>/<slug>/<any(start, stop, restart):verb>")
@does("start")
def act(host: str, slug: str, verb: str) -> ResponseReturnValue:
    """Start, stop or restart it. What ends something has to be confirmed."""
    line = the_line(host, slug)
    if reply.has_to_ask(verb):
        return reply.ask(verb, [line])
    return reply.of(verb, [getattr(actions, verb)(line, actor())], [])


@bp.post("/hosts/<host>/<slug>/tags")
@does("tag")
def tag(host: str, slug: str) -> ResponseReturnValue:
    """Give it exactly these tags; commas between them. Raises INVALID_TAG, NOT_ADOPTED."""
    line = the_line(host, slug)
    tags = [word.strip() for word in request.form.get("tags", "").split(",") if word.strip()]
    actions.set_tags(line, tags)
    return reply.done("Tags saved.", words.place_path(line))


@bp.post("/hosts/<host>/<slug>/devices")
@does("approve")
def answer_device(host: str, slug: str) -> ResponseReturnValue:
    """Approve or reject a request, remove a device or renew its token: one field, verb to id."""
    line = the_line(host, slug)
    verb = next((one for one in DEVICE_WORDS if request.form.get(one)), "")
    if not verb:
        return reply.nothing()
    if reply.has_to_ask(DEVICES[verb]):
        return reply.question(
            f"{verb.capitalize()} a device of {line['slug']}?",
            RIGHTS[DEVICES[verb]].ends,
            verb.capitalize(),
            {verb: request.form[verb]},
        )
    job = actions.devices(line, verb, request.form[verb], actor())
    return reply.queued(DEVICE_WORDS[verb], [job])


@bp.post("/hosts/<host>/<slug>/pairings")
@does("approve")
def answer_sender(host: str, slug: str) -> ResponseReturnValue:
    """Let somebody in who wrote to its bot."""
    line = the_line(host, slug)
    job = actions.pair_telegram(line, request.form.get("code", ""), actor())
    return reply.queued("Letting a sender in at", [job])


@bp.post("/hosts/<host>/<slug>/control-ui")
@does("control_ui")
def control_ui(host: str, slug: str) -> ResponseReturnValue:
    """A page that goes on to OpenClaw's own, with its token in the fragment of the address.

    A fragment is sent to no server, and that page takes it out of the address at once. Ours is kept
    nowhere, and is replaced in the browser's history.
    """
    line = the_line(host, slug)
    place = services().live.host(str(line["host"]))
    answer = actions.control_ui(line)
    page = render_template(
        "instance/control_ui.html",
        line=line,
        tunnel=f"ssh -N -L {line['port']}:127.0.0.1:{line['port']} {line['host']}",
        direct=bool(place and place["connection"] == "local") and reply.from_here(),
        **answer,
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
