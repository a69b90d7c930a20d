# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes that the dashboard shows: Line of an instance, HostLine of a host. No effects."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from .. import lines
from ..lines import Data, Key
from ..places import HostPlace

Line = dict[str, Any]
HostLine = dict[str, Any]
NO_BEATS = ["-"] * 40
UNKNOWN = "unknown"
# What runs on without being news: it is brought up to date in place, with no new version.
RUNNING_ON = ("seen_at", "uptime_seconds")


def id_of(host: str, key: Key) -> str:
    """12 hex digits, the same for as long as the host, the home and the slug are."""
    return hashlib.sha256("\0".join((host, *key)).encode()).hexdigest()[:12]


def line_of(
    host: str,
    instance: Mapping[str, Any] | None,
    row: Mapping[str, Any] | None,
    seen: str,
    seen_at: str,
) -> Line:
    """The line of an instance; instance: as last seen, row: of the registry.

    seen: a word of lines.py. Without an instance it is the row's.
    """
    if instance is None:
        row = row or {}
        line = {**lines.of_row(row, seen), **_more_of_row(row)}
    else:
        line = lines.of_instance(instance, host, row, seen_at)
        line.update(_more_of_instance(instance), seen=seen)
    line.update(host=host, tags=tags_of(row))
    return line


def _more_of_instance(instance: Mapping[str, Any]) -> Data:
    process = instance.get("process") or {}
    return {
        "reason": instance.get("reason") or "",
        "url": instance.get("url") or "",
        "manager": (instance.get("service") or {}).get("manager") or "none",
        "openclaw_user": instance.get("openclaw_user") or "",
        "state_dir": instance.get("state_dir") or "",
        "cpu_percent": process.get("cpu_percent") or 0.0,
        "model": instance.get("default_model") or "",
        "problems": len(instance.get("problems") or []),
        "uptime_seconds": uptime(instance),
    }


def _more_of_row(row: Mapping[str, Any]) -> Data:
    return {
        "reason": "",
        "url": "",
        "manager": row.get("service_manager") or "none",
        "openclaw_user": row.get("openclaw_user") or "",
        "state_dir": lines.state_dir(row),
        "cpu_percent": 0.0,
        "model": row.get("default_model") or "",
        "problems": 0,
    }


def uptime(instance: Mapping[str, Any], now: float | None = None) -> int:
    """Seconds that its process runs: from when that was started, where that travels."""
    process = instance.get("process") or {}
    started = process.get("started_at")
    if started:
        return max(0, int((time.time() if now is None else now) - started))
    return int(process.get("uptime_seconds") or 0)


def host_uptime(seen: Mapping[str, Any]) -> int:
    """Seconds since a host was booted."""
    booted = seen.get("booted_at")
    return max(0, int(time.time() - booted)) if booted else int(seen.get("uptime_seconds") or 0)


def tags_of(row: Mapping[str, Any] | None) -> list[str]:
    """The tags of a row: a list, or the JSON of one."""
    given = (row or {}).get("tags") or []
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            given = given.split(",")
    return sorted({str(tag).strip() for tag in given} - {""}) if isinstance(given, list) else []


def host_line(
    place: HostPlace,
    state: str,
    reason: str,
    since: str,
    seen: Mapping[str, Any],
    warnings: Sequence[Mapping[str, Any]],
    observed_at: str,
    own: Sequence[Line],
) -> HostLine:
    """The line of a host; seen: its part of the observation, {} before the first."""
    disk, memory = seen.get("disk") or {}, seen.get("memory") or {}
    return {
        "name": place.name,
        "state": state,
        "reason": reason,
        "since": since,
        "connection": place.connection,
        "hostname": seen.get("hostname") or "",
        "os": seen.get("os") or "",
        "cpu_percent": seen.get("cpu_percent") or 0.0,
        "cpu_count": seen.get("cpu_count") or 0,
        "load": seen.get("load") or [0.0, 0.0, 0.0],
        "memory": {key: memory.get(key) or 0 for key in ("total_bytes", "available_bytes")},
        "disk": {"total": disk.get("total_bytes") or 0, "free": disk.get("free_bytes") or 0},
        "uptime_seconds": host_uptime(seen),
        "node": seen.get("node") or [],
        "openclaw": seen.get("openclaw") or [],
        "shared": seen.get("shared") or {},
        "groups": list(place.groups),
        "counts": lines.counts(own),
        "instances": len(own),
        "warnings": [dict(warning) for warning in warnings],
        "observed_at": observed_at,
    }
