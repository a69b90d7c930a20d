# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that playbooks print for a person: a shell that gets them runs nothing else."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.webapp import extra_vars, playbook

from tests import attacks, trusting

pytestmark = pytest.mark.timeless

INSTANCE = {
    "slug": "acme",
    "display_name": "Acme",
    "state": "running",
    "url": "http://127.0.0.1:18789/",
    "port": 18789,
    "state_dir": "/x",
    "project_dir": "/x",
    "log_path": "/x",
    "providers": ["anthropic"],
}


def test_the_commands_for_a_new_instance_run_no_attack(tmp_path: Path) -> None:
    salvo = attacks.Salvo(tmp_path, *attacks.of(attacks.SHELL))
    template = playbook.PLAYBOOKS / "templates" / "created.j2"
    text = f"SEEN={{{{ lookup('ansible.builtin.template', '{template}') | to_json }}}}"
    tasks = [
        {
            "ansible.builtin.debug": {"msg": text.replace("to_json", "to_json | b64encode")},
            "vars": {name: "{{ item }}" for name in ("openclaw_home", "openclaw_user", "target")},
            "loop": "{{ attacks }}",
        }
    ]
    given = {
        "attacks": list(salvo.values.values()),
        "openclaw_instance_result": {"instance": INSTANCE},
    }
    with extra_vars.files(given) as words:
        output = trusting.run(tmp_path, tasks, *words)
    found = re.findall(r"SEEN=([A-Za-z0-9+/=]+)", output)
    assert len(found) == len(salvo.values)
    for encoded in found:
        shown = json.loads(subprocess.check_output(["base64", "-d"], input=encoded.encode()))
        commands = [line for line in shown.splitlines() if line.startswith("  ")]
        assert len(commands) == 3
        for command in commands:
            subprocess.run(["/bin/sh", "-c", f"echo {command}"], capture_output=True, check=True)
    assert salvo.fired == []
