# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Where there is JSON in a text, and the text with something done to it. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Callable

_BEGIN = re.compile(r"\{\s*[\"}]|\[\s*[\"{\[]")
# JSON in quotes of JSON: no quote in it is without its backslash.
_ESCAPED = re.compile(r"[{\[]\s*\\\"(?:[^\"\\]|\\.)*", re.DOTALL)
# What does not end is read to the end of the text again and again; so far and no further.
_WORTH = 4
_DEEPEST = 100


class _Unclear(ValueError):
    """The same key stands twice in it, so that reading it loses one."""


def replaced(
    text: str,
    document: Callable[[Any], Any],
    plain: Callable[[str], str],
    unclear: Callable[[str], str],
) -> str:
    """The text after these were asked for what every part of it is to become: for data that stands
    as JSON there, for text, for JSON that has a key twice. What they leave stays as it is written.
    """
    if "{" not in text and "[" not in text:
        return plain(text)
    shown, done = "", 0
    for start, end, value in _documents(text):
        part = text[start:end]
        if isinstance(value, _Unclear):
            new = unclear(part)
        else:
            after = document(value)
            new = part if after == value else _written(after, part)
        shown += _escaped(text[done:start], document, plain, unclear) + new
        done = end
    return shown + _escaped(text[done:], document, plain, unclear)


def _documents(text: str) -> Iterator[tuple[int, int, Any]]:
    budget, place = _WORTH * len(text) + 1000, 0
    decoder = json.JSONDecoder(object_pairs_hook=_once)
    while budget > 0:
        match = _BEGIN.search(text, place)
        if not match:
            return
        place = match.start()
        try:
            value, end = _read(decoder, text, place)
        except json.JSONDecodeError as error:
            # It has counted the lines before it, too.
            budget -= error.pos - place + error.pos // 64 + 20
            place += 1
        except (ValueError, RecursionError):
            budget -= len(text) - place
            place += 1
        else:
            yield place, end, value
            place = end


def _read(decoder: json.JSONDecoder, text: str, place: int) -> tuple[Any, int]:
    try:
        value, end = decoder.raw_decode(text, place)
    except _Unclear as error:
        _value, end = json.JSONDecoder().raw_decode(text, place)
        return error, end
    if _is_deep(value):
        raise RecursionError
    return value, end


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Unclear
    return found


def _is_deep(value: Any) -> bool:
    level = [value]
    for _level in range(_DEEPEST):
        level = [
            below
            for one in level
            if isinstance(one, (dict, list))
            for below in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def _written(value: Any, before: str) -> str:
    """As it was written before: in one line, without blanks, or over several lines."""
    if "\n" in before.strip():
        return json.dumps(value, ensure_ascii=False, indent=2)
    narrow = (",", ":") if '": ' not in before else None
    return json.dumps(value, ensure_ascii=False, separators=narrow)


def _escaped(
    text: str,
    document: Callable[[Any], Any],
    plain: Callable[[str], str],
    unclear: Callable[[str], str],
) -> str:
    if '\\"' not in text:
        return plain(text)
    shown, done = "", 0
    for match in _ESCAPED.finditer(text):
        try:
            inner = json.loads(f'"{match.group()}"', strict=False)
        except ValueError:
            continue
        after = replaced(inner, document, plain, unclear)
        if after != inner:
            shown += plain(text[done : match.start()]) + json.dumps(after, ensure_ascii=False)[1:-1]
            done = match.end()
    return shown + plain(text[done:])
