# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the wheel brings, beside the Python that runs this: the command, playbooks, the dashboard.

Everything is a process of its own, in an empty folder: nothing of a checkout is found by chance.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sys.executable).parent
SECONDS = 60


@dataclass
class Program:
    """claw-pilot with a home and data of its own, in an empty folder."""

    folder: Path

    def start(self, *words: str) -> subprocess.Popen[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CLAW_PILOT_", "ANSIBLE"))}
        own = {"HOME": str(self.folder), "CLAW_PILOT_HOME": str(self.folder / "pilot")}
        return subprocess.Popen(
            [SCRIPTS / "claw-pilot", *words],
            cwd=self.folder,
            env={**kept, **own, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> str:
        """What it prints; it must end well."""
        process = self.start(*words)
        out, _none = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, out
        return out


@dataclass
class Dashboard:
    """A dashboard that runs. address: without a slash at its end."""

    address: str
    token: str

    def get(self, path: str) -> tuple[str, str]:
        """Content type and text of an answer with status 200."""
        header = {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(self.address + path, headers=header)
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.headers["Content-Type"], answer.read().decode()


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture
def dashboard(program: Program) -> Iterator[Dashboard]:
    """A real one: gunicorn, its worker, the monitor; it watches no host."""
    inventory = program.folder / "hosts.json"
    inventory.write_text('{"all": {"hosts": {}}}')
    process = program.start("dashboard", "--port", "0", "-i", str(inventory))
    assert process.stdout
    printed = ""
    for line in process.stdout:
        printed += line
        if "login?link=" in line:
            break
    found = re.search(r"http://\S+?(?=/login)", printed)
    assert found, printed
    token = (program.folder / "pilot" / "dashboard-token").read_text().strip()
    yield Dashboard(found[0], token)
    process.terminate()
    rest, _none = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, rest
    assert "Traceback" not in rest and "Bad file descriptor" not in rest, rest


def test_the_command_tells_its_version(program: Program) -> None:
    version = re.search(r"(?m)^version: (\S+)$", (ROOT / "galaxy.yml").read_text())
    assert version and program.run("--version").split()[-1] == version[1]


def test_the_commands_that_look_at_this_machine_answer(program: Program) -> None:
    assert {"host", "instances"} <= set(json.loads(program.run("status", "--json")))
    assert "port_step" in json.loads(program.run("config", "list", "--json"))["config"]


def test_a_playbook_says_what_it_would_do_and_does_nothing(program: Program) -> None:
    out = program.run("create", "acme", "--check", "--yes")
    recap = out.partition("PLAY RECAP")[2]
    assert "changed=3" in recap and "failed=0" in recap, out
    assert not (program.folder / ".openclaw-acme").exists()
    assert not (program.folder / ".local").exists()


def test_the_dashboard_answers(dashboard: Dashboard) -> None:
    assert json.loads(dashboard.get("/healthz")[1])["ok"] is True


def test_the_dashboard_has_pages_and_what_they_ask_for(dashboard: Dashboard) -> None:
    kind, page = dashboard.get("/")
    assert kind.startswith("text/html") and "<title>" in page
    asked = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert asked and all(dashboard.get(path)[1] for path in asked)


def test_the_dashboard_has_its_api_and_figures(dashboard: Dashboard) -> None:
    assert json.loads(dashboard.get("/api/instances")[1])["instances"] == []
    assert json.loads(dashboard.get("/api/openapi.json")[1])["openapi"].startswith("3.")
    assert "claw_pilot_" in dashboard.get("/metrics")[1]


def test_the_dashboard_tells_what_changes(dashboard: Dashboard) -> None:
    url = dashboard.address.replace("http", "ws", 1) + "/ws"
    header = {"Authorization": f"Bearer {dashboard.token}"}
    with connect(url, additional_headers=header, proxy=None) as browser:
        browser.send('{"type": "subscribe", "payload": {"channel": "fleet"}}')
        assert json.loads(browser.recv(SECONDS))["type"] == "snapshot"
