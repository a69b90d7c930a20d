# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""install_plugin and remove_plugin say what they take, and do nothing before somebody says yes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect

from .conftest import Home

ROOT = Path(__file__).parents[2]
ANSIBLE = str(Path(sys.executable).with_name("ansible-playbook"))
COST = "Installing openclaw-mem0 1.0.16 takes about 2 minutes"


def environment(home: Home) -> dict[str, str]:
    return {**os.environ, "HOME": str(home.path), "NO_COLOR": "1", "TERM": "dumb"}


def command(home: Home, name: str, **variables: Any) -> list[str]:
    given = {"openclaw_home": str(home.path), "registry": "none", **variables}
    return [ANSIBLE, f"claw.pilot.{name}_plugin", "-e", json.dumps(given)]


def play(home: Home, name: str, *flags: str, **variables: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command(home, name, plugin="openclaw-mem0", **variables), *flags],
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_nothing_is_done_without_a_yes(stub_home: Home) -> None:
    stub_home.instance("acme")
    before = stub_home.config("acme")
    checked = play(stub_home, "install", "--check", slug="acme")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert COST in checked.stdout
    refused = play(stub_home, "install", slug="acme")
    assert refused.returncode != 0
    assert f"Nothing was changed: {COST}" in refused.stdout + refused.stderr
    assert play(stub_home, "remove", slug="acme").returncode == 0  # there is none, nothing to ask
    assert stub_home.config("acme") == before


def test_at_a_terminal_the_answer_decides(stub_home: Home) -> None:
    stub_home.instance("acme")
    words = command(stub_home, "install", slug="acme")
    terminal = pexpect.spawn(
        words[0], words[1:], env=environment(stub_home), encoding="utf-8", timeout=60, cwd=ROOT
    )
    terminal.expect("Id of the plugin")
    terminal.sendline("")
    terminal.expect(COST)
    terminal.expect("Type yes to go on")
    terminal.sendline("no")
    terminal.expect("Nothing was changed")
    terminal.expect(pexpect.EOF)
