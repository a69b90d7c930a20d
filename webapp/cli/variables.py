# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of a playbook, from key=value words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from ...plugins.module_utils._model import ClawPilotError
from ...plugins.module_utils._secret_names import is_secret

# What a variable is called whose short name Ansible has for itself.
_MEANT = {
    "environment": "instance_environment",
    "notify": "notify_sender",
    "port": "gateway_port",
    "timeout": "wait_timeout",
}
_JSON_SCALAR = re.compile(r"(true|false|null|-?(0|[1-9][0-9]*))\Z")


def parse_pairs(pairs: Iterable[str]) -> dict[str, Any]:
    """`key=value` words as playbook variables. Raises VARIABLE_REFUSED."""
    variables: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key.isidentifier():
            # The word itself is not repeated: it may be a secret in the wrong place.
            raise click.BadParameter("Variables have the form key=value.")
        if key in ("slug", "target"):
            raise click.BadParameter(f"{key} has its own place on the command line.")
        _check_reserved(key)
        variables[key] = parse_value(key, text)
    return variables


def _check_reserved(name: str) -> None:
    """Ansible would take it, warn with the lines around it, and the play would not see it."""
    from ansible.vars.reserved import is_reserved_name  # late: it reads much of Ansible

    if is_reserved_name(name):
        meant = _MEANT.get(name)
        raise ClawPilotError(
            "VARIABLE_REFUSED",
            f"{name} is a word of Ansible itself, and no variable.",
            f"{meant} is the variable." if meant else "docs/playbooks.md names all that there are.",
        )


def typed(pairs: Iterable[str]) -> frozenset[str]:
    """Names of the variables whose value itself was typed: @file says a text, not a template."""
    words = (pair.partition("=") for pair in pairs)
    return frozenset(name for name, _equals, text in words if not text.startswith("@"))


def parse_value(key: str, text: str) -> Any:
    """What a value means: @file is the text of that file, JSON is JSON, all else is a string."""
    if text.startswith("@"):
        return read_value(key, Path(text[1:]).expanduser())
    if is_secret(key):
        return text  # a secret stays what it is, even one of digits only
    if _JSON_SCALAR.match(text) or text.startswith(("[", "{", '"')):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def read_value(key: str, path: Path) -> str:
    """The text of a file without the line end: how a secret stays out of the process list."""
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        raise click.BadParameter(f"{key}: cannot read {path}: {error}") from error
