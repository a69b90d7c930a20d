# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine as the probe would show it, a real registry, and playbooks that only answer."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins import module_utils
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry
from ansible_collections.claw.pilot.webapp import cli
from ansible_collections.claw.pilot.webapp.cli import run
from click.testing import CliRunner, Result

Data = dict[str, Any]
UTILS = "ansible_collections.claw.pilot.plugins.module_utils"
HOST: Data = {
    "hostname": "box",
    "os": "Debian GNU/Linux 12 (bookworm)",
    "cpu_count": 2,
    "cpu_percent": 12.5,
    "load": [0.5, 0.25, 0.1],
    "memory": {"total_bytes": 8_000_000_000, "available_bytes": 6_000_000_000},
    "disk": {"path": "/", "total_bytes": 100_000_000_000, "free_bytes": 40_000_000_000},
    "uptime_seconds": 90_061,
    "python_version": "3.11.2",
    "node": [],
    "openclaw": [],
    "shared": {
        "ollama": {"running": True, "version": "0.9.1", "url": "http://127.0.0.1:11434"},
        "qdrant": {"running": True, "version": "1.15.0", "url": "http://127.0.0.1:6333"},
        "docker": {"running": False, "version": ""},
    },
    "linger": {},
}


def instance_of(home: str, slug: str, state: str = "running", **more: Any) -> Data:
    """An instance in the shape of the probe."""
    folder = f"{home}/.openclaw-{slug}"
    return {
        "slug": slug,
        "display_name": slug.capitalize(),
        "state": state,
        "reason": "",
        "managed": False,
        "openclaw_user": "root",
        "openclaw_home": home,
        "state_dir": folder,
        "config_path": f"{folder}/openclaw.json",
        "told_by": 0,
        "port": 18789,
        "bind": "loopback",
        "url": "http://127.0.0.1:18789/",
        "openclaw_version": "2026.9.6",
        "default_model": "anthropic/claude-sonnet-4-6",
        "providers": ["anthropic"],
        "agents": [
            {"id": "main", "name": "Main", "model": "", "workspace": "/w", "is_default": True}
        ],
        "telegram": {"enabled": True, "bot": "@acme_bot", "token": "reference"},
        "mem0": {"enabled": False, "installed": False},
        "auth": {"mode": "token", "secret": "reference"},
        "health": {"live": True, "ready": True, "failing": []},
        "service": {
            "manager": "systemd",
            "scope": "user",
            "name": f"openclaw-{slug}.service",
            "definition_path": "",
            "active": True,
            "enabled": True,
            "failed": False,
            "pid": 4711,
            "restarts": 0,
        },
        "process": {
            "pid": 4711,
            "uptime_seconds": 4000,
            "memory_bytes": 812_000_000,
            "cpu_seconds": 25.0,
        },
        "log_path": f"{folder}/logs/gateway.log",
        "console_log_path": "",
        "project_dir": f"{home}/projects/{slug}",
        "source": "directory",
        "evidence": [{"kind": "directory", "detail": folder}],
        "confidence": "certain",
        "files": {"state_mode": "0700", "config_mode": "0600", "env_mode": "0600"},
        "locks": [],
        "problems": [],
        **more,
    }


class World:
    """This machine, the registry and what playbooks were run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = str(folder)
        self.registry = folder / "registry.db"
        self.instances: list[Data] = []
        self.warnings: list[Data] = []
        self.homes: list[list[str]] = []
        self.calls: list[tuple[run.Call, bool]] = []
        self.answers: list[run.Answer] = []

    def observe(self, more_homes: Sequence[str] = ()) -> Data:
        """Of every home, and of those that no account has (hidden_home) the ones that are named."""
        self.homes.append(list(more_homes))
        seen = [
            instance
            for instance in self.instances
            if not instance.get("hidden_home") or instance["openclaw_home"] in more_homes
        ]
        return {
            "host": copy.deepcopy(HOST),
            "instances": copy.deepcopy(seen),
            "warnings": self.warnings,
            "observed_at": "2026-11-21T07:00:00Z",
        }

    def run_playbook(self, call: run.Call, captured: bool = False) -> run.Answer:
        self.calls.append((call, captured))
        return self.answers.pop(0) if self.answers else run.Answer(0)

    def answer(self, result: Data, code: int = 0, failures: Sequence[Data] = ()) -> None:
        """The next playbook will say this through the result callback."""
        hosts = {"web1": {"ok": 1}}
        document = {"hosts": hosts, "failures": list(failures), "result": result}
        self.answers.append(run.Answer(code, document))

    def has(self, slug: str, state: str = "running", home: str = "", **more: Any) -> Data:
        """An instance that the probe will find."""
        instance = instance_of(home or self.home, slug, state, **more)
        self.instances.append(instance)
        return instance

    def records(
        self,
        slug: str,
        host: str = "localhost",
        event: str = "adopted",
        home: str = "",
        **more: Any,
    ) -> None:
        """An instance that the registry has."""
        server = {
            "hostname": host,
            "ip": "",
            "ssh_user": "" if host == "localhost" else "admin",
            "ssh_port": None,
            "connection": "local" if host == "localhost" else "ssh",
            "os": "",
            "openclaw_bin": "",
            "openclaw_version": "",
        }
        instance = instance_of(home or self.home, slug, **more)
        entry = {"event": event, "detail": "", "instance": instance}
        with Registry(self.registry) as registry:
            done = registry.record([{"server": server, "entries": [entry]}])
        assert done["warnings"] == []

    def invoke(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli.main, list(arguments))

    @property
    def call(self) -> run.Call:
        """The one playbook that was run."""
        assert len(self.calls) == 1
        return self.calls[0][0]


@pytest.fixture
def util(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put something in the place of a file of module_utils."""

    def replace(name: str, **functions: Any) -> None:
        fake = SimpleNamespace(**functions)
        monkeypatch.setitem(sys.modules, f"{UTILS}.{name}", fake)
        monkeypatch.setattr(module_utils, name, fake, raising=False)

    return replace


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, util: Callable[..., None]) -> World:
    made = World(tmp_path)
    util("_probe", observe=made.observe)
    monkeypatch.setattr(run, "run_playbook", made.run_playbook)
    monkeypatch.setenv("HOME", made.home)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("CLAW_PILOT_REGISTRY", str(made.registry))
    return made
