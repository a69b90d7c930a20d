# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Observations as hosts send them, small enough to read."""

from __future__ import annotations

from typing import Any

Data = dict[str, Any]
AT = "2026-11-21T07:00:00Z"
HOME = "/opt/openclaw"


def instance(slug: str, state: str = "running", home: str = HOME, **more: Any) -> Data:
    """An instance in the instance shape, as far as lines are made of it."""
    pid = 0 if state == "stopped" else 4711
    return {
        "slug": slug,
        "display_name": slug.title(),
        "state": state,
        "reason": "",
        "managed": True,
        "openclaw_user": "openclaw",
        "openclaw_home": home,
        "state_dir": f"{home}/.openclaw-{slug}",
        "config_path": f"{home}/.openclaw-{slug}/openclaw.json",
        "port": 18789,
        "url": "http://127.0.0.1:18789/",
        "openclaw_version": "2026.9.6",
        "default_model": "anthropic/claude",
        "agents": [{"id": "main"}],
        "telegram": {"enabled": False},
        "health": {"live": bool(pid), "ready": bool(pid), "failing": []},
        "service": {"manager": "systemd", "pid": pid},
        "process": {
            "pid": pid,
            "uptime_seconds": 60 if pid else 0,
            "memory_bytes": 900_000_000 if pid else 0,
            "cpu_seconds": 10.0 if pid else 0.0,
        },
        "problems": [],
        **more,
    }


def host(**more: Any) -> Data:
    """The host's part."""
    return {
        "hostname": "server1",
        "os": "Debian",
        "cpu_count": 2,
        "cpu_percent": 10.0,
        "load": [0.5, 0.4, 0.3],
        "memory": {"total_bytes": 8_000_000_000, "available_bytes": 4_000_000_000},
        "disk": {"path": "/", "total_bytes": 100_000_000_000, "free_bytes": 50_000_000_000},
        "uptime_seconds": 3600,
        "node": [],
        "openclaw": [],
        "shared": {},
        **more,
    }


def observation(*instances: Data, at: str = AT, **more: Any) -> Data:
    return {
        "host": host(),
        "homes": [HOME],
        "instances": list(instances),
        "warnings": [],
        "observed_at": at,
        **more,
    }


def row(slug: str, hostname: str = "server1", home: str = HOME, **more: Any) -> Data:
    """A row of the registry's instances."""
    return {
        "hostname": hostname,
        "connection": "docker",
        "openclaw_home": home,
        "slug": slug,
        "state": "running",
        "state_dir": f"{home}/.openclaw-{slug}",
        "discovered": 0,
        "agent_count": 1,
        "port": 18789,
        "openclaw_version": "2026.9.6",
        "updated_at": "2026-11-20T00:00:00Z",
        **more,
    }
