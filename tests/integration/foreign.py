# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances as others make them: a folder, a config, and a gateway that was started by hand."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .conftest import Home, manifest

TOKEN = "f1e2d3c4b5a697887766554433221100ffeeddccbbaa9988"
API_KEY = "sk-ant-integration-0123456789"
SLACK = "xoxb-integration-0123456789"
START_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def config_of(home: Path, port: int, **more: Any) -> dict[str, Any]:
    """A config with literal secrets and a workspace of its own."""
    return {
        "gateway": {
            "mode": "local",
            "port": port,
            "bind": "loopback",
            "auth": {"mode": "token", "token": TOKEN},
        },
        "agents": {"defaults": {"workspace": str(home / "their-work")}},
        "models": {"providers": {"anthropic": {"apiKey": API_KEY, **ANTHROPIC}}},
        **more,
    }


ANTHROPIC: dict[str, Any] = {
    "baseUrl": "https://api.anthropic.com",
    "api": "anthropic-messages",
    "models": [{"id": "claude-sonnet-4-5", "name": "Claude Sonnet 4.5"}],
}


@dataclass
class Foreign:
    """One such instance; what runs of it is stopped at the end of the test."""

    home: Home
    slug: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def state_dir(self) -> Path:
        name = ".openclaw" if self.slug == "default" else f".openclaw-{self.slug}"
        return self.home.path / name

    @property
    def config_path(self) -> Path:
        return self.state_dir / "openclaw.json"

    @property
    def config(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.config_path.read_text())
        return data

    def make(self, config: dict[str, Any] | None = None) -> Foreign:
        self.state_dir.mkdir(mode=0o755)
        text = json.dumps(config or config_of(self.home.path, self.port), indent=1)
        self.config_path.write_text(text)
        self.config_path.chmod(0o644)
        return self

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "HOME": str(self.home.path),
            "OPENCLAW_STATE_DIR": str(self.state_dir),
            "OPENCLAW_CONFIG_PATH": str(self.config_path),
            "OPENCLAW_NO_AUTO_UPDATE": "1",
            "OPENCLAW_DISABLE_BONJOUR": "1",
        }

    def start(self, **variables: str) -> Foreign:
        """Run the gateway as somebody would at a terminal; returns when it is ready."""
        runtime = manifest(self.home.prefix)
        with open(self.home.path / f"{self.slug}.out", "ab") as out:
            self.process = subprocess.Popen(
                [runtime["node"], runtime["entry"], "gateway", "--port", str(self.port)],
                env={**self.environment, **variables},
                cwd=self.home.path,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        deadline = time.monotonic() + START_SECONDS
        while not is_ready(self.port):
            assert self.process.poll() is None, "the gateway ended"
            assert time.monotonic() < deadline, "the gateway did not come up"
            time.sleep(0.2)
        return self

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def adopted(self) -> dict[str, str]:
        return {"state_dir": str(self.state_dir)}

    def stop(self) -> None:
        """Kill it; what has not become ours is not ours to destroy."""
        if not (self.state_dir / ".claw-pilot.json").exists():
            self.home.slugs.discard(self.slug)
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(json.load(answer).get("ready"))
    except (OSError, urllib.error.URLError, ValueError):
        return False


def snapshot(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Relative path -> mode, mtime and content of all that is below the folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = path.read_bytes().hex() if path.is_file() else ""
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_mtime_ns, content)
    return found
