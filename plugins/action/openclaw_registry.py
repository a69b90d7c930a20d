# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record the reports of a play's hosts in the registry: the one door for writing to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.plugins.action import ActionBase

from ..module_utils._model import ClawPilotError
from ..modules.openclaw_registry import ARGUMENTS
from ..plugin_utils.host_module import refuse_facts
from ..plugin_utils.registry_door import door, failed

_MOST_SHOWN = 5  # instances that an error names
# Column -> connection variable of the inventory.
REACHED = {
    "ip": "ansible_host",
    "ssh_user": "ansible_user",
    "ssh_port": "ansible_port",
    "connection": "ansible_connection",
}


class ActionModule(ActionBase):
    """registry_door.Door.record() as a task."""

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_diff = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        variables = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        _checked, args = self.validate_argument_spec(argument_spec=ARGUMENTS)
        way = door(args["registry"], args["registry_token"], variables)
        check, diff = bool(self._task.check_mode), bool(self._task.diff)
        try:
            refuse_facts(variables)
            reports = [reached(report, variables.get("hostvars", {})) for report in args["reports"]]
            result.update(way.record(reports, check=check, diff=diff))
        except ClawPilotError as error:
            return {**result, **failed(unrecorded(error, args["reports"]))}
        return {**result, "registry": {"enabled": way.enabled}}


def reached(report: dict[str, Any], hostvars: Mapping[str, Any]) -> dict[str, Any]:
    """The report with how its host is reached, where it does not say and the inventory knows."""
    server = report["server"]
    name = server.get("hostname")
    known = hostvars.get(name, {})
    told = {column: known.get(variable) for column, variable in REACHED.items()}
    return {**report, "server": {**told, **server}}


def unrecorded(error: ClawPilotError, reports: Sequence[Mapping[str, Any]]) -> ClawPilotError:
    """The error with what stands on the hosts all the same, and how the registry gets to know."""
    done = [
        f"{entry['instance'].get('slug')!r} on {report['server'].get('hostname')} was "
        f"{entry['event'].replace('_', ' ')}{_running(entry['instance'])}"
        for report in reports
        for entry in report.get("entries") or ()
        if entry["event"] not in ("observed", "adopted", "pruned")
    ]
    if not done:
        return error
    shown = "; ".join(done[:_MOST_SHOWN]) + (" ..." if len(done) > _MOST_SHOWN else "")
    return ClawPilotError(
        error.code,
        f"{error.message} What was done stands, but the registry does not know of it: {shown}.",
        f"{error.hint} Then run the same again: it does nothing twice, and tells the registry.",
    )


def _running(instance: Mapping[str, Any]) -> str:
    return ", and its gateway runs" if instance.get("state") == "running" else ""
