# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look over a host comes to beside the registry: new, known and gone instances. No effects.

An instance is known by its state directory; where it has none, by its home and slug.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any

from ..module_utils._hostile import hostile

Data = dict[str, Any]


def compare(observation: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Data:
    """{"new": [instances], "known": [instances], "gone": [rows]} of one host.

    A row whose home, state directory or engine could not be looked at is not gone: nobody knows.
    A known instance has the slug of its row.
    """
    by_place = {_place(row): row for row in rows}
    found = [(_place(instance), instance) for instance in observation["instances"]]
    there = {place for place, _instance in found}
    blind = {str(warning["path"]) for warning in observation["warnings"]}
    return {
        "new": [instance for place, instance in found if place not in by_place],
        "known": [
            {**instance, "slug": by_place[place]["slug"]}
            for place, instance in found
            if place in by_place
        ],
        "gone": [
            dict(row)
            for row in rows
            if _place(row) not in there and _was_looked_at(row, observation["homes"], blind)
        ],
    }


def _place(item: Mapping[str, Any]) -> tuple[str, str]:
    state_dir = str(item.get("state_dir") or "")
    return (state_dir, "") if state_dir else _name(item)


def _was_looked_at(row: Mapping[str, Any], homes: Collection[str], blind: Set[str]) -> bool:
    """Whether nothing that could tell of the row's instance was out of sight.

    Where it lies in no home that was looked at, only its service or its process tells of it: of
    these all have to have been asked.
    """
    home, state_dir = str(row["openclaw_home"]), str(row.get("state_dir") or "")
    folder = posixpath.dirname(state_dir)
    in_container = row.get("service_manager") == "docker"
    engines = {"docker", "podman"} if in_container else set()
    if blind & {home, folder, state_dir, *engines}:
        return False
    if folder in homes or in_container:
        return home in homes or folder in homes
    return home in homes and not blind


def why_not(instance: Mapping[str, Any]) -> str:
    """Why an instance that was found cannot be adopted, in a sentence; '' when it can.

    The registry knows an instance by its home, and keeps no name that could be more than one.
    """
    if not instance["openclaw_home"]:
        return "Nothing tells whose home it is in."
    return hostile(instance)


def entries(
    comparison: Mapping[str, Any],
    adopt: bool = False,
    only: Collection[str] = (),
    prune: bool = False,
) -> list[Data]:
    """The entries of a registry report for a comparison.

    adopt: whether to take in what is new, of that with only: these slugs; prune: whether to drop
    what is gone. A gone row whose name is taken by what is adopted goes with it, and what goes
    comes first: the new one may have its port.
    """
    adopted = to_adopt(comparison, only) if adopt else []
    names = {_name(instance) for instance in adopted}
    dropped = [row for row in comparison["gone"] if prune or _name(row) in names]
    return [
        *({"event": "pruned", "detail": "no longer on the host", "instance": r} for r in dropped),
        *({"event": "adopted", "detail": _found(i), "instance": i} for i in adopted),
        *({"event": "observed", "detail": "", "instance": i} for i in comparison["known"]),
    ]


def _name(item: Mapping[str, Any]) -> tuple[str, str]:
    return str(item["openclaw_home"]), str(item["slug"])


def to_adopt(comparison: Mapping[str, Any], only: Collection[str] = ()) -> list[Data]:
    """The new instances that can be adopted, of them with only: those of these slugs."""
    return [i for i in comparison["new"] if not why_not(i) and (not only or i["slug"] in only)]


def _found(instance: Mapping[str, Any]) -> str:
    return (
        f"found by {instance['source']}, {len(instance['agents'])} agent(s), "
        f"port {instance['port'] or 'unknown'}"
    )
