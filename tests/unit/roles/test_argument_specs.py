# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles' variables are the modules' options: names, types, choices, defaults and secrets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.claw.pilot.plugins.module_utils import _arguments, _model

pytestmark = pytest.mark.timeless

ROOT = Path(__file__).parents[3]
RENAMED = {"openclaw_user": "user", "openclaw_home": "home"}
INSTANCE, HOST = "openclaw_instance", "openclaw_host"
FACTS = ("elements", "required", "choices", "no_log")
NOT_ROLE_VARIABLES = {
    INSTANCE: {"workspace_files", _arguments.PRIVATE},
    HOST: {"minimum_disk_mb", "minimum_memory_mb", _arguments.PRIVATE},
}
ONLY_ROLE_VARIABLES: dict[str, set[str]] = {INSTANCE: set(), HOST: {"projects_root"}}
# The role is pinned to the tested version; the module can also take it from an instance.
OWN_DEFAULTS = {(HOST, "openclaw_version"): _model.OPENCLAW_VERSION}
MODULE_OPTIONS = {INSTANCE: _arguments.INSTANCE_ARGUMENTS, HOST: _arguments.RUNTIME_ARGUMENTS}
ROLES = sorted(MODULE_OPTIONS)


def load(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text())


def variables(role: str) -> dict[str, Any]:
    """The role's variables without their prefix."""
    options = load(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    assert all(name.startswith(f"{role}_") for name in options)
    return {name[len(role) + 1 :]: option for name, option in options.items()}


def defaults(role: str) -> dict[str, Any]:
    return {n[len(role) + 1 :]: v for n, v in load(f"roles/{role}/defaults/main.yml").items()}


def expected(role: str) -> dict[str, Any]:
    """The module's options under the names that the role has for them."""
    left_out = NOT_ROLE_VARIABLES[role]
    options = MODULE_OPTIONS[role].items()
    return {RENAMED.get(name, name): option for name, option in options if name not in left_out}


def facts(option: dict[str, Any]) -> dict[str, Any]:
    found = {key: option[key] for key in FACTS if key in option}
    if "options" in option:
        found["options"] = {
            k: {"type": v["type"], **facts(v)} for k, v in option["options"].items()
        }
    return found


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_the_variables_of_its_module(role: str) -> None:
    assert set(variables(role)) == set(expected(role)) | ONLY_ROLE_VARIABLES[role]


@pytest.mark.parametrize("role", ROLES)
def test_variables_are_required_chosen_and_secret_as_the_options_are(role: str) -> None:
    options = variables(role)
    for name, option in expected(role).items():
        assert facts(options[name]) == facts(option), name


@pytest.mark.parametrize("role", ROLES)
def test_variables_have_the_types_of_the_options(role: str) -> None:
    for name, option in expected(role).items():
        variable = variables(role)[name]
        may_be_empty = option["type"] == "path" and variable.get("default") == ""
        assert variable["type"] == ("str" if may_be_empty else option["type"]), name


@pytest.mark.parametrize("role", ROLES)
def test_a_variable_has_the_default_of_the_option_or_is_empty_where_it_has_none(role: str) -> None:
    for name, option in expected(role).items():
        default = OWN_DEFAULTS.get((role, name), option.get("default", ""))
        assert variables(role)[name].get("default", "") == default, name


@pytest.mark.parametrize("role", ROLES)
def test_defaults_are_those_of_the_argument_specification(role: str) -> None:
    specified = {n: o["default"] for n, o in variables(role).items() if "default" in o}
    assert defaults(role) == specified


@pytest.mark.parametrize("role", ROLES)
def test_every_secret_is_marked(role: str) -> None:
    def marked(options: dict[str, Any]) -> set[str]:
        found = {name for name, option in options.items() if option.get("no_log")}
        return found.union(*(marked(option.get("options", {})) for option in options.values()))

    secrets = {"api_key", "bot_token", "environment"} if role == INSTANCE else set()
    assert marked(variables(role)) == secrets


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_is_described(role: str) -> None:
    def walk(options: dict[str, Any]) -> None:
        for name, option in options.items():
            assert option.get("description"), name
            walk(option.get("options", {}))

    walk(variables(role))


@pytest.mark.parametrize("role", ROLES)
def test_the_tasks_use_every_variable_and_no_other(role: str) -> None:
    files = sorted((ROOT / "roles" / role / "tasks").glob("*.yml"))
    text = "\n".join(path.read_text() for path in files)
    results = {"result", "runtime", *re.findall(rf"register: {role}_(\w+)", text)}
    local = set(re.findall(rf"^\s+{role}_(\w+):", text, re.MULTILINE))  # vars and facts of tasks
    used = set(re.findall(rf"\b{role}_(\w+)", text)) - results - local
    assert used == set(variables(role)) - local


def module_arguments(tasks: Any, module: str) -> list[dict[str, Any]]:
    found = []
    for task in tasks:
        if module in task:
            found.append(task[module])
        for part in ("block", "rescue", "always"):
            found += module_arguments(task.get(part, ()), module)
    return found


@pytest.mark.parametrize(
    ("role", "module"), [(INSTANCE, "openclaw_instance"), (HOST, "openclaw_runtime")]
)
def test_the_tasks_hand_every_variable_to_its_option(role: str, module: str) -> None:
    files = sorted((ROOT / "roles" / role / "tasks").glob("*.yml"))
    tasks = [task for path in files for task in yaml.safe_load(path.read_text())]
    calls = module_arguments(tasks, f"claw.pilot.{module}")
    assert calls
    for call in calls:
        assert set(call) == set(MODULE_OPTIONS[role]) - NOT_ROLE_VARIABLES[role]
        for option, value in call.items():
            assert f"{role}_{RENAMED.get(option, option)}" in value, option


def test_the_playbooks_set_only_variables_that_a_role_has() -> None:
    roles = (*ROLES, "openclaw_registry", "openclaw_discovery")
    known = {f"{role}_{name}" for role in roles for name in variables(role)}
    assert set(load("playbooks/vars/instance.yml")) <= known
    assert set(load("playbooks/vars/host.yml")) <= known


def test_the_playbooks_reach_every_variable_of_an_instance_that_people_want() -> None:
    given = set(load("playbooks/vars/instance.yml"))
    internal = {"state", "reserved_ports", "adopted"}
    assert {f"{INSTANCE}_{name}" for name in set(variables(INSTANCE)) - internal} <= given


def test_the_pinned_versions_are_the_same_everywhere() -> None:
    host = defaults(HOST)
    assert host["openclaw_version"] == _model.OPENCLAW_VERSION
    assert host["node_version"] == _model.NODE_WHEEL_VERSION
    chosen = load("playbooks/vars/instance.yml")["openclaw_host_openclaw_version"]
    assert re.findall(r"default\('([^']*)'\)", chosen) == [""]
