# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render workspace templates on the controller, then run the module on the host.

Hosts have no Jinja; the module has no access to the controller's files.
"""

from __future__ import annotations

import os
from typing import Any

from ansible.errors import AnsibleActionFail
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from ..plugin_utils.private_options import PrivateOptions

PROJECT_DIR_MARK = "@@project_dir@@"  # the module puts the path in: only the host knows it
SUFFIX = ".j2"
MAIN = {"id": "main", "name": "Main"}


class ActionModule(PrivateOptions):
    """The openclaw_instance module with its templates."""

    MODULE = "claw.pilot.openclaw_instance"

    def prepared(self, args: dict[str, Any]) -> dict[str, Any]:
        """The arguments with the texts of the workspaces."""
        if args.get("state", "present") == "present" and not args.get("workspace_files"):
            args["workspace_files"] = render_workspaces(args)
        args.pop("workspace_templates", None)
        return super().prepared(args)


def render_workspaces(args: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Agent id -> file name -> text, from the templates in workspace_templates."""
    folder = os.path.expanduser(args.get("workspace_templates") or default_templates())
    if not os.path.isdir(folder):
        raise AnsibleActionFail(f"workspace_templates: {folder} is not a folder on the controller.")
    names = sorted(name for name in os.listdir(folder) if name.endswith(SUFFIX))
    # Workspace files are Markdown for a model, not HTML: nothing is to be escaped. In a sandbox,
    # since whoever may write such a file may not thereby run code here.
    jinja = SandboxedEnvironment(
        loader=FileSystemLoader(folder), undefined=StrictUndefined, keep_trailing_newline=True
    )
    agents = _agents(args.get("agents"))
    try:
        return {
            str(agent["id"]): {
                name[: -len(SUFFIX)]: jinja.get_template(name).render(variables(args, agent))
                for name in names
            }
            for agent in agents
        }
    except TemplateError as error:
        raise AnsibleActionFail(f"workspace_templates: {folder}: {error}") from error


def _agents(given: Any) -> list[dict[str, Any]]:
    """The agents with main; what has a wrong shape is left to the module to refuse."""
    listed = given if isinstance(given, list) else []
    agents = [agent for agent in listed if isinstance(agent, dict) and agent.get("id")]
    return agents if any(agent["id"] == "main" for agent in agents) else [MAIN, *agents]


def variables(args: dict[str, Any], agent: dict[str, Any]) -> dict[str, str]:
    """What the templates may use."""
    slug = str(args.get("slug", ""))
    agent_id = str(agent["id"])
    return {
        "slug": slug,
        "display_name": str(args.get("display_name") or slug.capitalize()),
        "agent_id": agent_id,
        "agent_name": str(agent.get("name") or agent_id.capitalize()),
        "project_dir": PROJECT_DIR_MARK,
    }


def default_templates() -> str:
    """The folder of the openclaw_instance role."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return os.path.join(root, "roles", "openclaw_instance", "templates", "workspace")
