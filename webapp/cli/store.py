# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command reads of the registry. It writes nothing there but its settings.

A registry is read as a copy in memory: one that may not be written can be read, and none is made.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from ...plugins.module_utils._model import ClawPilotError

OFF = "none"


def path_of(given: str = "") -> Path | None:
    """The registry's file; None when it is off, or a dashboard's."""
    where = given or os.environ.get("CLAW_PILOT_REGISTRY", "")
    if where == OFF or where.startswith(("http://", "https://")):
        return None
    if where:
        return Path(where).expanduser()
    from ...plugins.plugin_utils import registry

    return registry.default_path()


def rows(slug: str = "", given: str = "") -> list[dict[str, Any]]:
    """Instances of the registry, [] without one; slug: only those of that name."""
    path = path_of(given)
    if path is None or not path.exists():
        return []
    from ...plugins.plugin_utils.registry import Registry

    with Registry(path, dry=True) as registry:
        found = list(registry.instances(slug=slug or None))
        _warn(registry.warnings)
    return found


_warned: set[str] = set()


def _warn(warnings: Iterable[str]) -> None:
    """Say on standard error which rows are not used; each is said once."""
    for warning in warnings:
        if warning not in _warned:
            _warned.add(warning)
            click.echo(f"Warning: {warning}", err=True)


def hosts() -> list[str]:
    """Names of the registry's hosts that are not this machine."""
    path = path_of()
    if path is None or not path.exists():
        return []
    from ...plugins.plugin_utils.registry import Registry

    with Registry(path, dry=True) as registry:
        names = {str(s["hostname"]) for s in registry.servers() if not is_local(s)}
        _warn(registry.warnings)
    return sorted(names)


def ports(hostname: str, given: str = "") -> dict[int, str]:
    """Ports that the registry holds on a host, and for which slug."""
    path = path_of(given)
    if path is None or not path.exists():
        return {}
    from ...plugins.plugin_utils.registry import Registry

    with Registry(path, dry=True) as registry:
        return dict(registry.ports(hostname))


def settings(key: str = "", value: str | None = None) -> dict[str, str]:
    """The registry's settings, or the one that is named; value: what to set it to first."""
    path = path_of()
    if path is None:
        raise ClawPilotError(
            "REGISTRY_ELSEWHERE",
            "CLAW_PILOT_REGISTRY names no file, so there are no settings on this machine.",
            "Unset it, or set it to the path of a registry.",
        )
    from ...plugins.plugin_utils.registry import Registry

    with Registry(path, origin="cli", dry=value is None) as registry:
        if value is not None:
            registry.set_config(key, value)
        return {key: registry.get_config(key)} if key else dict(registry.config())


def is_local(row: dict[str, Any]) -> bool:
    """Whether the row's host is this machine."""
    return row.get("connection") == "local"
