# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters for the devices playbook: what is to be done on a host, and what to show of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._model import ClawPilotError
from ..plugin_utils.inbox import plan, rows


def device_actions(
    instances: list[dict[str, Any]], wanted: dict[str, Any], policy: Any = None
) -> dict[str, Any]:
    """inbox.plan() with its errors as Ansible's."""
    try:
        return plan(instances, wanted, policy)
    except ClawPilotError as error:
        raise AnsibleFilterError(f"{error.message} {error.hint}") from error


def device_rows(
    instances: list[dict[str, Any]], host: str, paired: Any = False
) -> list[dict[str, Any]]:
    """inbox.rows()."""
    return rows(instances, host, boolean(paired))


class FilterModule:
    """device_actions and device_rows."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"device_actions": device_actions, "device_rows": device_rows}
