# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a probe would observe: a healthy host with a healthy instance, to be spoilt by tests."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _doctor, _probe
from ansible_collections.claw.pilot.plugins.module_utils._model import OPENCLAW_VERSION

STATE_DIR = "/home/claw/.openclaw-acme"
CONFIG = f"{STATE_DIR}/openclaw.json"
OPENCLAW = "/usr/bin/node /usr/lib/node_modules/openclaw/dist/index.js"
HEALTHY: dict[str, Any] = {
    "slug": "acme",
    "display_name": "Acme",
    "state": "running",
    "reason": "",
    "managed": True,
    "openclaw_user": "claw",
    "openclaw_home": "/home/claw",
    "state_dir": STATE_DIR,
    "config_path": CONFIG,
    "told_by": 0,
    "port": 18789,
    "bind": "loopback",
    "openclaw_version": OPENCLAW_VERSION,
    "telegram": {"enabled": False, "bot": "", "token": "missing"},
    "mem0": {"enabled": False, "installed": False},
    "auth": {"mode": "token", "secret": "reference"},
    "health": {"live": True, "ready": True, "failing": []},
    "service": {
        "manager": "systemd",
        "scope": "user",
        "name": "openclaw-acme",
        "definition_path": "/home/claw/.config/systemd/user/openclaw-acme.service",
        "active": True,
        "enabled": True,
        "failed": False,
        "pid": 4711,
        "restarts": 0,
    },
    "process": {"pid": 4711, "uptime_seconds": 60, "memory_bytes": 1, "cpu_seconds": 1.0},
    "source": "directory",
    "evidence": [],
    "confidence": "certain",
    "files": {"state_mode": "0700", "config_mode": "0600", "env_mode": "0600"},
    "locks": [{"path": f"{STATE_DIR}/tmp/gateway.lock", "pid": 4711, "stale": False}],
    "problems": [],
}
HOST: dict[str, Any] = {
    "hostname": "one",
    "memory": {"total_bytes": 8 * 10**9, "available_bytes": 4 * 10**9},
    "disk": {"path": "/home/claw", "total_bytes": 50 * 10**9, "free_bytes": 20 * 10**9},
    "node": [{"path": "/usr/bin/node", "version": "24.19.0"}],
    "openclaw": [{"path": "/usr/lib/node_modules/openclaw", "version": OPENCLAW_VERSION}],
    "shared": {
        "ollama": {"running": False, "version": "", "url": "http://127.0.0.1:11434"},
        "qdrant": {"running": False, "version": "", "url": "http://127.0.0.1:6333"},
        "docker": {"running": False, "version": ""},
    },
    "linger": {"claw": True},
}


def changed(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy with changes; a__b=value sets ["a"]["b"]."""
    made = copy.deepcopy(base)
    for key, value in changes.items():
        *places, last = key.split("__")
        inner = made
        for place in places:
            inner = inner[place]
        inner[last] = value
    return made


def instance(slug: str = "acme", **changes: Any) -> dict[str, Any]:
    places = {"state_dir": f"/home/claw/.openclaw-{slug}", "service__name": f"openclaw-{slug}"}
    config = {"config_path": f"/home/claw/.openclaw-{slug}/openclaw.json"}
    return changed(HEALTHY, slug=slug, **{**places, **config, **changes})


def findings(
    *instances: dict[str, Any],
    host: Mapping[str, Any] = MappingProxyType(HOST),
    examined: dict[str, Any] | None = None,
    reader: str = "claw",
) -> list[dict[str, str]]:
    observation = {"host": host, "instances": list(instances), "warnings": []}
    return _doctor.findings(observation, examined, reader)


def observe_only(monkeypatch: pytest.MonkeyPatch, found: dict[str, Any]) -> None:
    """Whatever homes are looked at: this instance, as it is then, is all there is."""
    monkeypatch.setattr(_probe, "observe", lambda *_, **_more: {"instances": [found]})
