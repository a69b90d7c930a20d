# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One line of a gateway's log as an entry: OpenClaw's JSON, or what a console shows. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import json
import re
from typing import Any

LEVELS = ("debug", "info", "warn", "error")
_LEVELS = {"SILLY": "debug", "TRACE": "debug", "DEBUG": "debug", "INFO": "info"}
_LEVELS.update({"WARN": "warn", "WARNING": "warn", "ERROR": "error", "FATAL": "error"})
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CONSOLE = re.compile(
    r"(?:(?P<time>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))\s+)?(?:\[(?P<subsystem>[a-zA-Z][\w./:-]*)\]\s*)?"
    r"(?P<message>.*)\Z",
    re.DOTALL,
)


def entry(line: str) -> dict[str, str]:
    """{"time", "level", "subsystem", "message"} of a line; what it does not tell is ''.

    A line that is no JSON is from a console, and an `info`, unless it names an error.
    """
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return _console(line)
    return _json(data) if isinstance(data, dict) else _console(line)


def _json(data: dict[str, Any]) -> dict[str, str]:
    meta = data.get("_meta")
    meta = meta if isinstance(meta, dict) else {}
    name = str(meta.get("logLevelName") or data.get("level") or "").upper()
    message = data.get("message")
    return {
        "time": _plain(str(data.get("time") or meta.get("date") or "")),
        "level": _LEVELS.get(name, "info"),
        "subsystem": _plain(_subsystem(data, meta)),
        "message": _plain(message if isinstance(message, str) else _arguments(data)),
    }


def _subsystem(data: dict[str, Any], meta: dict[str, Any]) -> str:
    """OpenClaw puts it as JSON into the first argument, or into the logger's name."""
    if isinstance(data.get("subsystem"), str):
        return str(data["subsystem"])
    return _named(data.get("0")) or _named(meta.get("name"))


def _named(text: Any) -> str:
    try:
        named = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return ""
    subsystem = named.get("subsystem") if isinstance(named, dict) else None
    return subsystem if isinstance(subsystem, str) else ""


def _arguments(data: dict[str, Any]) -> str:
    numbers = sorted(int(key) for key in data if re.fullmatch("[0-9]{1,2}", key))
    words = [data[str(n)] for n in numbers if str(n) in data]
    if words and _named(words[0]):
        words = words[1:]
    return " ".join(w if isinstance(w, str) else json.dumps(w) for w in words)


def _console(line: str) -> dict[str, str]:
    found = _CONSOLE.match(_plain(line))
    parts = found.groupdict("") if found else {"time": "", "subsystem": "", "message": line}
    bad = re.search(r"\b(error|fatal|failed)\b", parts["message"], re.IGNORECASE)
    return {**parts, "level": "error" if bad else "info"}


def _plain(text: str) -> str:
    """Without colours, and without halves of characters, which no result can hold."""
    return _COLOUR.sub("", text).encode("utf-8", "replace").decode("utf-8")
