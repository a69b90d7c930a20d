# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a text in the registry may be, on its way in and on its way out. No effects.

A report comes over the network, and a row may have been written by another program: both say names
that later stand in command lines, paths, inventories and pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..module_utils._hostile import (
    MANAGERS,
    SCOPES,
    address_fault,
    connection_fault,
    fault,
    host_fault,
    path_fault,
    shown,
    slug_fault,
    unit_fault,
    user_fault,
    version_fault,
)

Row = dict[str, Any]


def _one_of(words: frozenset[str]) -> Callable[[str], str]:
    return lambda text: "" if text in words else "is none of the words that are known"


# What steers something: a row with such a value that is not sound is not used at all.
NAMES: dict[str, Callable[[str], str]] = {
    "hostname": host_fault,
    "ip": address_fault,
    "ssh_user": user_fault,
    "connection": connection_fault,
    "openclaw_bin": path_fault,
    "openclaw_home": path_fault,
    "slug": slug_fault,
    "openclaw_user": user_fault,
    "state_dir": path_fault,
    "config_path": path_fault,
    "service_manager": _one_of(MANAGERS),
    "service_scope": _one_of(SCOPES),
    "systemd_unit": unit_fault,
    "openclaw_version": version_fault,
}
# What is only read by people: such a value is left out, and the rest is used.
LABELS = frozenset("os display_name default_model telegram_bot name model workspace_path".split())


def faults(values: Mapping[str, Any]) -> list[str]:
    """Why names among these columns are none, a clause each; what is empty says nothing."""
    found = []
    for column, check in NAMES.items():
        text = values.get(column)
        if text in (None, ""):
            continue
        why = check(text) if isinstance(text, str) else "is no text"
        if why:
            found.append(f"{column} {shown(text, 120)} {why}")
    return found


def label_faults(values: Mapping[str, Any]) -> dict[str, str]:
    """Column -> why its text for people is left out."""
    found = {c: fault(t) for c, t in values.items() if c in LABELS and isinstance(t, str)}
    return {column: why for column, why in found.items() if why}


def without_labels(values: Row) -> Row:
    """The values without the texts for people that are not sound."""
    left_out = label_faults(values)
    return {c: (None if c in left_out else v) for c, v in values.items()} if left_out else values


def sound(rows: Iterable[Row], warnings: list[str]) -> list[Row]:
    """The rows that may be used, of instances or servers; a warning for each other one."""
    found = []
    for row in rows:
        why = faults(row)
        if why:
            what = f"{row.get('slug') or 'a home'} on {row.get('hostname')}"
            warnings.append(
                f"The registry's row of {shown(what, 120)} is not used: {'; '.join(why)}. No host"
                " or play writes such a row: see who can write to the registry, and delete it."
            )
        else:
            found.append(without_labels(row))
    return found
