# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host answers is a result: no variable of a playbook or a role can be set by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import jinja2
import pytest
import yaml
from ansible_collections.claw.pilot.plugins.action import openclaw_facts, openclaw_logs
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils import host_module
from ansible_collections.claw.pilot.webapp.jobs import accepted
from jinja2 import meta

from tests import attacks

ROOT = Path(__file__).parents[4]
EXPRESSIONS = {"when", "that", "until", "changed_when", "failed_when"}
# What Ansible sets above all facts, what a template sets itself, and the one that is no danger.
NOT_OURS = {"hostvars", "inventory_hostname", "item", "lookup", "omit", "about", "domain"}


@pytest.fixture(autouse=True)
def facts_are_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Ansible has it where nobody says otherwise."""
    monkeypatch.setenv("ANSIBLE_INJECT_FACT_VARS", "true")


class Anything(dict[str, Any]):
    """Filters and tests of whatever name: only the names of variables are looked at."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> Any:
        return str

    def get(self, key: str, default: Any = None) -> Any:
        return self[key]


def environment() -> jinja2.Environment:
    made = jinja2.Environment()
    made.filters, made.tests = Anything(made.filters), Anything(made.tests)
    return made


JINJA = environment()


def used(text: str) -> set[str]:
    return meta.find_undeclared_variables(JINJA.parse(text))


def names(node: Any) -> Iterator[str]:
    """The variables that a part of a play reads or puts down."""
    if isinstance(node, str):
        yield from used(node)
    for value in node if isinstance(node, list) else ():
        yield from names(value)
    for key, value in node.items() if isinstance(node, dict) else ():
        if key in EXPRESSIONS:
            conditions = value if isinstance(value, list) else [value]
            yield from (name for one in conditions for name in used(f"{{{{ {one} }}}}"))
        if key == "register":
            yield value
        if key in ("vars", "ansible.builtin.set_fact"):
            yield from value
        yield from names(value)


def variables() -> set[str]:
    found: set[str] = set()
    for path in (*ROOT.glob("playbooks/**/*.yml"), *ROOT.glob("roles/*/tasks/*.yml")):
        found.update(names(yaml.safe_load(path.read_text())))
    for path in (*ROOT.glob("playbooks/vars/*"), *ROOT.glob("roles/*/defaults/*")):
        found.update(yaml.safe_load(path.read_text()))
    for path in (*ROOT.glob("playbooks/templates/*"), *ROOT.glob("roles/*/templates/*.j2")):
        found |= used(path.read_text())
    return {name for name in found - NOT_OURS if not name.startswith("ansible_")}


def test_every_variable_of_playbooks_and_roles_is_known_as_ours() -> None:
    documented = {name for taken in accepted.own().playbooks.values() for name in taken}
    every = variables() | documented - NOT_OURS
    assert {"registry", "workspace_templates", "destroy_answer", "yes"} <= every
    assert sorted(name for name in every if not host_module.is_ours(name)) == []


def test_no_name_is_kept_that_nothing_uses() -> None:
    assert host_module._NAMES - variables() == set()


def test_every_fact_of_the_attacks_is_refused() -> None:
    for name, value in attacks.FACTS.items():
        with pytest.raises(ClawPilotError, match=name):
            host_module.refuse_facts({"ansible_facts": {name: value, "distribution": "Debian"}})


def test_what_hosts_are_gathered_with_is_no_variable_of_ours() -> None:
    facts = dict.fromkeys("distribution domain env hostname packages services openclaw".split())
    host_module.refuse_facts({"ansible_facts": {**facts, "discovered_interpreter_python": "/x"}})
    host_module.refuse_facts({})


def test_where_facts_are_no_variables_they_may_have_any_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANSIBLE_INJECT_FACT_VARS", "false")
    host_module.refuse_facts({"ansible_facts": {"registry": "/tmp/x"}})


def run(plugin: Any, answer: dict[str, Any], **variables: Any) -> dict[str, Any]:
    task = MagicMock(args={"slug": "acme"}, async_val=0)
    made = plugin.ActionModule(task, *(MagicMock() for _part in range(5)))
    made._execute_module = MagicMock(return_value=answer)
    result: dict[str, Any] = made.run(task_vars=variables)
    if not variables:
        made._execute_module.assert_called_once()
    return result


def test_an_answer_with_a_fact_is_a_failure_that_sets_nothing() -> None:
    result = run(openclaw_logs, {"lines": [], "ansible_facts": {"registry": "/tmp/x"}})
    assert result["failure"]["code"] == "HOST_SETS_VARIABLES"
    assert "registry" in result["msg"] and "ansible_facts" not in result


@pytest.mark.parametrize("said", [["registry"], "registry", {"openclaw": {}, "yes": True}])
def test_facts_of_another_shape_are_refused_as_well(said: Any) -> None:
    result = run(openclaw_facts, {"ansible_facts": said})
    assert result["failure"]["code"] == "HOST_SETS_VARIABLES" and "ansible_facts" not in result


def test_a_host_does_not_say_what_the_whole_run_came_to() -> None:
    stats = {"data": {"instances": []}, "per_host": False}
    assert "ansible_stats" not in run(openclaw_logs, {"lines": [], "ansible_stats": stats})


def test_the_facts_of_the_module_itself_stay() -> None:
    facts: dict[str, Any] = {"ansible_facts": {"openclaw": {"instances": []}}}
    assert run(openclaw_facts, dict(facts))["ansible_facts"] == facts["ansible_facts"]


def test_facts_from_elsewhere_end_it_before_the_host_is_asked() -> None:
    result = run(openclaw_logs, {"lines": []}, ansible_facts={"policy": "/etc/shadow"})
    assert result["failure"]["code"] == "HOST_SETS_VARIABLES" and "lines" not in result


def test_every_module_that_runs_on_hosts_is_run_like_this() -> None:
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("openclaw_*.py")}
    actions = {path.stem: path.read_text() for path in (ROOT / "plugins" / "action").glob("*.py")}
    assert modules == set(actions)
    for name, text in actions.items():
        wrapped = "(HostModule)" in text or "(PrivateOptions)" in text
        assert wrapped or "refuse_facts(variables)" in text, name
