# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No variable of ours has a name of Ansible's own.

Of those Ansible warns, and shows with the warning the lines above the variable in its file: in a
file of variables the lines of the secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import jinja2.nodes
import pytest
import yaml
from ansible.vars.reserved import get_reserved_names

pytestmark = pytest.mark.timeless

ROOT = Path(__file__).parents[2]
GIVEN_BY_ANSIBLE = {"lookup", "omit", "environment"}  # read in expressions, never set
EXPRESSIONS = {"when", "that", "until", "changed_when", "failed_when", "loop"}
CELLS = re.compile(r"^\| (`\w+`(?:, `\w+`)*) \|", re.M)
HEADER = re.compile(r"^# Variables: (.+(?:\n# .+)*)", re.M)


def documented() -> Iterator[str]:
    """Names in the tables of the manual, the heads of the playbooks, and key=value examples."""
    for page in (ROOT / "docs").glob("*.md"):
        text = page.read_text()
        if page.stem in ("playbooks", "pairing", "telegram", "plugins", "discovery"):
            for cell in CELLS.findall(text):
                yield from re.findall(r"\w+", cell)
        yield from re.findall(r"(?<=[\s`])([a-z_]+)=", text)
    for playbook in (ROOT / "playbooks").glob("*.yml"):
        for head in HEADER.findall(playbook.read_text()):
            yield from re.findall(r"[a-z_]+", re.sub(r"\([^()]*\)", "", head))


def names_in(node: Any, key: str = "") -> Iterator[str]:
    """Variables that a play, a task or a mapping of variables sets or reads."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("vars", "ansible.builtin.set_fact") and isinstance(value, dict):
                yield from value
            if name == "register":
                yield str(value)
            if name == "vars_prompt":
                yield from (prompt["name"] for prompt in value)
            yield from names_in(value, name)
    elif isinstance(node, list):
        for item in node:
            yield from names_in(item, key)
    elif isinstance(node, str) and ("{{" in node or "{%" in node or key in EXPRESSIONS):
        template = node if "{{" in node or "{%" in node else f"{{{{ {node} }}}}"
        parsed = jinja2.Environment().parse(template)
        yield from (name.name for name in parsed.find_all(jinja2.nodes.Name))


def files() -> list[Path]:
    folders = (ROOT / "playbooks", ROOT / "roles")
    found = [path for folder in folders for path in sorted(folder.rglob("*.yml"))]
    return [path for path in found if "meta" not in path.parts]


def test_no_documented_variable_has_a_name_of_ansible() -> None:
    names = set(documented())
    assert {"slug", "gateway_port", "wait_timeout", "notify_sender", "telegram_bot_token"} <= names
    assert names & get_reserved_names() == set()


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_variable_of_a_playbook_or_role_has_a_name_of_ansible(path: Path) -> None:
    content = yaml.safe_load(path.read_text())
    names = set(names_in(content))
    if isinstance(content, dict):
        names |= set(content)
    assert names & (get_reserved_names() - GIVEN_BY_ANSIBLE) == set()
