# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules run so that what a host answers is a result, and never a variable of a playbook.

Ansible takes `ansible_facts` of any result for variables, above those of inventories and defaults,
and `ansible_stats` for what a whole run came to: a host could name the registry, or say yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible import constants
from ansible.plugins.action import ActionBase

from ..module_utils._model import ClawPilotError
from .registry_door import failed

# Variables of playbooks and roles, but for `domain`: every gathered host has such a fact, and it
# says something of its own gateway only. Of AWX: who runs a job.
_PREFIXES = ("openclaw_", "awx_", "tower_")
_NAMES = frozenset(
    "adopt agents anthropic_api_key approve backup backup_dir client_id code config confirm"
    " control_ui cursor default_model device_name display_name examine fail_on gateway_port"
    " heap_limit_mb heartbeat install_environment instance_environment level lines mem0"
    " node_source notify_sender only owner pair paired plugin plugin_config plugin_slot"
    " plugin_source plugin_version plugins policy prefix projects_root providers prune registry"
    " registry_token reject remove request_id rotate scopes secrets_from sender_id"
    " service_manager slug start_timeout stop_timeout take_over target telegram"
    " telegram_bot_token trusted_proxies validate wait wait_timeout workspace_templates yes"
    # what playbooks put down on their way
    " destroy_answer devices_changes devices_done devices_format devices_missing devices_now"
    " devices_plan devices_plans devices_policy devices_policy_path devices_report devices_seen"
    " devices_seen_after devices_table devices_wanted doctor_bad doctor_format doctor_known"
    " doctor_limit doctor_result doctor_severities doctor_table found known_adopted known_home"
    " known_instance known_registry known_row logs_cursors logs_format logs_result logs_table"
    " pair_answer pair_done pair_found pair_round pair_seconds pair_sure plugin_answer"
    " plugin_entry plugin_planned plugin_report plugin_result plugin_state status_compared"
    " status_format status_gone status_known status_report status_seen status_shown status_slugs"
    " status_table take_over_answer".split()
)
_MOST_SHOWN = 5  # names in a message


def is_ours(name: str) -> bool:
    """Whether it is a variable that a playbook or a role goes by."""
    return name in _NAMES or name.startswith(_PREFIXES)


def refuse_facts(variables: Mapping[str, Any]) -> None:
    """Raise HOST_SETS_VARIABLES when facts of the task's host stand in for variables of ours.

    They come from modules that are not ours, or from a cache of facts. variables: the task's.
    """
    facts = variables.get("ansible_facts")
    if not isinstance(facts, Mapping):
        return
    names = [str(name) for name in facts if is_ours(str(name))]
    if names and constants.config.get_config_value("INJECT_FACTS_AS_VARS"):
        raise _sets_variables(names)


def without_variables(answer: dict[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    """The answer of a host without what Ansible takes for more than a result.

    allowed: facts that stay. Raises HOST_SETS_VARIABLES when there are others.
    """
    facts = answer.pop("ansible_facts", None) or {}
    answer.pop("ansible_stats", None)
    if not isinstance(facts, Mapping) or not allowed.issuperset(facts):
        raise _sets_variables([str(name) for name in facts if name not in allowed])
    return {**answer, "ansible_facts": dict(facts)} if facts else answer


def _sets_variables(names: list[str]) -> ClawPilotError:
    shown = ", ".join(sorted(names)[:_MOST_SHOWN]) + (" ..." if len(names) > _MOST_SHOWN else "")
    return ClawPilotError(
        "HOST_SETS_VARIABLES",
        f"The host has answered with facts that would set variables of this run: {shown}.",
        "No module does that by itself, so see who has changed Python or modules on that host. If"
        " it is a fact of yours, give it another name, or set inject_facts_as_vars = false in"
        " ansible.cfg.",
    )


class HostModule(ActionBase):  # pylint: disable=abstract-method
    """Runs MODULE. FACTS: the facts that it returns."""

    MODULE: ClassVar[str]
    FACTS: ClassVar[frozenset[str]] = frozenset()

    _supports_check_mode = True
    _supports_diff = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            refuse_facts(task_vars or {})
            args = self.prepared(dict(self._task.args))
            answer = self._execute_module(
                module_name=self.MODULE, module_args=args, task_vars=task_vars
            )
            # The controller itself puts in which Python it has found.
            found = {self._discovered_interpreter_key} - {None}
            return {**result, **without_variables(answer, self.FACTS | found)}
        except ClawPilotError as error:
            return {**result, **failed(error)}

    def prepared(self, args: dict[str, Any]) -> dict[str, Any]:
        """The arguments as the module gets them."""
        return args
