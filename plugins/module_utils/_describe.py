# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""An instance as everybody sees it: JSON data in one shape, without secrets. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ._discovery import Group, confidence
from ._hostile import hostile
from ._model import Layout
from ._problems import HOSTILE_NAME
from ._sightings import Lock, Process, Service, ServiceState, StateFiles
from ._state_words import Health, state_word
from ._summary import base_path, summary


@dataclass(frozen=True)
class Facts:
    """Everything that a pass has learned of one instance.

    asked: whether its service manager or the process list has told if it runs.
    """

    group: Group
    files: StateFiles
    slug: str
    home: str
    user: str
    port: int
    health: Health = field(default_factory=Health)
    process: Process | None = None
    asked: bool = True
    mem0_installed: bool = False
    stale_locks: tuple[Lock, ...] = ()
    problems: tuple[Mapping[str, str], ...] = ()


def describe(facts: Facts) -> dict[str, Any]:
    """The instance shape (docs/facts.md)."""
    group, files, marker = facts.group, facts.files, facts.files.marker
    config = files.config.value or {}
    variables = files.variables | group.variables
    told = summary(config, group.state_dir, facts.home, variables)
    if not files.env_known:  # what is set there may be just what is missing
        told["auth"], told["telegram"] = _not_unset(told["auth"]), _not_unset(told["telegram"])
    if files.config.value is None:  # what it says of that is not known
        told["auth"] = {"mode": "unknown", "secret": "unknown"}
    service = service_state(facts)
    # OpenClaw starts without it, with a token that it makes up and tells nobody.
    locked_out = told["auth"]["secret"] == "unset"
    known = facts.asked or service.active
    word = state_word(service, facts.health, locked_out) if known else "unknown"
    described = {
        "slug": facts.slug,
        "display_name": _display_name(facts.slug, marker),
        "state": word,
        "reason": _reason(word, facts, service, locked_out),
        "managed": bool(marker),
        "openclaw_user": facts.user,
        "openclaw_home": facts.home,
        "state_dir": group.state_dir,
        "config_path": group.config_path,
        "told_by": group.told_by,
        "port": facts.port,
        "url": f"http://127.0.0.1:{facts.port}{base_path(config)}/" if facts.port else "",
        "openclaw_version": _version(facts, config),
        **told,
        "mem0": {**told["mem0"], "installed": facts.mem0_installed},
        "health": {
            "live": facts.health.live,
            "ready": facts.health.ready,
            "failing": list(facts.health.failing),
        },
        "service": _service(facts, service),
        "process": _process(facts),
        "console_log_path": _console_log(facts),
        "project_dir": _text(marker.get("project_dir")),
        "source": group.sightings[0].kind,
        "evidence": [{"kind": s.kind, "detail": s.detail} for s in group.sightings],
        "confidence": confidence(
            group,
            facts.health.live,
            bool(marker),
            files.config.value is not None,
            files.has_database,
        ),
        "files": {
            "state_mode": _mode(files.mode),
            "config_mode": _mode(files.config.mode),
            "env_mode": _mode(files.env_mode),
        },
        "locks": [
            {"path": lock.path, "pid": lock.pid, "stale": lock in facts.stale_locks}
            for lock in files.locks
        ],
        "problems": [dict(problem) for problem in facts.problems],
    }
    why = hostile(described)
    if why:
        described["problems"].append({"code": HOSTILE_NAME, "message": why})
    return described


def printable(observation: dict[str, Any]) -> dict[str, Any]:
    """The same as long as all of it is text; names of files may be of any bytes."""
    try:
        json.dumps(observation, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        observation = _printable(observation)
    return observation


def _printable(value: Any) -> Any:
    """The value with a question mark in place of every byte that is no text."""
    if isinstance(value, dict):
        return {_printable(key): _printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_printable(item) for item in value]
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _not_unset(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: "reference" if value == "unset" else value for key, value in table.items()}


def service_state(facts: Facts) -> ServiceState:
    """What runs it; a process beside its service, or without one, counts as active."""
    group = facts.group
    state = group.service.state if group.service else _container_state(group.container)
    if state.active or not (facts.process or facts.health.live):
        return state
    pid = facts.process.pid if facts.process else 0
    return replace(state, active=True, failed=False, pid=pid)


def _container_state(container: Mapping[str, Any] | None) -> ServiceState:
    if not container:
        return ServiceState()
    running = bool(container.get("running"))
    return ServiceState(
        defined=True,
        enabled=running,
        active=running,
        pid=int(container.get("pid") or 0),
        restarts=int(container.get("restarts") or 0),
    )


def _service(facts: Facts, state: ServiceState) -> dict[str, Any]:
    service, container = facts.group.service, facts.group.container
    if service:
        named = _named(service)
        state = service.state if service.asked else state
    elif container:
        named = {"manager": "docker", "scope": "", "name": str(container.get("name", ""))}
    else:
        named = {"manager": "none", "scope": "", "name": ""}
    return {
        **named,
        "definition_path": service.definition_path if service else "",
        "active": state.active,
        "enabled": state.enabled,
        "failed": state.failed,
        "pid": state.pid,
        "restarts": state.restarts,
    }


def _named(service: Service) -> dict[str, str]:
    name = service.name.removesuffix(".service") if service.manager == "systemd" else service.name
    return {"manager": service.manager, "scope": service.scope, "name": name}


def _process(facts: Facts) -> dict[str, Any]:
    process = facts.process
    if process is None:
        return {"pid": 0, "uptime_seconds": 0, "memory_bytes": 0, "cpu_seconds": 0.0}
    return {
        "pid": process.pid,
        "uptime_seconds": process.uptime_seconds,
        "memory_bytes": process.memory_bytes,
        "cpu_seconds": process.cpu_seconds,
    }


def _reason(word: str, facts: Facts, service: ServiceState, locked_out: bool) -> str:
    """A sentence for a state that asks for one."""
    if facts.problems and word != "running":
        return str(facts.problems[0]["message"])
    if word == "unknown":
        return "Whether it runs could not be asked."
    if word == "degraded" and facts.health.ready and locked_out:
        return "Its token refers to a variable that nothing sets: nobody can connect to it."
    if word == "degraded":
        waits = ", ".join(facts.health.failing)
        return f"It is live, but not ready{f': {waits}' if waits else ''}."
    if word == "error":
        code = f" with exit code {service.exit_code}" if service.exit_code else ""
        return f"Its service has failed{code} after {service.restarts} restarts."
    return ""


def _display_name(slug: str, marker: Mapping[str, Any]) -> str:
    spec = marker.get("spec")
    given = spec.get("display_name") if isinstance(spec, Mapping) else ""
    return _text(given) or slug[:1].upper() + slug[1:]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _version(facts: Facts, config: Mapping[str, Any]) -> str:
    """Of the running gateway, else what its service would start, else what last wrote the file."""
    container = facts.group.container or {}
    meta = config.get("meta")
    last = meta.get("lastTouchedVersion") if isinstance(meta, Mapping) else ""
    known = (facts.files.marker.get("openclaw_version"), container.get("version"), last)
    return facts.health.version or next((text for text in map(_text, known) if text), "")


def _console_log(facts: Facts) -> str:
    managed = bool(facts.files.marker)
    return Layout(facts.home, facts.slug).console_log_path if managed else ""


def _mode(mode: int | None) -> str:
    return "" if mode is None else f"{mode:04o}"


def real_port(group: Group, configured: int) -> int:
    """The port that it listens on: what it was started with comes before its config."""
    process = next((s.port for s in group.sightings if s.process and s.port), 0)
    if group.container and not group.process:  # its config's port is one inside of it
        return int(group.container.get("published_port") or 0)
    service = group.service.command.port if group.service else 0
    ports = (process, service, configured, group.first("port"))
    return next((int(port) for port in ports if port), 0)
