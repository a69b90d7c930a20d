# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of all instances: this machine as it is now, other hosts as the registry has them.

A line is a flat dict: host, slug, display_name, state, port, agents, telegram, version,
memory_bytes, uptime_seconds, openclaw_home, registry ("created", "adopted" or "none"), seen
("now"; "before": as last recorded; "gone": no longer on this machine; "hidden": not ours to read),
seen_at (UTC, ISO 8601).
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ...plugins.module_utils._model import ClawPilotError
from . import store
from .place import LOCALHOST

Data = dict[str, Any]
NONE = "none"
NOW, BEFORE, GONE, HIDDEN = "now", "before", "gone", "hidden"


def observe(rows: Iterable[Mapping[str, Any]] = ()) -> Data:
    """The observation of this machine, with the homes that only the registry's rows name."""
    from ...plugins.module_utils import _probe

    seen: Data = _probe.observe()
    known = {key_of(instance) for instance in seen["instances"]}
    missing = [row for row in rows if store.is_local(dict(row)) and key_of(row) not in known]
    homes = sorted({str(row["openclaw_home"]) for row in missing if is_there(row)})
    if homes:
        more = _probe.observe(homes)
        new = [item for item in more["instances"] if key_of(item) not in known]
        seen = {**seen, "instances": [*seen["instances"], *new]}
    return seen


def fleet(slug: str = "") -> tuple[Data, list[Data]]:
    """The observation of this machine, and a line for each instance of that slug, or of all."""
    rows = store.rows(slug)
    seen = observe(rows)
    if slug:
        seen = {**seen, "instances": [i for i in seen["instances"] if i["slug"] == slug]}
    return seen, join(seen, rows)


def join(seen: Data, rows: Iterable[Mapping[str, Any]]) -> list[Data]:
    """Observation and registry as lines, by host and then by name."""
    here = {key_of(instance): instance for instance in seen["instances"]}
    lines, met = [], set()
    for row in rows:
        key = key_of(row)
        if not store.is_local(dict(row)):
            lines.append(of_row(row, BEFORE))
        elif key in here:
            met.add(key)
            lines.append(of_instance(here[key], str(row["hostname"]), row, seen["observed_at"]))
        else:
            lines.append(of_row(row, HIDDEN if is_hidden(row) else GONE))
    for key, instance in here.items():
        if key not in met:
            lines.append(of_instance(instance, LOCALHOST, None, seen["observed_at"]))
    return sorted(lines, key=lambda line: (line["host"], line["slug"], line["openclaw_home"]))


def key_of(item: Mapping[str, Any]) -> tuple[str, str]:
    """What makes an instance one on its host: its home and its slug."""
    return os.path.realpath(str(item.get("openclaw_home") or "/")), str(item["slug"])


def of_instance(
    instance: Mapping[str, Any], host: str, row: Mapping[str, Any] | None, seen_at: str
) -> Data:
    """The line of an instance that was seen now. row: of the registry, None when not adopted."""
    process = instance.get("process") or {}
    return {
        "host": host,
        "slug": instance["slug"],
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


def is_there(row: Mapping[str, Any]) -> bool:
    """Whether the state directory of a row is on this machine, as far as we may see."""
    return os.path.isdir(state_dir(row))


def is_hidden(row: Mapping[str, Any]) -> bool:
    """Whether we may not look into the state directory of a row, so that nobody can tell."""
    try:
        os.scandir(state_dir(row)).close()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def state_dir(row: Mapping[str, Any]) -> str:
    usual = os.path.join(str(row.get("openclaw_home") or "/"), f".openclaw-{row['slug']}")
    return str(row.get("state_dir") or usual)


def matching(lines: Iterable[Data], host: str = "", state: str = "") -> list[Data]:
    """The lines of that host and in that state; empty words match all."""
    return [line for line in lines if host in ("", line["host"]) and state in ("", line["state"])]


def counts(lines: Iterable[Data]) -> dict[str, int]:
    """How many are in which state, most first."""
    return dict(Counter(str(line["state"]) for line in lines).most_common())


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
