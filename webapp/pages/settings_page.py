# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings: the registry's configuration, API tokens, the theme, and what this is."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from ...plugins.module_utils._model import (
    COLLECTION_VERSION,
    OPENCLAW_VERSION,
    ClawPilotError,
)
from ...plugins.plugin_utils.registry_config import DEFAULTS, check_values
from ..doors.rights import SCOPES
from ..doors.who import does
from ..services import services
from . import bp, reply
from .chosen import moved

# Key -> label and what it does. Keys without words are shown by their name.
KEYS = {
    "port_range_start": ("First port", "New instances get their port from here on."),
    "port_range_end": ("Last port", "Up to and including this one."),
    "port_step": ("Distance", "OpenClaw itself uses up to 110 ports after the first."),
    "dashboard_port": ("Port of this dashboard", "Holds from its next start on."),
    "health_check_interval_ms": (
        "Look at hosts every (ms)",
        "What somebody looks at is looked at every 2 seconds. Holds from the next start on.",
    ),
    "openclaw_user": ("System user", "Owner of the instances on servers."),
}
SCOPE_WORDS = {
    "metrics": "/metrics only, for Prometheus",
    "read": "see everything, change nothing",
    "operate": "and start, stop, create, adopt, pair",
    "admin": "and destroy, run any playbook, settings and tokens",
}
LIBRARIES = ("ansible-core", "ansible-runner", "flask", "sqlite-utils")
LICENCES = (
    ("Claw Pilot", "GPL-3.0-or-later; what runs on hosts BSD-2-Clause"),
    ("htmx", "0BSD"),
    ("xterm.js", "MIT"),
)


@bp.get("/settings")
@does("configure")
def settings() -> str:
    return _page()


@bp.post("/settings/config")
@does("configure")
def settings_config() -> ResponseReturnValue:
    """Store what differs. When one value is wrong none is stored."""
    given = {key: request.form[key].strip() for key in DEFAULTS if key in request.form}
    errors = store(given)
    if errors:
        return _page(given=given, errors=errors), 422
    return redirect("/settings?saved=config#config", 303)


@bp.post("/settings/tokens")
@does("make_token")
def settings_token() -> ResponseReturnValue:
    """Make a token and show it, this one time."""
    name, scope = request.form.get("name", "").strip(), request.form.get("scope", "")
    try:
        made = services().doors.make_token(name, scope)
    except ClawPilotError as error:
        wrong = {"name": f"{error.message} {error.hint}"}
        return _page(token_name=name, token_scope=scope, errors=wrong), 422
    return _page(token=made, token_name=name), 201


@bp.post("/settings/tokens/revoke")
@does("revoke_token")
def settings_revoke() -> ResponseReturnValue:
    name = request.form.get("name", "")
    if reply.has_to_ask("revoke_token"):
        text = "Whatever uses this token gets no answer from now on."
        return reply.question(f"Revoke {name[:40]}?", text, "Revoke", {"name": name})
    services().doors.revoke_token(name)
    services().hub.recheck()
    return moved("/settings?saved=revoked")


def store(given: dict[str, str]) -> dict[str, str]:
    """Store all values, or none when one is wrong; what is wrong, by key."""
    errors = {key: wrong for key, value in given.items() if (wrong := _wrong(key, value))}
    if errors:
        return errors
    with services().registry() as registry:
        try:
            registry.change_config(given)
        except ClawPilotError as error:  # they do not fit each other
            return {"port_range_end": f"{error.message} {error.hint}"}
    return {}


def _wrong(key: str, value: str) -> str:
    """What is wrong with a value by itself."""
    widest = {**DEFAULTS, "port_range_start": "1024", "port_range_end": "65535"}
    try:
        check_values({key: value}, widest)
    except ClawPilotError as error:
        return f"{error.message} {error.hint}"
    return ""


def _page(
    *,
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    token: str = "",
    token_name: str = "",
    token_scope: str = "read",
) -> str:
    with services().registry() as registry:
        config = registry.config()
    return render_template(
        "settings.html",
        values={**config, **(given or {})},
        defaults=DEFAULTS,
        keys=KEYS,
        errors=errors or {},
        tokens=services().doors.tokens(),
        scopes=[(scope, SCOPE_WORDS[scope]) for scope in SCOPES],
        token=token,
        token_name=token_name,
        token_scope=token_scope,
        saved=request.args.get("saved", ""),
        about=about(),
        licences=LICENCES,
    )


def about() -> list[tuple[str, str, bool]]:
    """Label, words, and whether that is a path or a version to be copied."""
    here = services().settings
    return [
        ("Claw Pilot", COLLECTION_VERSION, False),
        ("Tested with OpenClaw", OPENCLAW_VERSION, False),
        ("Python", platform.python_version(), False),
        *((name, _version(name), False) for name in LIBRARIES),
        ("Data", str(here.home), True),
        ("Registry", str(here.registry), True),
        ("Token file", str(here.token_path), True),
        ("Inventory", here.inventory or "this machine and the registry", bool(here.inventory)),
    ]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
