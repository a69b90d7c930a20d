# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result_file callback: the same document as the result callback's, in a private file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeless

ANSIBLE = str(Path(sys.executable).with_name("ansible-playbook"))
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.set_stats:
        data: {answer: 42}
"""


def run(folder: Path, **more: str) -> str:
    """Standard output of the play."""
    (folder / "play.yml").write_text(PLAY)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ANSIBLE_")}
    done = subprocess.run(
        [ANSIBLE, str(folder / "play.yml")],
        env={**kept, "HOME": str(folder), **more},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


def test_the_document_is_in_the_file_and_the_output_is_as_always(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    enabled = {"ANSIBLE_CALLBACKS_ENABLED": "claw.pilot.result_file"}
    shown = run(tmp_path, CLAW_PILOT_RESULT_FILE=str(path), **enabled)
    assert "PLAY RECAP" in shown
    found = json.loads(path.read_text())
    assert found == json.loads(run(tmp_path, ANSIBLE_STDOUT_CALLBACK="claw.pilot.result"))
    assert (found["playbook"], found["ok"], found["result"]) == ("play", True, {"answer": 42})
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir() if "result" in p.name) == ["result.json"]


def test_nothing_is_written_unless_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    run(tmp_path, CLAW_PILOT_RESULT_FILE=str(path))
    run(tmp_path, ANSIBLE_CALLBACKS_ENABLED="claw.pilot.result_file")
    assert not path.exists()
