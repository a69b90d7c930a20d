# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everybody who waits to be let in: devices and Telegram senders of all instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ...plugins.module_utils._model import ClawPilotError
from .. import actions, waiting
from ..doors.who import actor, does
from ..services import services
from . import bp, words
from .chosen import answered, nothing

ANSWERS = {"approve": "Approving", "reject": "Rejecting"}
DEVICE, SENDER = "device", "sender"
WHY = {
    "new": "A device that the gateway does not know",
    "scope-upgrade": "Paired already, and wants more than it has",
    "role-upgrade": "Paired already, and wants another role",
    "repair": "Paired already; it has changed, but wants nothing new",
}
Line = Mapping[str, Any]


@dataclass(frozen=True)
class Waiting:
    """Who waits at an instance. kind: device or sender; until: UTC, "" where that is not known."""

    line: Line
    kind: str
    request: Mapping[str, Any]
    until: str

    @property
    def key(self) -> str:
        """What the form sends back: instance, kind and id."""
        return f"{self.line['id']} {self.kind} {self.id}"

    @property
    def id(self) -> str:
        names = ("request_id",) if self.kind == DEVICE else ("sender_id", "code")
        return next((str(self.request[n]) for n in names if self.request.get(n)), "")

    @property
    def why(self) -> str:
        return WHY.get(str(self.request.get("why") or self.request.get("reason") or "new"), "")

    @property
    def new_scopes(self) -> list[str]:
        had = set(self.held_scopes)
        return [one for one in self.request.get("requested_scopes", ()) if one not in had]

    @property
    def held_scopes(self) -> list[str]:
        return list(self.request.get("approved_scopes") or ())


@dataclass(frozen=True)
class Silent:
    """An instance that did not tell who waits."""

    line: Line
    error: Mapping[str, str]


@bp.get("/inbox")
@does("see")
def inbox() -> str:
    """All of them, the one with the least time first; ?part=list is the list alone."""
    everybody, silent = gathered(waiting.everybody(services()))
    return render_template(
        "_inbox_list.html" if request.args.get("part") == "list" else "inbox.html",
        waiting=everybody,
        silent=silent,
        bots=[line for line in services().live.lines() if line["telegram"]],
    )


@bp.post("/inbox")
@does("approve")
def inbox_answer() -> ResponseReturnValue:
    """approve or reject: one key; do with ids: all that are ticked; code: of Telegram, typed."""
    if request.form.get("code"):
        return _by_code(request.form.get("bot", ""), request.form["code"].strip().upper())
    verb, keys = _asked()
    if verb not in ANSWERS or not keys:
        return nothing("Nobody to answer.", "Tick at least one request of the list.")
    jobs, failed = [], []
    for key in keys:
        line_id, _space, rest = key.partition(" ")
        kind, _space, id_ = rest.partition(" ")
        line = services().live.line(line_id)
        if line is None or not id_:
            continue
        try:
            jobs.append(_answer(line, verb, kind, id_))
        except ClawPilotError as error:
            failed.append((line, error))
    if failed and not jobs:
        raise failed[0][1]
    if not jobs:
        return nothing("Nobody to answer.", "What was ticked is not there any more.")
    return answered(ANSWERS[verb], jobs, failed)


def _asked() -> tuple[str, Sequence[str]]:
    for verb in ANSWERS:
        if verb in request.form:
            return verb, [request.form[verb]]
    return request.form.get("do", ""), request.form.getlist("ids")


def _answer(line: Mapping[str, Any], verb: str, kind: str, id_: str) -> Any:
    if kind == DEVICE:
        return actions.devices(line, verb, id_, actor())
    if verb != "approve":
        raise ClawPilotError(
            "UNKNOWN_ACTION",
            "A Telegram sender cannot be rejected.",
            "Leave it: the request ends by itself, and nobody is let in.",
        )
    if words.whole(id_) is not None:
        return actions.pair_telegram(line, "", actor(), sender_id=id_)
    return actions.pair_telegram(line, id_, actor())


def _by_code(line_id: str, code: str) -> ResponseReturnValue:
    line = services().live.line(line_id)
    if line is None:
        return nothing("There is no such bot.", "Choose the instance whose bot gave the code.")
    return answered("Approving", [actions.pair_telegram(line, code, actor())])


def gathered(found: Mapping[str, Any]) -> tuple[list[Waiting], list[Silent]]:
    """Who waits, the one with the least time first, and which instances did not answer.

    found: as waiting.everybody() has it. An instance that went meanwhile has nobody waiting.
    """
    line_of = services().live.line
    everybody = [
        Waiting(line, kind, one, until(one))
        for name, kind in (("devices", DEVICE), ("pairings", SENDER))
        for one in found[name]
        if (line := line_of(str(one["instance_id"]))) is not None
    ]
    silent = [
        Silent(line, one["error"])
        for one in found["errors"]
        if (line := line_of(str(one["instance_id"]))) is not None
    ]
    return sorted(everybody, key=lambda one: one.until or "9"), silent


def until(one: Mapping[str, Any]) -> str:
    """When a request ends, in UTC."""
    if one.get("expires"):
        return str(one["expires"])
    if one.get("seconds_left") is None:
        return ""
    end = datetime.now(UTC) + timedelta(seconds=int(one["seconds_left"]))
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")
