# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What templates say: figures in words, looks of states, bars of the last 24 hours. No effects
but reading the digests of the static files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app, g
from markupsafe import Markup

STATIC = Path(__file__).parent.parent / "static"
STATES = ("running", "starting", "degraded", "stopped", "error", "unknown", "gone")
# What asks for somebody comes first.
RANK = ("error", "degraded", "gone", "unknown", "starting", "running", "stopped")
_STATE_ICONS = {
    "connected": "s-running",
    "connecting": "s-starting",
    "unreachable": "unplugged",
    "unwatched": "s-stopped",
}
_STATE_WORDS = {"unwatched": "not watched"}
_JOB_ICONS = {
    "queued": "clock",
    "running": "restart",
    "successful": "s-running",
    "failed": "s-error",
    "unreachable": "unplugged",
    "canceled": "s-gone",
    "lost": "s-unknown",
}
_BEATS = {"u": "u", "d": "d", "s": "s", "?": "q", "-": "n"}
_STEPS = ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))


def init_app(app: Flask) -> None:
    """Make the words below known to the templates."""
    for word in (
        state_icon,
        state_word,
        job_icon,
        percent,
        beat_paths,
        fullness,
        size,
        duration,
        ago,
        lasting,
        utc,
        number,
        place_path,
        started_at,
        share_of,
        memory_words,
        disk_words,
        find_words,
        sort_words,
        left,
        versions,
        other_slug,
    ):
        app.add_template_filter(word)
    app.jinja_env.globals.setdefault("asset", asset)
    app.jinja_env.globals.update(sprite=asset("icons.svg"), nav_count=nav_count)


def asset(name: str) -> str:
    """The address of a static file, with its digest, so that browsers may keep it.

    Modules have none: they import each other by their plain names, and each may be there once only.
    """
    path = STATIC / name
    is_module = name.startswith("js/") and name != "js/theme.js"
    if is_module or not path.is_file():
        return f"/static/{name}"
    return f"/static/{name}?v={_digest(path, path.stat().st_mtime_ns)}"


@lru_cache(maxsize=256)
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def nav_count(name: str) -> int:
    """What waits behind an entry of the rail: requests in the inbox, jobs that run or wait."""
    from ..services import services

    if "claw_pilot" not in current_app.extensions:
        return 0
    if name == "inbox":
        return sum(int(line["pending"]) for line in services().live.lines())
    if "storage_failed" in g:  # the page that says so does not ask it again
        return 0
    counts = services().jobs.counts()
    return int(counts.get("running", 0)) + int(counts.get("queued", 0))


def state_icon(word: str) -> str:
    return _STATE_ICONS.get(word) or (f"s-{word}" if word in STATES else "s-unknown")


def state_word(word: str) -> str:
    return _STATE_WORDS.get(word, word)


def job_icon(word: str) -> str:
    return _JOB_ICONS.get(word, "s-unknown")


def percent(share: float | None) -> str:
    """99.2 %, 100 %; never rounded up to 100."""
    if share is None:
        return "not known"
    return f"{min(share, 99.9) if share < 100 else 100:.1f} %".replace("100.0", "100")


def beat_paths(beats: Sequence[str], unit: int) -> Markup:
    """One path for each kind of beat; each run of equal ones is one line, dashed in the CSS."""
    runs: dict[str, list[str]] = {}
    at = 0
    for code, group in groupby(beats):
        width = len(list(group)) * unit
        runs.setdefault(_BEATS.get(code, "n"), []).append(f"M{at} 8h{width}")
        at += width
    paths = (f'<path class="{kind}" d="{"".join(lines)}"/>' for kind, lines in runs.items())
    return Markup("".join(paths))


def fullness(share: float | None) -> str:
    """How a meter warns: from 75 % and from 90 %."""
    if share is None or share < 75:
        return ""
    return "full" if share >= 90 else "high"


def share_of(part: float, whole: float) -> float | None:
    """Percent; None where the whole is not known."""
    return 100 * part / whole if whole else None


def size(count: float) -> str:
    """Bytes: 1.2 GB, 640 MB; empty for none."""
    if count <= 0:
        return ""
    for limit, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if count >= limit:
            value = count / limit
            return f"{value:.1f} {unit}" if value < 100 and unit != "MB" else f"{value:.0f} {unit}"
    return f"{count / 1e3:.0f} kB"


def duration(seconds: float) -> str:
    """Two units at the most: 3 d 4 h, 12 min 5 s; empty for nothing."""
    left = int(seconds)
    if left <= 0:
        return ""
    for long, name, short, short_name in _STEPS:
        if left >= long:
            rest = left % long // short
            return f"{left // long} {name}" + (f" {rest} {short_name}" if rest else "")
    return f"{left} s"


def ago(stamp: str) -> str:
    """How long ago a time in UTC (ISO 8601) is, in its largest unit."""
    seconds = _seconds_since(stamp)
    if seconds is None:
        return ""
    return "just now" if seconds < 5 else f"{_largest(seconds)} ago"


def lasting(stamp: str) -> str:
    """For how long it is so since a time in UTC."""
    seconds = _seconds_since(stamp)
    return "" if seconds is None else duration(max(seconds, 1))


def left(seconds: int) -> Markup:
    """4:05 left, counted down by the script."""
    until = datetime.fromtimestamp(datetime.now(UTC).timestamp() + seconds, UTC)
    words = f"{seconds // 60}:{seconds % 60:02} left" if seconds > 0 else "expired"
    stamp = until.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<span data-until="{}">{}</span>').format(stamp, words)


def utc(stamp: str) -> str:
    """2026-11-21 07:00:00 UTC"""
    return f"{stamp[:19].replace('T', ' ')} UTC" if len(stamp) >= 19 else stamp


def number(count: int, noun: str) -> str:
    """1 instance, 2 instances, 1,000 instances."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def started_at(line: Mapping[str, Any]) -> str:
    """When its process started, in UTC; empty for one that does not run."""
    seen = _moment(str(line.get("seen_at") or ""))
    uptime = int(line.get("uptime_seconds") or 0)
    if not uptime or seen is None:
        return ""
    return datetime.fromtimestamp(seen - uptime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def whole(text: str) -> int | None:
    """The number that is written there in digits; None for all else, and for what is too long.

    isdigit() takes more for digits than int() does.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def place_path(line: Mapping[str, Any], tab: str = "") -> str:
    """The path of an instance's page. Every host and slug fits into one segment."""
    path = f"/hosts/{quote(str(line['host']), safe='')}/{quote(str(line['slug']), safe='')}"
    home = str(line.get("openclaw_home") or "")
    query = f"?home={quote(home, safe='/')}" if home else ""
    return path + (f"/{tab}" if tab else "") + query


def memory_words(host: Mapping[str, Any]) -> Markup:
    """5.1 of 15.6 GB; the whole may be left out where there is little room."""
    memory = host["memory"]
    return _of(memory["total_bytes"] - memory["available_bytes"], memory["total_bytes"])


def disk_words(host: Mapping[str, Any]) -> Markup:
    """120 of 500 GB; as above."""
    disk = host["disk"]
    return _of(disk["total"] - disk["free"], disk["total"])


def _of(part: float, whole: float) -> Markup:
    if not whole:
        return Markup("–")
    unit, name = (1e12, "TB") if whole >= 1e12 else (1e9, "GB")
    figures = [
        f"{n / unit:.0f}" if whole / unit >= 100 else f"{n / unit:.1f}" for n in (part, whole)
    ]
    return Markup('{}<span class="of"> of {}</span> {}').format(*figures, name)


def versions(programs: Sequence[Mapping[str, Any]]) -> Markup:
    """2026.9.6 at its path, of each that is installed."""
    piece = Markup('{} <span class="mono muted small">{}</span>')
    return Markup("<br>").join(piece.format(one["version"], one["path"]) for one in programs)


def other_slug(line: Mapping[str, Any]) -> bool:
    """Whether the slug says something that the name does not: Acme Support is acme-support."""
    name = str(line["display_name"] or line["slug"])
    return "-".join(name.lower().split()) != str(line["slug"])


def find_words(line: Mapping[str, Any]) -> str:
    """What the search field looks through, in small letters."""
    parts = [line[key] for key in ("display_name", "slug", "host", "port", "version", "model")]
    return " ".join(str(one) for one in (*parts, line["telegram"], *line["tags"]) if one).lower()


def sort_words(line: Mapping[str, Any]) -> str:
    """What a browser sorts by, in the order of overview.js: state, name, host, port, version,
    agents, memory, start, pending, percent.
    """
    state = str(line["state"])
    return "|".join(
        str(one).replace("|", " ")
        for one in (
            RANK.index(state) if state in RANK else len(RANK),
            (line["display_name"] or line["slug"]).lower(),
            line["host"],
            line["port"],
            line["version"],
            line["agents"],
            line["memory_bytes"],
            started_at(line),
            line["pending"],
            line["uptime_percent"] if line["uptime_percent"] is not None else -1,
        )
    )


def _largest(seconds: float) -> str:
    for long, name, _short, _name in _STEPS:
        if seconds >= long:
            return f"{int(seconds // long)} {name}"
    return f"{int(seconds)} s"


def _seconds_since(stamp: str) -> float | None:
    then = _moment(stamp)
    return None if then is None else max(0.0, datetime.now(UTC).timestamp() - then)


def _moment(stamp: str) -> float | None:
    try:
        given = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()
