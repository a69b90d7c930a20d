# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What is new between two observations, without the noise of what always moves. Pure.

Private to the claw.pilot collection. Python 3.9 or later. An observation travels with moments in
the place of durations (started_at, booted_at: seconds since 1970), which do not move by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Data = dict[str, Any]
Instances = dict[str, Data]  # by name_of()

CLOCK_SECONDS = 3  # by which a moment may seem to move, as it is made of whole seconds
MEMORY_SHARE, MEMORY_BYTES = 0.02, 1 << 20  # less than both of these is noise
CPU_POINTS = 1.0
LOAD = 0.25
FREE_SHARE = 0.005  # of a host's memory or disk


def name_of(instance: Mapping[str, Any]) -> str:
    """How an instance is named in what travels."""
    return f"{instance['openclaw_home']}\0{instance['slug']}"


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Data:
    """The keys that are others in `after`, at the top level only; a key that has gone is None."""
    found = {key: value for key, value in after.items() if before.get(key, ...) != value}
    found.update({key: None for key in before if key not in after})
    return found


def patched(before: Mapping[str, Any], delta: Mapping[str, Any]) -> Data:
    """The value after a difference: patched(a, difference(a, b)) is b, but for keys of None."""
    return {**before, **delta}


def instances_delta(before: Mapping[str, Data], after: Mapping[str, Data]) -> Data:
    """{"instances": {name: what is new, all of it for a new one}, "removed": [names]}, if any."""
    changed = {}
    for name, instance in after.items():
        new = difference(before[name], instance) if name in before else instance
        if new:
            changed[name] = new
    removed = [name for name in before if name not in after]
    parts = {"instances": changed, "removed": removed}
    return {key: value for key, value in parts.items() if value}


def settled_instance(
    instance: Mapping[str, Any], before: Mapping[str, Any] | None, now: float, metrics: bool
) -> Data:
    """An instance as it travels; before: as it did last; now: when it was seen.

    metrics: whether memory and CPU may be told. Those of a process that is new always are.
    """
    process = dict(instance["process"])
    started = int(now - process.pop("uptime_seconds")) if process["pid"] else 0
    old = (before or {}).get("process") or {}
    process["started_at"], process["cpu_percent"] = started, 0.0
    if old.get("pid") == process["pid"]:
        if abs(old["started_at"] - started) <= CLOCK_SECONDS:
            process["started_at"] = old["started_at"]
        if not metrics:
            process = dict(old)
    return {**instance, "process": process}


def with_cpu(process: Data, old: Mapping[str, Any], seconds: float) -> Data:
    """The process with cpu_percent (of one processor) since it was told last, noise left out."""
    if old.get("pid") != process["pid"] or seconds <= 0 or not process["pid"]:
        return process
    used = max(0.0, process["cpu_seconds"] - old["cpu_seconds"])
    process = {**process, "cpu_percent": round(100 * used / seconds, 1)}
    memory = abs(process["memory_bytes"] - old["memory_bytes"])
    quiet = memory < max(MEMORY_BYTES, old["memory_bytes"] * MEMORY_SHARE)
    if quiet and abs(process["cpu_percent"] - old["cpu_percent"]) < CPU_POINTS:
        return {**old, "started_at": process["started_at"]}
    return process


def settled_host(
    host: Mapping[str, Any], before: Mapping[str, Any] | None, now: float, metrics: bool
) -> Data:
    """The host as it travels; before: as it did last."""
    found = dict(host)
    found["booted_at"] = int(now - found.pop("uptime_seconds"))
    if before is None:
        return found
    if abs(found["booted_at"] - before["booted_at"]) <= CLOCK_SECONDS:
        found["booted_at"] = before["booted_at"]
    quiet = (
        ("cpu_percent", abs(found["cpu_percent"] - before["cpu_percent"]) < CPU_POINTS),
        ("load", all(abs(a - b) < LOAD for a, b in zip(found["load"], before["load"]))),
        ("memory", _is_quiet(found["memory"], before["memory"], "available_bytes")),
        ("disk", _is_quiet(found["disk"], before["disk"], "free_bytes")),
    )
    for key, is_quiet in quiet:
        if is_quiet or not metrics:
            found[key] = before[key]
    return found


def _is_quiet(now: Mapping[str, Any], before: Mapping[str, Any], key: str) -> bool:
    if now["total_bytes"] != before["total_bytes"]:
        return False
    return bool(abs(now[key] - before[key]) <= now["total_bytes"] * FREE_SHARE)
