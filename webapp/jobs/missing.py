# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be given before a job can be run again: its secrets, which are not kept. Pure.

A place in the variables is named as JSON Pointer (RFC 6901) has it: /providers/0/api_key.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...plugins.module_utils._model import ClawPilotError
from ...plugins.module_utils._secrets import is_masked
from .model import Data

Scalar = str | int | float


NEEDED = "SECRETS_NEEDED"


def needed(number: int, secrets: Sequence[str]) -> ClawPilotError:
    """The error of a job that wants secrets; its attribute secrets has their places."""
    error = ClawPilotError(
        "SECRETS_NEEDED",
        f"Job {number} was given secrets, which are not kept: {', '.join(secrets)}.",
        "Give them again: each of these names with its value.",
    )
    error.secrets = list(secrets)  # type: ignore[attr-defined]
    return error


def places(variables: Mapping[str, Any]) -> list[str]:
    """Where something was taken out."""
    return [name for name, _container, _key in _masked(variables, "")]


def filled(number: int, variables: Mapping[str, Any], given: Mapping[str, Scalar]) -> Data:
    """The variables of a job with the secrets in their places.

    Raises SECRETS_NEEDED when some are missing, SECRETS_GONE when one was where none can be put,
    INVALID_VARIABLES for others.
    """
    whole = copy.deepcopy(dict(variables))
    found = list(_masked(whole, ""))
    if any(is_masked(name) for name, _container, _key in found):
        raise ClawPilotError(
            "SECRETS_GONE",
            f"A secret was part of a name in the variables of job {number}, and is not kept.",
            "Begin anew with a new job.",
        )
    names = [name for name, _container, _key in found]
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise ClawPilotError(
            "INVALID_VARIABLES",
            f"Job {number} was given no secret at {unknown[0]!r}.",
            f"It wants {', '.join(names)}." if names else "It wants none.",
        )
    there = {name for name, value in given.items() if value != "" and not is_masked(value)}
    missing = [name for name in names if name not in there]
    if missing:
        raise needed(number, missing)
    for name, container, key in found:
        container[key] = given[name]
    return whole


def _masked(value: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    """Place, and the container and the key that the masked value has in it."""
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, item in pairs:
        name = f"{place}/{str(key).replace('~', '~0').replace('/', '~1')}"
        if isinstance(item, (Mapping, list)):
            yield from _masked(item, name)
        elif is_masked(item) or is_masked(key):
            yield name, value, key
