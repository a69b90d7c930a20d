# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door of plays to the registry: a file, a dashboard or none, with who knocks. No SQL.

The openclaw_registry and openclaw_registry_info actions are thin shells around it.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..module_utils._hostile import shown_lines
from ..module_utils._model import ClawPilotError
from .registry import Registry, default_path, the_one
from .registry_client import Client
from .registry_config import sound as sound_config
from .registry_words import sound

Row = dict[str, Any]
OFF = "none"
_SHOWN = (
    "display_name port state openclaw_version default_model telegram_bot discovered agent_count"
)


@dataclass(frozen=True)
class Door:
    """place: a path, a URL or none; actor and origin: who it is and from where, for events."""

    place: str
    token: str = field(default="", repr=False)
    actor: str = ""
    origin: str = ""

    @property
    def enabled(self) -> bool:
        return self.place.lower() != OFF

    @property
    def is_url(self) -> bool:
        return self.place.startswith(("http://", "https://"))

    def record(self, reports: list[Row], *, check: bool = False, diff: bool = False) -> Row:
        """Record the reports: {"changed", "events", "warnings"}, with diff also "diff".

        check: nothing is written. A dashboard is then not asked, so any report of more than an
        observation counts as a change.
        """
        if not (self.enabled and reports):
            return {"changed": False, "events": [], "warnings": []}
        if self.is_url and check:
            return {"changed": _would_change(reports), "events": [], "warnings": []}
        if self.is_url:
            return _recorded(
                Client(self.place, self.token).report(reports, self.actor, self.origin)
            )
        with Registry(self._path(), actor=self.actor, origin=self.origin, dry=check) as registry:
            before = _lines(registry, reports) if diff else ""
            result = registry.record(reports)
            if diff:
                after = _lines(registry, reports)
                header = {"before_header": str(registry.path), "after_header": str(registry.path)}
                result["diff"] = {"before": before, "after": after, **header}
            return result

    def host(self, hostname: str, slug: str = "", openclaw_home: str = "") -> Row:
        """What the registry knows of a host: host_view(), and "warnings" of rows not used."""
        if not self.enabled:
            return {**host_view([], {}), "enabled": False, "warnings": []}
        warnings: list[str] = []
        if self.is_url:
            seen = Client(self.place, self.token).host(hostname)
            rows, config = sound(seen["instances"], warnings), sound_config(seen["config"])
        else:
            # Looking does not make a file.
            with Registry(self._path(), dry=not self._path().exists()) as registry:
                rows, config = registry.instances(hostname), registry.config()
                warnings = registry.warnings
        return {**host_view(rows, config, slug, openclaw_home), "warnings": warnings}

    def _path(self) -> Path:
        return Path(self.place).expanduser() if self.place else default_path()


def door(place: str | None, token: str | None, variables: Mapping[str, Any]) -> Door:
    """The door for a task's options; variables: those of the task, where AWX says who runs it."""
    return Door(
        place=place or os.environ.get("CLAW_PILOT_REGISTRY", ""),
        token=(token or os.environ.get("CLAW_PILOT_REGISTRY_TOKEN", "")).strip(),
        actor=_actor(variables),
        origin=_origin(variables),
    )


def host_view(
    instances: list[Row], config: dict[str, str], slug: str = "", openclaw_home: str = ""
) -> Row:
    """One host as openclaw_registry_info returns it, from the rows of its instances.

    {"enabled": True, "reserved_ports": [int], "instance": row or None, "instances", "config"};
    without slug, the reserved ports are all that are taken. Of several that we made in homes that
    nobody named, none is the instance; raises INSTANCE_AMBIGUOUS when one of them is adopted.
    """
    own = [
        row
        for row in instances
        if slug and row["slug"] == slug and openclaw_home in ("", row["openclaw_home"])
    ]
    adopted = any(row["discovered"] for row in own)
    instance = the_one(own, slug) if len(own) == 1 or adopted else None
    taken = {row["port"] for row in instances if row["port"] and row not in own}
    return {
        "enabled": True,
        "reserved_ports": sorted(taken),
        "instance": instance,
        "instances": instances,
        "config": config,
    }


def failed(error: ClawPilotError) -> Row:
    """A task's result for an error."""
    return {
        "failed": True,
        "msg": shown_lines(f"{error.message} {error.hint}".strip()),
        "failure": error.as_dict(),
    }


def _actor(variables: Mapping[str, Any]) -> str:
    for name in ("awx_user_name", "tower_user_name"):
        if variables.get(name):
            return str(variables[name])
    return os.environ.get("CLAW_PILOT_ACTOR") or _login()


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return f"uid {os.getuid()}"


def _origin(variables: Mapping[str, Any]) -> str:
    if variables.get("awx_job_id") or variables.get("tower_job_id"):
        return "awx"
    return os.environ.get("CLAW_PILOT_ORIGIN") or "playbook"


def _would_change(reports: list[Row]) -> bool:
    return any(e.get("event") != "observed" for r in reports for e in r.get("entries", []))


def _recorded(answer: Row) -> Row:
    return {
        "changed": bool(answer.get("changed")),
        "events": list(answer.get("events") or []),
        "warnings": [str(warning) for warning in answer.get("warnings") or []],
    }


def _lines(registry: Registry, reports: list[Row]) -> str:
    """The instances of the reports' hosts, a line each."""
    hosts = sorted({str((report.get("server") or {}).get("hostname")) for report in reports})
    rows = [row for hostname in hosts for row in registry.instances(hostname)]
    return "".join(
        f"{row['hostname']} {row['openclaw_home']} {row['slug']}: "
        + ", ".join(f"{name} {row[name]}" for name in _SHOWN.split() if row[name] is not None)
        + "\n"
        for row in rows
    )
