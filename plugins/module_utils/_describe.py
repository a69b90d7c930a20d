# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""An instance as modules return it: JSON data without secrets.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

from typing import Any

from ._health import Health, probe_own, state_word
from ._host import Host
from ._model import MAIN_AGENT, Layout
from ._services import ServiceManager


def describe(
    host: Host, layout: Layout, manager: ServiceManager, marker: dict[str, Any] | None
) -> dict[str, Any]:
    """What there is to know of an instance: its config on disk, its service, its health."""
    marker = marker or {}
    config = host.read_json(layout.config_path) or {}
    port = int(config.get("gateway", {}).get("port") or marker.get("port") or 0)
    service = manager.state()
    health = probe_own(host, port, service) if port else Health()
    spec = marker.get("spec", {})
    return {
        "slug": layout.slug,
        "display_name": spec.get("display_name") or layout.slug.capitalize(),
        "state": state_word(service, health),
        "port": port,
        "url": f"http://127.0.0.1:{port}{_base_path(config)}/",
        "openclaw_home": layout.home,
        "openclaw_version": marker.get("openclaw_version", ""),
        "state_dir": layout.state_dir,
        "config_path": layout.config_path,
        "log_path": layout.log_path,
        "console_log_path": layout.console_log_path,
        "project_dir": marker.get("project_dir", ""),
        "agents": _agents(config),
        "default_model": _model(config.get("agents", {}).get("defaults", {}).get("model")),
        "providers": sorted(config.get("models", {}).get("providers", {})),
        "telegram": {"enabled": bool(_telegram(config).get("enabled"))},
        "health": {"live": health.live, "ready": health.ready, "failing": list(health.failing)},
        "service": {
            "manager": manager.kind,
            "name": manager.name,
            "definition_path": manager.definition_path,
            "active": service.active,
            "enabled": service.enabled,
            "pid": service.pid,
            "restarts": service.restarts,
        },
    }


def _base_path(config: dict[str, Any]) -> str:
    return str(config.get("gateway", {}).get("controlUi", {}).get("basePath", "")).rstrip("/")


def _telegram(config: dict[str, Any]) -> dict[str, Any]:
    telegram = config.get("channels", {}).get("telegram", {})
    return telegram if isinstance(telegram, dict) else {}


def _model(value: Any) -> str:
    """A model is a string or {"primary": ..., "fallbacks": [...]}."""
    return str(value.get("primary", "")) if isinstance(value, dict) else str(value or "")


def _agents(config: dict[str, Any]) -> list[dict[str, Any]]:
    entries = config.get("agents", {}).get("entries", {})
    return [
        {
            "id": agent_id,
            "name": entry.get("name", agent_id),
            "model": _model(entry.get("model")),
            "workspace": entry.get("workspace", ""),
            "is_default": agent_id == MAIN_AGENT,
        }
        for agent_id, entry in entries.items()
    ]
