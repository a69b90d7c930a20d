# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Read and change .env files in the dialect of Node's dotenv. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ._model import ClawPilotError, check_variable

# As dotenv's own: a quoted value may span lines; only a comment may follow it.
_ENTRY = re.compile(
    r"""[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*
        (?P<value>(?:'[^']*'|"(?:\\"|[^"])*"|`[^`]*`)(?=[ \t\r]*(?:\#[^\n]*)?(?:\n|\Z))|[^\n]*)
        (?P<rest>[^\n]*)""",
    re.VERBOSE,
)
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=~^-]*\Z")


def _entries(text: str) -> Iterator[tuple[str, str, str]]:
    """(raw text, name, raw value) of every entry or other line; name '' for what is none."""
    position = 0
    while position < len(text):
        match = _ENTRY.match(text, position)
        end = match.end() if match else text.find("\n", position)
        end = len(text) if end < 0 else end
        name, value = (match["name"], match["value"]) if match else ("", "")
        yield text[position:end], name, value
        position = end + 1


def parse(text: str) -> dict[str, str]:
    """Variables of the file; the last of a name wins, comments and odd lines are passed over."""
    return {name: _decode(value) for _raw, name, value in _entries(text) if name}


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
    for raw, name, value in _entries(text):
        if name in gone:
            continue
        if name in values:
            if name in left:
                wanted = left.pop(name)
                lines.append(raw if _decode(value) == wanted else encode(name, wanted))
            continue
        lines.append(raw)
    lines += [encode(name, value) for name, value in left.items()]
    return "\n".join(lines) + "\n" if lines else ""
