# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role openclaw_discovery: its variables are described, used, and have one default."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
ROLE = ROOT / "roles" / "openclaw_discovery"
PREFIX = "openclaw_discovery_"


def load(path: str) -> Any:
    return yaml.safe_load((ROLE / path).read_text())


def options() -> dict[str, Any]:
    found: dict[str, Any] = load("meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    return found


def test_every_variable_is_described_and_has_its_default() -> None:
    assert all(option["description"] for option in options().values())
    assert {name: o["default"] for name, o in options().items()} == load("defaults/main.yml")


def test_the_tasks_use_every_variable_and_no_other() -> None:
    texts = [path.read_text() for path in (*ROLE.glob("tasks/*.yml"), *ROLE.glob("templates/*"))]
    text = "\n".join(texts)
    own = set(re.findall(rf"register: ({PREFIX}\w+)", text))
    own |= set(re.findall(rf"^\s+({PREFIX}\w+):", text, re.MULTILINE))
    assert set(re.findall(rf"\b{PREFIX}\w+", text)) - own == set(options())


def test_the_playbook_sets_what_the_role_has() -> None:
    (play,) = yaml.safe_load((ROOT / "playbooks" / "discover.yml").read_text())
    shared = yaml.safe_load((ROOT / "playbooks" / "vars" / "host.yml").read_text())
    given = {*play["vars"], *(name for name in shared if name.startswith(PREFIX))}
    assert given == set(options())


def test_nothing_is_adopted_unless_it_is_asked_for() -> None:
    assert options()["openclaw_discovery_adopt"]["default"] == ""
    assert options()["openclaw_discovery_prune"]["default"] is False


def test_only_the_registry_is_written_to() -> None:
    """Modules that write to hosts have no place here."""
    tasks = load("tasks/main.yml")
    keywords = {"name", "register", "vars", "when", "run_once"}
    modules = {key for task in tasks for key in task if key not in keywords}
    assert modules == {
        "ansible.builtin.assert",
        "ansible.builtin.debug",
        "ansible.builtin.include_role",
        "ansible.builtin.pause",
        "ansible.builtin.set_fact",
        "claw.pilot.openclaw_facts",
        "claw.pilot.openclaw_registry_info",
    }
