# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances as flat lines, from what was seen of them and what the registry has. No effects.

The command line and the monitor make their lines here, so that both say the same. A line: host,
slug, display_name, state, port, agents, telegram, version, memory_bytes, uptime_seconds,
openclaw_home, registry ("created", "adopted" or "none"), seen ("now"; "before": as last recorded;
"gone": no longer on its host; "hidden": not ours to read), seen_at (UTC, ISO 8601).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Data = dict[str, Any]
Key = tuple[str, str]  # home, slug
NONE = "none"
NOW, BEFORE, GONE, HIDDEN = "now", "before", "gone", "hidden"


def key_of(item: Mapping[str, Any]) -> Key:
    """What makes an instance one on this machine: its home and its slug."""
    return os.path.realpath(str(item.get("openclaw_home") or "/")), str(item["slug"])


def far_key_of(item: Mapping[str, Any]) -> Key:
    """The same on another machine, whose links cannot be followed here."""
    return os.path.normpath(str(item.get("openclaw_home") or "/")), str(item["slug"])


def pairs(
    instances: Iterable[Mapping[str, Any]],
    rows: Iterable[Mapping[str, Any]],
    key: Callable[[Mapping[str, Any]], Key] = key_of,
) -> Iterator[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """Each instance of a host with its row, None for what one side does not know.

    By home and slug, else by the state directory: an adopted instance may have another name.
    """
    here = {key(instance): instance for instance in instances}
    left = dict(here)
    unmet = []
    for row in rows:
        instance = left.pop(key(row), None)
        if instance is None:
            unmet.append(row)
        else:
            yield instance, row
    folders = {str(one["state_dir"]): k for k, one in left.items() if one.get("state_dir")}
    for row in unmet:
        found = folders.pop(str(row.get("state_dir") or ""), None)
        yield (left.pop(found) if found else None), row
    for instance in left.values():
        yield instance, None


def of_instance(
    instance: Mapping[str, Any], host: str, row: Mapping[str, Any] | None, seen_at: str
) -> Data:
    """The line of an instance that was seen now. row: of the registry, None when not adopted."""
    process = instance.get("process") or {}
    return {
        "host": host,
        "slug": str((row or instance)["slug"]),
        "display_name": instance.get("display_name") or "",
        "state": instance.get("state") or "unknown",
        "port": instance.get("port") or 0,
        "agents": len(instance.get("agents") or []),
        "telegram": telegram_word(instance.get("telegram") or {}),
        "version": instance.get("openclaw_version") or "",
        "memory_bytes": process.get("memory_bytes") or 0,
        "uptime_seconds": process.get("uptime_seconds") or 0,
        "openclaw_home": instance.get("openclaw_home") or "",
        "registry": registry_word(row),
        "seen": NOW,
        "seen_at": seen_at,
    }


def of_row(row: Mapping[str, Any], seen: str) -> Data:
    """The line of a registry's row that nobody looked at now."""
    last = str(row.get("state") or "unknown")
    return {
        "host": str(row["hostname"]),
        "slug": str(row["slug"]),
        "display_name": row.get("display_name") or "",
        "state": GONE if seen == GONE else last,
        "port": row.get("port") or 0,
        "agents": row.get("agent_count") or 0,
        "telegram": row.get("telegram_bot") or "",
        "version": row.get("openclaw_version") or "",
        "memory_bytes": 0,
        "uptime_seconds": 0,
        "openclaw_home": str(row.get("openclaw_home") or ""),
        "registry": registry_word(row),
        "seen": seen,
        "seen_at": str(row.get("updated_at") or ""),
    }


def registry_word(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return NONE
    return "adopted" if row.get("discovered") else "created"


def telegram_word(telegram: Mapping[str, Any]) -> str:
    """The bot's name, "on" where that is not known, "" where Telegram is off."""
    if not telegram.get("enabled"):
        return ""
    return str(telegram.get("bot") or "on")


def state_dir(row: Mapping[str, Any]) -> str:
    """The state directory of a registry's row, the usual one where it names none."""
    usual = os.path.join(str(row.get("openclaw_home") or "/"), f".openclaw-{row['slug']}")
    return str(row.get("state_dir") or usual)


def counts(lines: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many are in which state, most first."""
    return dict(Counter(str(line["state"]) for line in lines).most_common())
