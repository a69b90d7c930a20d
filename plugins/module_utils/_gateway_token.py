# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The token of an instance's gateway, as the gateway itself comes by it. Reads only.

Private to the claw.pilot collection. Python 3.9 or later. The token is for its own gateway and
for the terminal of whoever asks: never for a result, a log or an argument of a process.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from ._dotenv import parse
from ._model import ClawPilotError
from ._procfs import environment_of
from ._reading import read_bounded
from ._state_files import MAX_SMALL_BYTES, config_of
from ._summary import dig

# $${NAME} is how a config writes ${NAME} itself.
_REFERENCE = re.compile(r"(?P<escape>\$)?\$\{(?P<name>[A-Z_][A-Z0-9_]*)\}")


def gateway_token(instance: Mapping[str, Any]) -> str:
    """The token of an instance (in the instance shape), '' where it is not to be had."""
    if instance["auth"]["mode"] != "token":
        return ""
    config = config_of(instance).value or {}
    return token_of(config, variables_of(instance, config))


def dotenv(instance: Mapping[str, Any]) -> dict[str, str]:
    """What the .env file sets; {} where it may not be read."""
    try:
        path = os.path.join(instance["state_dir"], ".env")
        return parse(read_bounded(path, MAX_SMALL_BYTES, int(instance["told_by"]))[0])
    except (OSError, ClawPilotError):
        return {}


def variables_of(instance: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, str]:
    """What ${VAR} stands for: the process has the first word, then .env, then the config."""
    inner = dig(config, "env", "vars")
    process = environment_of(instance["process"]["pid"]) or {}
    found = {**(inner if isinstance(inner, Mapping) else {}), **dotenv(instance), **process}
    return {str(name): str(value) for name, value in found.items() if value}


def token_of(config: Mapping[str, Any], variables: Mapping[str, str]) -> str:
    """The gateway's token, '' where it cannot be read."""
    value = dig(config, "gateway", "auth", "token")
    if value is None:
        return variables.get("OPENCLAW_GATEWAY_TOKEN", "")
    return resolved(value, variables)


def resolved(value: Any, variables: Mapping[str, str]) -> str:
    """A secret of the config, '' for one that is not set or is kept elsewhere."""
    if isinstance(value, Mapping):  # SecretRef {source, provider, id}
        return variables.get(str(value.get("id")), "") if value.get("source") == "env" else ""
    if not isinstance(value, str):
        return ""
    found = [match["name"] for match in _REFERENCE.finditer(value) if not match["escape"]]
    if any(name not in variables for name in found):
        return ""
    return _REFERENCE.sub(
        lambda match: match[0][1:] if match["escape"] else variables[match["name"]], value
    )
