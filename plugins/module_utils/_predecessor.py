# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The instance that is taken over: what it is, what runs it, what of it ours begins with.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import _handover
from ._check import references
from ._commands import openclaw_words, option
from ._definitions import Definition, unit
from ._dotenv import encode, parse
from ._foreign_services import ForeignProcess, ForeignService, foreign_service
from ._gateway_token import resolved
from ._host import Host
from ._includes import has_includes
from ._json5 import parse as parse_json5
from ._model import GATEWAY_TOKEN_VARIABLE, ClawPilotError, Layout
from ._probe import observed_at
from ._problems import PORT_TAKEN, TWO_SERVICES
from ._procfs import environment_of
from ._state_files import namer
from ._takeover import (
    Place,
    config_variables,
    modernised,
    refusal,
    secrets,
    specification,
)
from ._unit import Runtime

# Variables of a service that its gateway needs, though no config names them; HOME and such are
# not among them.
_CARRIED = re.compile(
    r"(?!OPENCLAW_)(?:[A-Z0-9_]+_)?(?:KEY|TOKEN|SECRET|PASSWORD|PROXY|BASE_URL)\Z"
)
_TOKEN, _PASSWORD = "OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_PASSWORD"
# What a service may say on its command line and ours would not.
_OPTIONS = ("--auth", "--bind", "--password", "--password-file", "--tailscale", "--token")


@dataclass(frozen=True)
class Predecessor:
    """What others made in an instance's place.

    service: None when nothing of theirs runs it or could start it again; secrets: variable ->
    value; kept: see _takeover; ran: whether its gateway ran when the take-over began.
    """

    instance: Mapping[str, Any]
    service: ForeignService | None
    spec: Mapping[str, Any]
    kept: tuple[Place, ...]
    secrets: Mapping[str, str]
    ran: bool

    @property
    def agents(self) -> tuple[str, ...]:
        """Whose workspaces others furnished: no template of ours goes there."""
        return tuple(str(agent["id"]) for agent in self.instance["agents"])

    @property
    def pids(self) -> tuple[int, ...]:
        shown = self.instance
        return tuple(pid for pid in (shown["process"]["pid"], shown["service"]["pid"]) if pid)


def find(host: Host, layout: Layout, state_dir: str = "") -> Predecessor | None:
    """What others made in the place of this instance; None when there is nothing.

    state_dir: where the registry knows it to be, '' when it does not. Raises TAKE_OVER_REFUSED
    for what cannot be ours.
    """
    if state_dir and os.path.realpath(state_dir) != os.path.realpath(layout.state_dir):
        why = f"its state directory is {state_dir}"
        raise refusal(layout, why, f"Move it to {layout.state_dir} first")
    noted = _handover.read(host, layout)
    if noted is None and not host.names(layout.state_dir):
        return None
    instance = noted["instance"] if noted else _observed(host, layout)
    if noted is None:
        _check_place(host, layout, instance)
    service = _service(host, instance, layout)
    original = _config(host, layout)
    config, moved = modernised(original), config_variables(original)
    definition = _definition(host, instance)
    _check_command(layout, definition)
    variables = _variables(host, layout, instance, definition, moved)
    found = _secrets(config, variables, moved, layout)
    if noted:
        kept = tuple(tuple(place) for place in noted["kept"])
        return Predecessor(instance, service, noted["spec"], kept, found, bool(noted["ran"]))
    derived = specification(config, layout, int(instance["port"]), found)
    spec = {**derived.spec, **_heap(definition)}
    ran = bool(instance["service"]["active"] or instance["process"]["pid"])
    return Predecessor(instance, service, spec, derived.kept, found, ran)


def _observed(host: Host, layout: Layout) -> dict[str, Any]:
    found = observed_at(os.path.realpath(layout.state_dir), host)
    if not found:
        why = f"{layout.state_dir} holds no OpenClaw instance"
        raise refusal(layout, why, "Choose another slug, or empty it")
    return found[0]


def _check_place(host: Host, layout: Layout, instance: Mapping[str, Any]) -> None:
    for path in (layout.state_dir, layout.config_path, layout.env_path):
        if os.path.islink(path):
            raise refusal(layout, f"{path} is a symbolic link", "Put in its place what it leads to")
    told = str(instance["config_path"])
    if os.path.realpath(told) != os.path.realpath(layout.config_path):
        raise refusal(layout, f"its config is {told}", f"Move it to {layout.config_path} first")
    if not instance["port"]:
        raise refusal(layout, "its gateway.port is none", "Correct it first")
    for problem in instance["problems"]:
        if problem["code"] in (TWO_SERVICES, PORT_TAKEN):
            why = str(problem["message"]).rstrip(".")
            raise refusal(layout, why[:1].lower() + why[1:], "Leave one of them")


def _config(host: Host, layout: Layout) -> dict[str, Any]:
    """Their config: as it was before, once it was put aside. Raises TAKE_OVER_REFUSED."""
    aside = layout.config_path + _handover.BEFORE
    begun = host.exists(_handover.record_path(layout)) and host.exists(aside)
    text = host.read(aside if begun else layout.config_path)
    if text is None:
        raise refusal(layout, f"there is no {layout.config_path}", "Remove it, or restore that")
    if has_includes(text):
        raise refusal(layout, "its config includes other files", "Put them into openclaw.json")
    try:
        value = parse_json5(text, layout.config_path)
    except ClawPilotError as error:
        raise refusal(layout, error.message.rstrip("."), "Repair it; see doctor") from error
    if not isinstance(value, dict):
        raise refusal(layout, f"{layout.config_path} is no mapping", "Repair it; see doctor")
    return value


def _service(host: Host, instance: Mapping[str, Any], layout: Layout) -> ForeignService | None:
    """What is to be stopped, and retired when ours has come up."""
    shown = instance["service"]
    alive = shown["active"] or shown["enabled"]
    if shown["manager"] == "docker":
        raise refusal(layout, "it runs in a container", "Move its state out of there first")
    others = shown["manager"] == "supervisor" or shown["scope"] == "system"
    if others and alive:
        why = f"{shown['name']} in {shown['definition_path']} is a service of the system"
        raise refusal(layout, why, "Stop it and take it out of there first")
    if others or shown["manager"] == "none":
        return ForeignProcess(host, instance) if instance["process"]["pid"] else None
    service = foreign_service(host, instance)
    if alive and service.startable and "@" not in shown["name"]:
        known = service.own_files() or host.exists(shown["definition_path"] + _handover.RETIRED)
        if not known:
            why = f"{shown['definition_path']} is not of this user alone"
            raise refusal(layout, why, "Stop and disable that service first")
    for path in service.own_files():
        if os.path.islink(path):
            raise refusal(layout, f"{path} is a symbolic link", "Put in its place what it leads to")
    return service


def _definition(host: Host, instance: Mapping[str, Any]) -> Definition:
    """Its unit with its own drop-ins; an empty one for what is not run by one."""
    shown = instance["service"]
    name, path = f"{shown['name']}.service", str(shown["definition_path"])
    if shown["manager"] != "systemd" or not path:
        return Definition(name)
    if not host.exists(path):
        path += _handover.RETIRED
    folder = f"{path}.d"
    paths = [path, *(os.path.join(folder, n) for n in host.names(folder) if n.endswith(".conf"))]
    home = str(instance["openclaw_home"])
    letters = {"h": home, "u": str(instance["openclaw_user"])}
    texts = [host.read(one) or "" for one in paths]

    def variables(file: str) -> Mapping[str, str]:
        named_by = namer(file, str(instance["state_dir"]), int(instance["told_by"]))
        return parse(host.read(file, named_by) or "")

    return unit(name, texts, letters, variables)


def _check_command(layout: Layout, definition: Definition) -> None:
    words = openclaw_words(definition.argv) or ()
    for name in _OPTIONS:
        if any(word == name or word.startswith(f"{name}=") for word in words):
            why = f"its service starts it with {name}"
            raise refusal(layout, why, "Say that in its config first, and restart it")


def _heap(definition: Definition) -> dict[str, int]:
    size = option(definition.argv, "--max-old-space-size")
    return {"heap_limit_mb": int(size)} if size.isdecimal() and len(size) < 8 else {}


def _variables(
    host: Host,
    layout: Layout,
    instance: Mapping[str, Any],
    definition: Definition,
    moved: Mapping[str, str],
) -> dict[str, str]:
    """What its gateway has: of its process or else its service, then .env, then the config."""
    pid = int(instance["process"]["pid"])
    own = ForeignProcess(host, instance).state().active
    process = (environment_of(pid) if own else None) or dict(definition.environment)
    text = host.read(layout.env_path)
    if text is None:
        text = host.read(layout.env_path + _handover.BEFORE) or ""
    return {**moved, **parse(text), **process}


def _secrets(
    config: Mapping[str, Any],
    variables: Mapping[str, str],
    moved: Mapping[str, str],
    layout: Layout,
) -> dict[str, str]:
    """Everything that has to be in .env, by its name there. moved: variables of the config."""
    auth = _mapping(_mapping(config.get("gateway")).get("auth"))
    found = secrets(config, lambda value: resolved(value, variables))
    if isinstance(auth.get("token"), Mapping) and GATEWAY_TOKEN_VARIABLE not in found:
        raise refusal(layout, "its token is kept by a secret provider", "Put it into .env first")
    if GATEWAY_TOKEN_VARIABLE not in found and not auth.get("token"):
        if variables.get(_PASSWORD) and not variables.get(_TOKEN):
            raise refusal(layout, "it wants a password", "Change gateway.auth to a token first")
        found.update({GATEWAY_TOKEN_VARIABLE: variables[_TOKEN]} if _TOKEN in variables else {})
    # A gateway may need a variable that no config names; one that .env cannot hold stays behind.
    named = {*references(config), *moved, *filter(_CARRIED.match, variables)}
    carried = {name: value for name, value in variables.items() if name in named}
    return {**{n: v for n, v in carried.items() if v and _fits(n, v)}, **found}


def _fits(name: str, value: str) -> bool:
    try:
        return bool(encode(name, value))
    except ClawPilotError:
        return False


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def check_version(theirs: Predecessor | None, runtime: Runtime | None) -> None:
    """Raise STATE_TOO_NEW when our OpenClaw is older than the one that has written the state."""
    if theirs is None or runtime is None:
        return
    version = str(theirs.instance["openclaw_version"])
    if version and _parts(version) > _parts(runtime.openclaw_version):
        raise ClawPilotError(
            "STATE_TOO_NEW",
            f"It runs OpenClaw {version}, newer than the {runtime.openclaw_version} of ours.",
            f"Take it over with openclaw_version={version}.",
        )


def _parts(version: str) -> list[int]:
    return [int(p) for p in version.split("-")[0].split(".") if p.isdecimal() and len(p) < 10]
