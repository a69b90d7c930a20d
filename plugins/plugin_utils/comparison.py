# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look over a host comes to beside the registry: new, known and gone instances. No effects.

An instance is known by its state directory; where it has none, by its home and slug.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping, Sequence
from typing import Any

Data = dict[str, Any]


def compare(observation: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Data:
    """{"new": [instances], "known": [instances], "gone": [rows]} of one host.

    A row whose home, state directory or engine could not be looked at is not gone: nobody knows.
    A known instance has the slug of its row.
    """
    by_place = {_place(row): row for row in rows}
    found = observation["instances"]
    names = {_place(i): by_place[_place(i)]["slug"] for i in found if _place(i) in by_place}
    blind = {str(warning["path"]) for warning in observation["warnings"]}
    there = {_place(instance) for instance in found}
    return {
        "new": [i for i in found if _place(i) not in by_place],
        "known": [{**i, "slug": names[_place(i)]} for i in found if _place(i) in names],
        "gone": [
            dict(row)
            for row in rows
            if _place(row) not in there and _was_looked_at(row, observation["homes"], blind)
        ],
    }


def _place(item: Mapping[str, Any]) -> tuple[str, str]:
    state_dir = str(item.get("state_dir") or "")
    return (state_dir, "") if state_dir else (str(item["openclaw_home"]), str(item["slug"]))


def _was_looked_at(row: Mapping[str, Any], homes: Collection[str], blind: Collection[str]) -> bool:
    home, state_dir = str(row["openclaw_home"]), str(row["state_dir"] or "")
    seen = home in homes or posixpath.dirname(state_dir) in homes
    engine = "docker" if row.get("service_manager") == "docker" else ""
    return seen and not {home, state_dir, engine} & set(blind)


def entries(
    comparison: Mapping[str, Any],
    adopt: bool = False,
    only: Collection[str] = (),
    prune: bool = False,
) -> list[Data]:
    """The entries of a registry report for a comparison.

    adopt: whether to take in what is new, of that with only: these slugs; prune: whether to drop
    what is gone.
    """
    adopted = [i for i in comparison["new"] if adopt and (not only or i["slug"] in only)]
    return [
        *({"event": "adopted", "detail": _found(i), "instance": i} for i in adopted),
        *({"event": "observed", "detail": "", "instance": i} for i in comparison["known"]),
        *(
            {"event": "pruned", "detail": "no longer on the host", "instance": row}
            for row in comparison["gone"]
            if prune
        ),
    ]


def _found(instance: Mapping[str, Any]) -> str:
    return (
        f"found by {instance['source']}, {len(instance['agents'])} agent(s), "
        f"port {instance['port'] or 'unknown'}"
    )
