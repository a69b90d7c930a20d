# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A play that evaluates variables wherever Ansible does: what may run there, runs."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.claw.pilot.webapp import playbook

Task = dict[str, Any]
# A key is a value as soon as somebody loops over it.
_KEYS = "[VALUE, (VALUE.a | default([{}]))[0]] | select('mapping') | map('list') | flatten"
_SINKS: tuple[Task, ...] = (
    {"ansible.builtin.debug": {"msg": "{{ VALUE }}"}},
    {"ansible.builtin.assert": {"that": "{{ VALUE }}"}},
    {"ansible.builtin.debug": {"msg": "{{ item }}"}, "loop": f"{{{{ {_KEYS} }}}}"},
)
_LOOSE = {"ANSIBLE_ALLOW_BROKEN_CONDITIONALS": "true", "ANSIBLE_CALLBACK_RESULT_FORMAT": "json"}


def tasks(names: Iterable[str]) -> list[Task]:
    """Tasks that evaluate each of these variables, and go on whatever happens."""
    made = [json.loads(json.dumps(s).replace("VALUE", name)) for name in names for s in _SINKS]
    return [{**task, "ignore_errors": True} for task in made]


def run(folder: Path, tasks: list[Task], *words: str) -> str:
    """The output of ansible-playbook in the folder, on this machine, with these words."""
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    (folder / "trusting.yml").write_text(yaml.safe_dump([play]))
    command = [playbook.ansible_playbook(), "trusting.yml", *words]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **_LOOSE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
