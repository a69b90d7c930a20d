# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read what the registry knows of one host; never changes anything."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ..module_utils._model import ClawPilotError
from ..modules.openclaw_registry_info import ARGUMENTS
from ..plugin_utils.host_module import refuse_facts
from ..plugin_utils.registry_door import door, failed


class ActionModule(ActionBase):
    """registry_door.Door.host() as a task."""

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        variables = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        _checked, args = self.validate_argument_spec(argument_spec=ARGUMENTS)
        way = door(args["registry"], args["registry_token"], variables)
        hostname = args["hostname"] or str(variables["inventory_hostname"])
        try:
            refuse_facts(variables)
            seen = way.host(hostname, args["slug"] or "", args["openclaw_home"] or "")
        except ClawPilotError as error:
            return {**result, **failed(error)}
        warnings = seen.pop("warnings")
        return {**result, "changed": False, "registry": seen, "warnings": warnings}
