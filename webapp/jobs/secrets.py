# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets of a job: which values are some, and text and data without them. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...plugins.module_utils._secrets import mask, mask_all, redact, redact_text, secrets_in

_SHORTEST_LINE = 8


def values(variables: Mapping[str, Any]) -> frozenset[str]:
    """Every secret value, and the ways in which it may stand in a text."""
    return frozenset(form for value in secrets_in(variables) for form in _forms(value))


class Redactor:
    """Takes the secrets of one job out of whatever is kept of it, and what else looks like one."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._secrets = values(variables)

    def text(self, text: str) -> str:
        return redact_text(mask(text, self._secrets))

    def data(self, value: Any) -> Any:
        """The same data: values that are secret by their name or by what they are, masked."""
        return mask_all(redact(value), self._secrets)


def _forms(value: str) -> Iterator[str]:
    yield value
    yield value.strip()
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    lines = value.splitlines()
    if len(lines) > 1:  # a text of several lines is printed with an indent before each
        yield from (line.strip() for line in lines if len(line.strip()) >= _SHORTEST_LINE)
