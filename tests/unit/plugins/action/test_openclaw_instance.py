# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin: workspace files from templates, on the controller, before the module runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.claw.pilot.plugins.action import openclaw_instance as action
from ansible_collections.claw.pilot.plugins.module_utils._instance import PROJECT_DIR_MARK

from tests import attacks

FILES = {"AGENTS.md", "SOUL.md", "TOOLS.md", "USER.md", "MEMORY.md"}
EVERYTHING = "{{ slug }}|{{ display_name }}|{{ agent_id }}|{{ agent_name }}|{{ project_dir }}\n"


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    (tmp_path / "SOUL.md.j2").write_text(EVERYTHING)
    (tmp_path / "README.md").write_text("not a template {{ nothing }}")
    return tmp_path


def render(folder: Path, **more: Any) -> dict[str, dict[str, str]]:
    return action.render_workspaces({"slug": "acme", "workspace_templates": str(folder), **more})


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnsibleActionFail, match="nowhere"):
        render(tmp_path / "nowhere")


def test_a_variable_that_is_not_there_is_named(templates: Path) -> None:
    (templates / "USER.md.j2").write_text("Hello {{ user_nmae }}")
    with pytest.raises(AnsibleActionFail, match="user_nmae"):
        render(templates)


def test_a_template_that_is_broken_is_an_error_that_names_the_folder(templates: Path) -> None:
    (templates / "USER.md.j2").write_text("{% if %}")
    with pytest.raises(AnsibleActionFail, match=templates.name):
        render(templates)


@pytest.mark.parametrize(
    "agents",
    ["main,dev", '[{"id": "dev"}]', ["dev"], [None], {"id": "dev"}, 5],
    ids=["words", "JSON", "list of words", "list of null", "mapping", "number"],
)
def test_agents_of_a_wrong_shape_are_left_to_the_modules_own_words(
    templates: Path, agents: Any
) -> None:
    try:
        rendered = render(templates, agents=agents)
    except AnsibleActionFail:
        return
    assert "main" in rendered


@pytest.mark.parametrize("agents", [None, [], [{"id": "main"}]])
def test_main_always_has_its_files(templates: Path, agents: Any) -> None:
    text = f"acme|Acme|main|Main|{PROJECT_DIR_MARK}\n"
    assert render(templates, agents=agents) == {"main": {"SOUL.md": text}}


def test_every_agent_has_its_own_files_with_its_own_names(templates: Path) -> None:
    agents = [{"id": "dev", "name": "Developer"}, {"id": "qa"}]
    rendered = render(templates, display_name="Acme Ltd", agents=agents)
    assert list(rendered) == ["main", "dev", "qa"]
    assert rendered["dev"]["SOUL.md"].startswith("acme|Acme Ltd|dev|Developer|")
    assert rendered["qa"]["SOUL.md"].startswith("acme|Acme Ltd|qa|Qa|")


def test_a_listed_main_keeps_its_name_and_an_agent_without_id_is_passed_over(
    templates: Path,
) -> None:
    rendered = render(templates, agents=[{"id": "main", "name": "Boss"}, {"name": "nobody"}])
    assert list(rendered) == ["main"]
    assert "|Boss|" in rendered["main"]["SOUL.md"]


def test_text_is_not_escaped_and_values_are_not_templates(templates: Path) -> None:
    name = "<A> & {{ slug }} {% raw %}"
    rendered = render(templates, display_name=name)
    assert rendered["main"]["SOUL.md"].startswith(f"acme|{name}|main|")


def test_a_template_runs_nothing_on_the_controller(templates: Path, tmp_path: Path) -> None:
    salvo = attacks.Salvo(tmp_path, *attacks.of(attacks.JINJA))
    for value in salvo.values.values():
        (templates / "SOUL.md.j2").write_text(value)
        with pytest.raises(AnsibleActionFail):
            render(templates)
    assert salvo.fired == []


def test_the_roles_own_templates_render_for_every_agent() -> None:
    rendered = action.render_workspaces({"slug": "acme", "agents": [{"id": "dev"}]})
    assert set(rendered) == {"main", "dev"}
    for files in rendered.values():
        assert set(files) == FILES
        assert all(text.strip() and "{{" not in text for text in files.values())
    assert rendered["main"] != rendered["dev"]


def test_the_mark_of_the_project_directory_is_the_one_that_the_host_replaces() -> None:
    assert action.PROJECT_DIR_MARK == PROJECT_DIR_MARK


def run(args: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The arguments that the module gets for those of the task."""
    got: dict[str, Any] = {}

    def execute(self: Any, module_name: str, module_args: dict[str, Any], **more: Any) -> Any:
        got.update(module_args)
        return {"changed": False}

    monkeypatch.setattr(action.ActionModule, "_execute_module", execute)
    task = MagicMock(args=args, async_val=0, check_mode=False, diff=False)
    plugin = action.ActionModule(task, *(MagicMock() for _part in range(5)))
    assert plugin.run(task_vars={})["changed"] is False
    return got


def test_the_module_gets_the_files_and_not_the_controllers_folder(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = {"slug": "acme", "workspace_templates": str(templates)}
    got = run(args, monkeypatch)
    assert set(got["workspace_files"]["main"]) == {"SOUL.md"}
    assert "workspace_templates" not in got
    assert set(args) == {"slug", "workspace_templates"}


@pytest.mark.parametrize("state", ["started", "stopped", "restarted", "absent"])
def test_nothing_is_rendered_for_another_state(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    got = run({"slug": "acme", "state": state, "workspace_templates": "/nowhere"}, monkeypatch)
    assert got == {"slug": "acme", "state": state}


def test_files_that_are_given_are_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"main": {"SOUL.md": "mine"}}
    assert run({"slug": "acme", "workspace_files": files}, monkeypatch)["workspace_files"] == files
