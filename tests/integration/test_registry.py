# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One registry and many that write to it: fifty hosts of a real play, fifty processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry

from tests.bench.registry import write_at_once

ROOT = Path(__file__).parents[2]
ANSIBLE = str(Path(sys.executable).with_name("ansible-playbook"))
HOSTS = 50
CANARY = "canary-0123456789"
TOKEN = "canary-of-the-dashboard"
REPORT = {
    "server": {"hostname": "{{ inventory_hostname }}", "connection": "{{ ansible_connection }}"},
    "entries": [
        {
            "event": "{{ event }}",
            "detail": "by the play",
            "instance": {
                "slug": "acme",
                "openclaw_home": "/opt/openclaw",
                "state_dir": "/opt/openclaw/.openclaw-acme",
                "state": "running",
                "port": "{{ 18789 + 120 }}",
                "agents": [{"id": "main", "name": "{{ inventory_hostname }}", "token": CANARY}],
                "token": CANARY,
            },
        }
    ],
}
EACH = [
    {"name": "Report at once", "claw.pilot.openclaw_registry": {"reports": ["{{ report }}"]}},
    {
        "name": "Look",
        "claw.pilot.openclaw_registry_info": {"slug": "{{ looked_for | default('acme') }}"},
        "register": "info",
    },
    {
        "name": "Have it back",
        "ansible.builtin.assert": {
            "that": [
                "info.registry.instance.hostname == inventory_hostname",
                "info.registry.instance.agent_count == 1",
                "info.registry.reserved_ports == []",
            ]
        },
        "when": "not ansible_check_mode",
    },
]
OF_ALL = "{{ ansible_play_hosts | map('extract', hostvars, 'own') }}"
TOGETHER = [
    {"name": "Have a report", "ansible.builtin.set_fact": {"own": "{{ report }}"}},
    {
        "name": "Report together",
        "ansible.builtin.include_role": {"name": "claw.pilot.openclaw_registry"},
        "vars": {
            "openclaw_registry_reports": OF_ALL,
            "openclaw_registry_token": TOKEN,
        },
    },
]


def play(
    folder: Path, tasks: list[Any], *flags: str, **variables: Any
) -> subprocess.CompletedProcess[str]:
    """Run the tasks on fifty local hosts at once, with a home of their own for the registry."""
    book = {
        "name": "Fifty",
        "hosts": "all",
        "gather_facts": False,
        "vars": {"report": REPORT, **variables},
        "tasks": tasks,
    }
    hosts = {f"host-{number}": {"ansible_connection": "local"} for number in range(HOSTS)}
    (folder / "play.yml").write_text(yaml.safe_dump([book]))
    (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    command = [ANSIBLE, "-i", "hosts.yml", "--forks", str(HOSTS), *flags, "play.yml"]
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("CLAW_PILOT_")},
        "CLAW_PILOT_HOME": str(folder / "home"),
        "CLAW_PILOT_ACTOR": "ann",
        "NO_COLOR": "1",
    }
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def registry(folder: Path) -> Registry:
    return Registry(folder / "home" / "registry.db")


def test_fifty_hosts_that_report_at_once_are_all_recorded(tmp_path: Path) -> None:
    told = play(tmp_path, EACH, "--check", event="created")
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.count("changed=1") == HOSTS
    assert not (tmp_path / "home").exists()
    done = play(tmp_path, EACH, event="created")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("changed=1") == HOSTS
    with registry(tmp_path) as opened:
        names = {f"host-{number}" for number in range(HOSTS)}
        assert {row["hostname"] for row in opened.instances(slug="acme")} == names
        assert {row["hostname"] for row in opened.servers()} == names
        events = opened.events(limit=1000)
        assert {event["hostname"] for event in events} == names
        assert len(events) == HOSTS
        assert {(e["actor"], e["origin"], e["detail"]) for e in events} == {
            ("ann", "playbook", "by the play")
        }
    files = [path.read_bytes() for path in (tmp_path / "home").iterdir()]
    assert not any(CANARY.encode() in content for content in files)


@pytest.mark.parametrize("prepared", [False, True])
def test_the_role_records_fifty_hosts_in_one_write(tmp_path: Path, prepared: bool) -> None:
    if prepared:  # a registry that is there already
        with Registry(tmp_path / "home" / "registry.db"):
            pass
    done = play(tmp_path, TOGETHER, "-vvv", event="created")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("changed=1") == 1
    assert TOKEN not in done.stdout + done.stderr
    with registry(tmp_path) as opened:
        assert len(opened.instances(slug="acme")) == HOSTS
        events = opened.events(limit=1000)
        assert len(events) == HOSTS
        assert len({event["created_at"] for event in events}) == 1


def test_fifty_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    figures = write_at_once(tmp_path / "registry.db", processes=50, seconds=3)
    assert figures["writes"] >= 50
    assert figures["lost"] == 0
    assert figures["locked"] == 0
