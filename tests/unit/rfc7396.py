# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apply a JSON merge patch, as OpenClaw does with ours: what the tests compare with."""

from __future__ import annotations

from typing import Any


def apply_patch(current: Any, patch: Any) -> Any:
    """The document after the patch (RFC 7396, section 2)."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(current) if isinstance(current, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = apply_patch(merged.get(key), value)
    return merged
