# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the form of a new instance shows at first: suggestions, or the answers of an earlier job.

No effects. Secrets are never filled in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...plugins.module_utils._secrets import is_masked
from ..answers import ANTHROPIC, Known, known_models
from .form_schema import Field, fields
from .form_values import COPY, NEW, NO_KEY, Row, Typed

Data = Mapping[str, Any]


def empty(host: str, known: Known) -> Typed:
    """The answers that the wizard of the command line suggests, too."""
    texts = {one.name: one.default for one in fields().values() if one.default}
    texts["default_model"] = known_models()[0][0]
    if known.service("ollama") and known.service("qdrant"):
        texts["mem0.ollama_url"] = str(known.shared["ollama"].get("url") or "")
    having = known.with_key_of(ANTHROPIC)
    texts["secrets_from"] = having[0] if having else ""
    how = COPY if having and known.providers is not None else NEW
    return Typed(host, texts, {"providers": [{"name": ANTHROPIC, "how": how}]})


def again(variables: Data, host: str, known: Known) -> Typed:
    """The answers of an earlier job, from its variables with the secrets masked."""
    typed = empty(host, known)
    for one in fields().values():
        value = _at(variables, one.name)
        there = value is not None and not is_masked(value)
        if there and one.kind not in ("rows", "secret") and not one.hidden:
            typed.texts[one.name] = as_text(one, value)
    typed.rows["agents"] = [_row("agents", agent) for agent in variables.get("agents", ())]
    given = variables.get("providers")
    if given is not None:
        typed.rows["providers"] = [_provider(one, variables) for one in given]
    return typed


def _at(variables: Data, name: str) -> Any:
    top, _dot, rest = name.partition(".")
    value = variables.get(top)
    if not rest:
        return value
    return value.get(rest) if isinstance(value, Mapping) else None


def as_text(one: Field, value: Any) -> str:
    """A value as one would type it."""
    if one.kind == "list":
        return "\n".join(map(str, value if isinstance(value, list) else [value]))
    if one.kind == "mapping":
        return json.dumps(value, indent=2, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _row(kind: str, item: Data) -> Row:
    keys = [column.name.partition(".")[2] for column in fields()[kind].columns]
    given = {key: item[key] for key in keys if item.get(key) is not None}
    return {key: str(value) for key, value in given.items() if not is_masked(value)}


def _provider(item: Data, variables: Data) -> Row:
    row = _row("providers", item)
    row.pop("api_key", None)
    if item.get("key_required") is False:
        return {**row, "how": NO_KEY}
    copied = variables.get("secrets_from") and not item.get("api_key")
    return {**row, "how": COPY if copied else NEW}
