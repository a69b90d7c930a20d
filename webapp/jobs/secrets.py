# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets of a job: which values are some, and text and data without them. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...plugins.module_utils._merge import REDACTED, mask, redact

# Variables that hold names and values which only their user knows the meaning of.
_ALL_SECRET = frozenset(["instance_environment", "install_environment"])
_SHORTEST_OF_THESE = 8  # such as "true" or "info": in a text it says nothing, masked it hides much
_SHORTEST_LINE = 8


def redacted(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables with every secret value masked."""
    return {
        name: _emptied(value) if name in _ALL_SECRET else _shown(value, name)
        for name, value in variables.items()
    }


def values(variables: Mapping[str, Any]) -> frozenset[str]:
    """Every secret value, and the ways in which it may stand in a text."""
    plain = set(_masked(dict(variables), redacted(variables)))
    return frozenset(form for value in plain for form in _forms(value))


class Redactor:
    """Takes the secrets of one job out of whatever is kept of it."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._secrets = values(variables)

    def text(self, text: str) -> str:
        return mask(text, self._secrets) if self._secrets else text

    def data(self, value: Any, key: str = "") -> Any:
        """The same data: values that are secret by their name or by what they are, masked."""
        if isinstance(value, Mapping):
            return {self.text(str(k)): self.data(v, str(k)) for k, v in value.items()}
        if isinstance(value, list):
            return [self.data(item, key) for item in value]
        shown = _shown(value, key)
        return self.text(shown) if isinstance(shown, str) else shown


def _shown(value: Any, key: str = "") -> Any:
    """As redact() does, and numbers that are secret by their name masked as well."""
    if isinstance(value, Mapping):
        return {name: _shown(item, str(name)) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shown(item, key) for item in value]
    if value is None or isinstance(value, bool):
        return value
    text = str(value)
    return value if redact(text, key) == text else REDACTED


def _emptied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: REDACTED for name in value}
    return REDACTED if value else value


def _masked(value: Any, shown: Any, short: int = 0) -> Iterator[str]:
    """The strings of value that shown has masked."""
    if isinstance(value, dict) and isinstance(shown, dict):
        for name, item in value.items():
            least = _SHORTEST_OF_THESE if name in _ALL_SECRET else short
            yield from _masked(item, shown[name], least)
    elif isinstance(value, (list, tuple)) and isinstance(shown, list):
        for item, its in zip(value, shown, strict=True):
            yield from _masked(item, its, short)
    elif shown == REDACTED and value != shown:
        yield from (text for text in _texts(value) if len(text) >= short)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (text for item in value.values() for text in _texts(item))
    elif isinstance(value, (list, tuple)):
        yield from (text for item in value for text in _texts(item))
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _forms(value: str) -> Iterator[str]:
    yield value
    yield value.strip()
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    lines = value.splitlines()
    if len(lines) > 1:  # a text of several lines is printed with an indent before each
        yield from (line.strip() for line in lines if len(line.strip()) >= _SHORTEST_LINE)
