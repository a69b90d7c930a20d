# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Merge wanted config into a file that OpenClaw and its user also write. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import json
from typing import Any

_ABSENT = object()


def merge(current: Any, wanted: Any, previous: Any = None) -> Any:
    """Three-way merge: wanted wins, what only the user has stays, what only we had goes.

    current: the file now; wanted: what is to be in it; previous: what we wanted last time.
    """
    if isinstance(wanted, dict):
        return _merge_dict(_as(dict, current), wanted, _as(dict, previous))
    if isinstance(wanted, list):
        return _merge_list(_as(list, current), wanted, _as(list, previous))
    return wanted


def _as(kind: Any, value: Any) -> Any:
    return value if isinstance(value, kind) else kind()


def _merge_dict(
    current: dict[str, Any], wanted: dict[str, Any], previous: dict[str, Any]
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for key, value in current.items():
        if key in wanted:
            merged[key] = merge(value, wanted[key], previous.get(key))
        else:
            rest = _without(value, previous[key]) if key in previous else value
            if rest is not _ABSENT:
                merged[key] = rest
    for key, value in wanted.items():
        if key not in merged:
            merged[key] = merge(None, value)
    return merged


def _merge_list(current: list[Any], wanted: list[Any], previous: list[Any]) -> list[Any]:
    ours = {_identity(item) for item in (*wanted, *previous)}
    before = {_identity(item): item for item in current}
    old = {_identity(item): item for item in previous}
    merged = [merge(before.get(_identity(item)), item, old.get(_identity(item))) for item in wanted]
    users = [item for item in current if _identity(item) not in ours]
    # An unchanged set keeps the order that the file has: order alone is no change.
    if {_identity(i) for i in (*merged, *users)} == set(before) and len(current) == len(before):
        by_identity = {_identity(item): item for item in (*merged, *users)}
        return [by_identity[_identity(item)] for item in current]
    return merged + users


def _identity(item: Any) -> str:
    if isinstance(item, dict) and isinstance(item.get("id"), str):
        return "id:" + str(item["id"])
    return json.dumps(item, sort_keys=True)


def _without(current: Any, previous: Any) -> Any:
    """What the user has beyond what we put there, or _ABSENT."""
    if isinstance(current, dict) and isinstance(previous, dict):
        rest = {}
        for key, value in current.items():
            kept = _without(value, previous[key]) if key in previous else value
            if kept is not _ABSENT:
                rest[key] = kept
        return rest if rest else _ABSENT
    if isinstance(current, list) and isinstance(previous, list):
        ours = {_identity(item) for item in previous}
        items = [item for item in current if _identity(item) not in ours]
        return items if items else _ABSENT
    return _ABSENT if current == previous else current


def merge_patch(current: Any, target: dict[str, Any]) -> dict[str, Any]:
    """The JSON merge patch (RFC 7396) from current to target; arrays are replaced whole."""
    base = _as(dict, current)
    patch: dict[str, Any] = {key: None for key in base if key not in target}
    for key, value in target.items():
        if key not in base:
            patch[key] = value
        elif isinstance(value, dict) and isinstance(base[key], dict):
            inner = merge_patch(base[key], value)
            if inner:
                patch[key] = inner
        elif value != base[key]:
            patch[key] = value
    return patch


def array_paths(patch: Any, base: Any, path: str = "") -> set[str]:
    """Where the patch replaces or removes arrays, in the words of OpenClaw's config.patch.

    base: what is patched. `[]` stands for each item of an array.
    """
    if isinstance(patch, list):
        inner = (array_paths(item, None, f"{path}[]") for item in patch)
        return {path}.union(_arrays_below(base, path), *inner)
    if not isinstance(patch, dict):
        return _arrays_below(base, path)
    below = _as(dict, base)
    parts = (array_paths(patch[key], below.get(key), _joined(path, key)) for key in patch)
    return set().union(*parts)


def _arrays_below(value: Any, path: str) -> set[str]:
    if isinstance(value, list):
        return {path}
    if not isinstance(value, dict):
        return set()
    return set().union(*(_arrays_below(item, _joined(path, key)) for key, item in value.items()))


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
