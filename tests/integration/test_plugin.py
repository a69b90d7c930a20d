# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real mem0 plugin in a real gateway: installed, loaded, removed; Ollama and Qdrant stand in.

Needs the npm registry, or npm's cache from an earlier run. The tests build on each other.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _dotenv, _rpc
from ansible_collections.claw.pilot.plugins.module_utils._model import GATEWAY_TOKEN_VARIABLE

from tests.mem0_services import Service, ollama, qdrant

from .conftest import CACHE, HERE, Home, listing, new_home

SLUG = "mem"
MEM0 = "openclaw-mem0"
SLOW = 1800  # seconds: 38,000 files are written, and read at every start of the gateway


@dataclass
class Lived:
    """The instance of this file, with the services that its memory needs."""

    home: Home
    ollama: Service
    qdrant: Service
    options: dict[str, Any] = field(default_factory=dict)

    def run(self, module: str, *flags: str, **more: Any) -> dict[str, Any]:
        """The result of a module; what it takes here is longer than conftest's call() waits."""
        done = subprocess.run(
            [sys.executable, str(HERE / "call_module.py"), module, *flags],
            input=json.dumps(more),
            capture_output=True,
            text=True,
            timeout=SLOW,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(json.loads([x for x in done.stdout.splitlines() if x.startswith("{")][-1]))

    def instance(self, *flags: str, **more: Any) -> dict[str, Any]:
        options = self.home.options(SLUG, **more)
        return self.run("openclaw_instance", *flags, **options)

    def plugin(self, *flags: str, **more: Any) -> dict[str, Any]:
        base = {"openclaw_home": str(self.home.path), "slug": SLUG, "name": MEM0}
        cache = {"npm_config_cache": str(CACHE / "downloads" / "npm")}
        base.update(environment=cache, **more)
        return self.run("openclaw_plugin", *flags, **base)

    def loaded(self) -> list[str]:
        """What the gateway itself says."""
        env = _dotenv.parse((self.home.state_dir(SLUG) / ".env").read_text())
        port = self.home.config(SLUG)["gateway"]["port"]
        health = _rpc.call(port, env[GATEWAY_TOKEN_VARIABLE], "health", timeout=120)
        names: list[str] = health["plugins"]["loaded"]
        return names


@pytest.fixture(scope="module")
def lived(real_prefix: Path) -> Iterator[Lived]:
    home = new_home(real_prefix)
    with ollama() as models, qdrant() as vectors:
        try:
            yield Lived(home, models, vectors)
        finally:
            home.clean_up()


def warnings(result: dict[str, Any]) -> str:
    return json.dumps(result["warnings"])


def test_1_an_instance_that_wants_mem0_goes_on_without_and_says_so(lived: Lived) -> None:
    url = f"http://127.0.0.1:{lived.ollama.port}"
    mem0 = {"enabled": True, "ollama_url": url, "qdrant_port": lived.qdrant.port}
    made = lived.instance(mem0=mem0, providers=[{"name": "anthropic", "api_key": "sk-ant-none"}])
    assert made["instance"]["state"] == "running"
    assert "plugin is not installed" in warnings(made)
    assert "memory-core" in lived.loaded()


def test_2_check_mode_says_what_it_takes(lived: Lived) -> None:
    before = listing(lived.home.state_dir(SLUG) / "workspaces")
    planned = lived.plugin("--check")
    assert planned["steps"] == ["stop", "install", "config", "start"]
    assert "about 2 minutes" in planned["plugin"]["cost"]
    assert lived.home.config(SLUG)["plugins"].get("slots") is None
    assert listing(lived.home.state_dir(SLUG) / "workspaces") == before


def test_3_it_is_installed_and_the_gateway_has_it_loaded(lived: Lived) -> None:
    before = lived.home.config(SLUG)
    done = lived.plugin()
    assert done["plugin"]["version"] == "1.0.16"
    assert done["plugin"]["loaded"] is True
    assert MEM0 in lived.loaded()
    after = lived.home.config(SLUG)
    plugins, _meta = after.pop("plugins"), after.pop("meta")
    assert after.pop("env") == {"vars": {"MEM0_TELEMETRY": "false"}}
    assert after == {key: value for key, value in before.items() if key not in ("plugins", "meta")}
    assert plugins["slots"] == {"memory": MEM0}
    settings = plugins["entries"][MEM0]["config"]
    assert settings["oss"]["vectorStore"]["config"]["port"] == lived.qdrant.port
    assert not done.get("warnings")  # both services answer, with both models
    assert "GET /api/tags" in lived.ollama.asked
    assert "GET /" in lived.qdrant.asked


def test_4_neither_module_has_anything_left_to_do(lived: Lived) -> None:
    again = lived.plugin()
    assert (again["changed"], again["plugin"]["loaded"]) == (False, True)
    result = lived.instance()
    assert result["changed"] is False
    assert result["instance"]["mem0"] == {"enabled": True, "installed": True}


def test_4a_its_settings_change_while_the_gateway_is_stopped(lived: Lived) -> None:
    result = lived.instance(mem0={"user_id": "jo"})
    assert result["steps"] == ["stop", "config", "start", "live", "ready", "commit"]
    assert MEM0 in lived.loaded()
    settings = lived.home.config(SLUG)["plugins"]["entries"][MEM0]["config"]
    assert settings["userId"] == "jo"
    assert lived.instance(mem0={"user_id": "jo"})["changed"] is False
    assert lived.plugin()["changed"] is False


def test_4b_it_has_reported_to_nobody_and_left_no_id_for_that(lived: Lived) -> None:
    assert not (lived.home.path / ".openclaw").exists()
    assert not (lived.home.path / ".mem0").exists()


def test_5_removed_it_leaves_nothing_and_the_builtin_memory_is_back(lived: Lived) -> None:
    done = lived.plugin(state="absent")
    assert done["plugin"]["installed"] is False
    assert "memory-core" in lived.loaded()
    assert MEM0 not in lived.loaded()
    assert MEM0 not in json.dumps(lived.home.config(SLUG))
    assert not (lived.home.state_dir(SLUG) / "npm").exists()
    assert lived.plugin(state="absent")["changed"] is False
    assert lived.instance()["changed"] is False
