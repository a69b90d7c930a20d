# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the form's fields as variables of the playbook, as short as a person would write them.

No effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..answers import ANTHROPIC
from .form_schema import fields

Data = dict[str, Any]


def nested(values: Mapping[str, Any]) -> Data:
    """`telegram.bot_token` and the like in their dictionaries; nothing that is empty."""
    variables: Data = {}
    for name, value in values.items():
        if value in (None, "", [], {}):
            continue
        top, _dot, rest = name.partition(".")
        if rest:
            variables.setdefault(top, {})[rest] = value
        else:
            variables[top] = value
    if "bot_token" in variables.get("telegram", {}):
        variables["telegram"] = {"enabled": True, **variables["telegram"]}
    return variables


def shortened(values: Mapping[str, Any]) -> Data:
    """The same with the playbook's own short variables, and without what is the default anyway."""
    variables = nested({name: value for name, value in values.items() if not _usual(name, value)})
    return _domain(_telegram(_key(variables)))


def _usual(name: str, value: Any) -> bool:
    one = fields().get(name)
    return bool(one and one.default and str(value) == one.default)


def _key(variables: Data) -> Data:
    providers = variables.get("providers", [])
    if len(providers) == 1 and set(providers[0]) == {"name", "api_key"}:
        name, key = providers[0]["name"], providers[0]["api_key"]
        if name == ANTHROPIC:
            rest = {one: value for one, value in variables.items() if one != "providers"}
            return {**rest, "anthropic_api_key": key}
    return variables


def _telegram(variables: Data) -> Data:
    telegram = variables.get("telegram", {})
    if set(telegram) == {"enabled", "bot_token"}:
        rest = {name: value for name, value in variables.items() if name != "telegram"}
        return {**rest, "telegram_bot_token": telegram["bot_token"]}
    return variables


def _domain(variables: Data) -> Data:
    """The playbook takes the domain or all of the Control UI: with both, the domain goes there."""
    if "domain" not in variables or "control_ui" not in variables:
        return variables
    control_ui = variables["control_ui"]
    origins = [*control_ui.get("allowed_origins", ()), f"https://{variables['domain']}"]
    rest = {name: value for name, value in variables.items() if name != "domain"}
    return {**rest, "control_ui": {**control_ui, "allowed_origins": origins}}
