# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters for the openclaw_discovery role: an observation beside the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.validation import check_type_bool, check_type_list

from ..plugin_utils.comparison import compare, entries, why_not


def registry_entries(
    comparison: Mapping[str, Any], adopt: Any = False, only: Any = "", prune: Any = False
) -> list[dict[str, Any]]:
    """entries(); what comes from a command line is text, such as `false` and `acme,beta`."""
    try:
        slugs = [slug.strip() for slug in check_type_list(only) if slug.strip()]
        return entries(comparison, check_type_bool(adopt), slugs, check_type_bool(prune))
    except TypeError as error:
        raise AnsibleFilterError(f"registry_entries: {error}") from error


class FilterModule:
    """compare_with_registry, registry_entries and why_not_adoptable."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "compare_with_registry": compare,
            "registry_entries": registry_entries,
            "why_not_adoptable": why_not,
        }
