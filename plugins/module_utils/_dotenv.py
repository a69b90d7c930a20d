# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Read and change .env files in the dialect of Node's dotenv. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ._model import ClawPilotError, check_variable

_LINE = re.compile(
    r"""\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*
        (?P<value>'[^']*'|"(?:\\"|[^"])*"|`[^`]*`|[^\r\n]*)""",
    re.VERBOSE,
)
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=~^-]*\Z")


def parse(text: str) -> dict[str, str]:
    """Variables of the file; the last of a name wins, comments and odd lines are passed over."""
    values = {}
    for line in text.splitlines():
        match = _LINE.match(line)
        if match:
            values[match["name"]] = _decode(match["value"])
    return values


def _decode(raw: str) -> str:
    raw = raw.strip()
    if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "'\"`":
        inner = raw[1:-1]
        return inner.replace("\\n", "\n").replace("\\r", "\r") if raw[0] == '"' else inner
    return raw.partition("#")[0].strip()


def encode(name: str, value: str) -> str:
    """One NAME=value line, quoted only when it must be. Raises INVALID_SECRET."""
    check_variable(name)
    if _PLAIN.match(value):
        return f"{name}={value}"
    if "\n" in value or "\r" in value:
        _refuse(name, "a line break")
    for quote in "'`":
        if quote not in value:
            return f"{name}={quote}{value}{quote}"
    _refuse(name, "all kinds of quotes")
    return ""  # pragma: no cover - _refuse raises


def _refuse(name: str, what: str) -> None:
    raise ClawPilotError(
        "INVALID_SECRET",
        f"The value of {name} contains {what}, which a .env file cannot hold.",
        "Give the value without it.",
    )


def update(text: str, values: Mapping[str, str], remove: Iterable[str] = ()) -> str:
    """The file with these values set and those names removed; every other line stays as it is."""
    gone = set(remove) - set(values)
    left = dict(values)
    lines = []
    for line in text.splitlines():
        match = _LINE.match(line)
        name = match["name"] if match else ""
        if name in gone:
            continue
        if match and name in values:
            if name in left:
                value = left.pop(name)
                lines.append(line if _decode(match["value"]) == value else encode(name, value))
            continue
        lines.append(line)
    lines += [encode(name, value) for name, value in left.items()]
    return "\n".join(lines) + "\n" if lines else ""
