# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What playbooks show: no text of a host, a gateway or a sender steers the terminal or runs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.claw.pilot.webapp import extra_vars, playbook

from tests import attacks

pytestmark = pytest.mark.timeless

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted(
    path
    for pattern in ("playbooks/templates/*.j2", "roles/*/templates/*.j2")
    for path in ROOT.glob(pattern)
)
DEVICE = "why name client_id client_mode platform remote_address request_id device_id last_seen"
INSTANCE = "slug display_name state reason source confidence state_dir openclaw_home url port error"


def data(text: str) -> dict[str, Any]:
    """What the templates show, with this text in every place of one."""

    def all_of(names: str, **more: Any) -> dict[str, Any]:
        return {**dict.fromkeys(names.split(), text), **more}

    device = all_of(
        DEVICE,
        requested_scopes=[text],
        approved_scopes=[text],
        scopes=[text],
        roles=[text],
        age_seconds=1,
        seconds_left=1,
        connected=True,
    )
    process = {"uptime_seconds": 100, "memory_bytes": 1 << 21, "pid": 5}
    instance = all_of(
        f"{INSTANCE} project_dir log_path openclaw_version",
        providers=[],
        agents=[],
        process=process,
        problems=[{"message": text}],
        evidence=[{"kind": text, "detail": text}],
        pending=[device],
        paired=[device],
    )
    row = all_of("slug state_dir openclaw_version port state agent_count")
    warnings = [{"code": text, "path": text, "message": text}]
    machine = {
        "os": text,
        "cpu_count": 1,
        "cpu_percent": 1,
        "load": [0.1],
        "memory": {"available_bytes": 1, "total_bytes": 1},
        "disk": {"free_bytes": 1},
    }
    seen = {"ansible_facts": {"openclaw": {"warnings": warnings, "host": machine}}}
    findings = [all_of("slug check message evidence fix", severity="error")]
    sender = all_of("name username sender_id created code")
    return {
        "openclaw_instance_result": {"instance": instance},
        "openclaw_home": text,
        "openclaw_user": text,
        "devices_seen": {"instances": [instance]},
        "devices_changes": [{"instance": instance, "event": text, "detail": text}],
        "paired": True,
        "doctor_result": {
            "findings": findings,
            "summary": {"error": 1, "warning": 0, "info": 0, "instances": 1},
        },
        "logs_result": {"lines": [all_of("time level subsystem message")]},
        "pair_found": {"bot": {"bot": text}, "request": sender},
        "sender_id": text,
        "slug": "acme",
        "status_shown": [instance],
        "status_gone": [row],
        "status_seen": seen,
        "openclaw_discovery_result": {"new": [instance], "known": [instance], "gone": [row]},
        "openclaw_discovery_seen": seen,
        "openclaw_pairing_waiting": [device],
        "openclaw_pairing_slug": "acme",
        "openclaw_pairing_result": {"device": device, "changed": True},
    }


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], attacks.Salvo]:
    """Template -> what it makes of hostile texts, all of them in every place."""
    folder = tmp_path_factory.mktemp("shown")
    chosen = sorted(
        attacks.texts(attacks.TEMPLATE, attacks.TERMINAL, attacks.LINE),
        key=lambda attack: attack.kind == attacks.TEMPLATE,  # what is cut off is one of many
    )
    salvo = attacks.Salvo(folder, *chosen)
    text = "".join(salvo.values.values())[:1900]
    facts = {f"given_{name}": value for name, value in data(text).items()}
    tasks: list[dict[str, Any]] = [
        {"ansible.builtin.set_fact": {name: f"{{{{ given_{name} }}}}" for name in data("")}},
        *(
            {
                "ansible.builtin.copy": {
                    "content": f"{{{{ lookup('ansible.builtin.template', '{path}') }}}}",
                    "dest": str(folder / f"{number}.txt"),
                    "mode": "0600",
                }
            }
            for number, path in enumerate(TEMPLATES)
        ),
    ]
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    (folder / "show.yml").write_text(yaml.safe_dump([play]))
    with extra_vars.files(facts) as given:
        done = subprocess.run(
            [playbook.ansible_playbook(), str(folder / "show.yml"), *given],
            env={**os.environ, **playbook.QUIET},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-3000:]
    return {
        str(path.relative_to(ROOT)): (folder / f"{number}.txt").read_text()
        for number, path in enumerate(TEMPLATES)
    }, salvo


@pytest.mark.parametrize("path", [str(path.relative_to(ROOT)) for path in TEMPLATES])
def test_no_template_steers_the_terminal(path: str, shown: tuple[dict[str, str], Any]) -> None:
    text = shown[0][path]
    assert "\\u202e" in text or "\\x1b" in text, "the sample data does not reach it"
    assert not attacks.hurts_terminal(text)
    assert not any(
        line.startswith(("LD_PRELOAD", "ExecStartPre", "# Do this")) for line in text.splitlines()
    )


def test_nothing_that_is_shown_runs(shown: tuple[dict[str, str], attacks.Salvo]) -> None:
    assert shown[1].fired == []
