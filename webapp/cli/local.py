# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of all instances: this machine as it is now, other hosts as the registry has them.

A line is what webapp/lines.py says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ...plugins.module_utils._model import ClawPilotError
from ..lines import (
    BEFORE,
    GONE,
    HIDDEN,
    NONE,
    Data,
    counts,
    key_of,
    of_instance,
    of_row,
    pairs,
    state_dir,
    telegram_word,
)
from . import store
from .place import LOCALHOST

__all__ = ["BEFORE", "GONE", "HIDDEN", "NONE", "counts", "key_of", "of_instance", "telegram_word"]


def observe(rows: Iterable[Mapping[str, Any]] = ()) -> Data:
    """The observation of this machine, with the homes that only the registry's rows name."""
    from ...plugins.module_utils import _probe

    homes = {str(row["openclaw_home"]) for row in rows if store.is_local(dict(row))}
    return _probe.observe(more_homes=sorted(homes))


def fleet(slug: str = "") -> tuple[Data, list[Data]]:
    """The observation of this machine, and a line for each instance of that slug, or of all."""
    rows = store.rows(slug)
    seen = observe(rows)
    if slug:
        seen = {**seen, "instances": [i for i in seen["instances"] if i["slug"] == slug]}
    return seen, join(seen, rows)


def join(seen: Data, rows: Iterable[Mapping[str, Any]]) -> list[Data]:
    """Observation and registry as lines, by host and then by name."""
    rows = list(rows)
    here = [row for row in rows if store.is_local(dict(row))]
    lines = [of_row(row, BEFORE) for row in rows if not store.is_local(dict(row))]
    for instance, row in pairs(seen["instances"], here):
        if instance is not None:
            host = str(row["hostname"]) if row else LOCALHOST
            lines.append(of_instance(instance, host, row, seen["observed_at"]))
        elif row is not None:
            lines.append(of_row(row, HIDDEN if is_hidden(row) else GONE))
    return sorted(lines, key=lambda line: (line["host"], line["slug"], line["openclaw_home"]))


def is_hidden(row: Mapping[str, Any]) -> bool:
    """Whether we may not look into the state directory of a row, so that nobody can tell."""
    try:
        os.scandir(state_dir(row)).close()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def matching(lines: Iterable[Data], host: str = "", state: str = "") -> list[Data]:
    """The lines of that host and in that state; empty words match all."""
    return [line for line in lines if host in ("", line["host"]) and state in ("", line["state"])]


def the_one(slug: str, seen: Data, home: str = "") -> Data | None:
    """The instance of that slug on this machine, None without one. Raises INSTANCE_AMBIGUOUS."""
    found = [i for i in seen["instances"] if i["slug"] == slug]
    if home:
        found = [i for i in found if key_of(i)[0] == os.path.realpath(home)]
    if len(found) > 1:
        homes = [str(i["openclaw_home"]) for i in found]
        raise ClawPilotError(
            "INSTANCE_AMBIGUOUS",
            f"The instance {slug!r} is in {len(found)} homes of this machine: {', '.join(homes)}.",
            f"Pick one with openclaw_home={homes[0]}.",
        )
    return dict(found[0]) if found else None


def not_found(slug: str, where: str = "on this machine or in the registry") -> ClawPilotError:
    return ClawPilotError(
        "INSTANCE_NOT_FOUND",
        f"There is no instance {slug!r} {where}.",
        "See claw-pilot list. An instance of another host: give --target and --inventory.",
    )


def gone(slug: str, rows: Iterable[Mapping[str, Any]]) -> ClawPilotError:
    """The error for an instance that only the registry still knows."""
    places = ", ".join(f"{row['hostname']} ({row['openclaw_home']})" for row in rows)
    return ClawPilotError(
        "INSTANCE_NOT_FOUND",
        f"The instance {slug!r} is in the registry for {places}, but it is gone.",
        "Drop it from the registry with claw-pilot init --prune.",
    )


def age_seconds(stamp: str, now: float) -> int | None:
    """Seconds since a time in UTC as the registry writes it, None when it is not one."""
    from datetime import UTC, datetime

    if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", stamp):
        return None
    then = datetime.fromisoformat(stamp[:19]).replace(tzinfo=UTC)
    return max(0, int(now - then.timestamp()))
