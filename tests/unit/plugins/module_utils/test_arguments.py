# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the module's options to a specification and its secrets, kept apart."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _arguments
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    AgentSpec,
    ClawPilotError,
    ControlUiSpec,
    InstanceSpec,
    Mem0Spec,
    PluginsSpec,
    ProviderSpec,
    TelegramSpec,
    spec_from,
)

PARAMS: dict[str, Any] = {
    "slug": "acme",
    "display_name": None,
    "port": 18789,
    "providers": [
        {"name": "anthropic", "api_key": "sk-secret", "base_url": None},
        {"name": "my-llm", "api_key": ""},
    ],
    "telegram": {"enabled": True, "bot_token": "1:secret"},
    "mem0": {"mode": "platform", "api_key": "m0-secret"},
    "environment": {"GITHUB_TOKEN": "gh-secret", "LIMIT": 5},
    "state": "present",
    "wait": "ready",
}
SECRET_OPTIONS = {"api_key", "bot_token"}


@pytest.mark.parametrize("name", ["lower", "A-B", "1A", "", "A\nB"])
def test_a_variable_name_that_cannot_be_referred_to_is_refused(name: str) -> None:
    with pytest.raises(ClawPilotError) as caught:
        _arguments.given_secrets({"environment": {name: "x"}})
    assert caught.value.code == "INVALID_VARIABLE"


def test_every_secret_is_found_under_its_variable() -> None:
    assert _arguments.given_secrets(PARAMS) == {
        "ANTHROPIC_API_KEY": "sk-secret",
        "TELEGRAM_BOT_TOKEN": "1:secret",
        "MEM0_API_KEY": "m0-secret",
        "GITHUB_TOKEN": "gh-secret",
        "LIMIT": "5",
    }


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"providers": None, "telegram": None, "mem0": None, "environment": None},
        {"providers": [], "telegram": {}, "environment": {}},
        {"providers": [{"name": "a", "api_key": None}], "telegram": {"bot_token": ""}},
    ],
)
def test_options_without_secrets_have_none(params: dict[str, Any]) -> None:
    assert _arguments.given_secrets(params) == {}


def test_a_variable_that_is_null_is_not_the_word_none() -> None:
    assert _arguments.given_secrets({"environment": {"A": None}}).get("A", "") == ""


def test_only_what_is_given_becomes_part_of_the_specification() -> None:
    options = _arguments.spec_options(PARAMS)
    assert options["port"] == 18789
    assert not {"display_name", "environment", "state", "wait"} & set(options)
    assert spec_from(options).providers[1].name == "my-llm"


def test_no_secret_is_in_the_specification() -> None:
    spec = spec_from(_arguments.spec_options(PARAMS))
    assert "secret" not in json.dumps(spec, default=repr)


def test_every_field_of_a_specification_has_its_option() -> None:
    names = {field.name for field in fields(InstanceSpec)}
    assert names <= set(_arguments.INSTANCE_ARGUMENTS)
    kept_by_the_marker = {"service_manager"}
    assert names - kept_by_the_marker == set(_arguments.spec_options(dict.fromkeys(names, 1))) - (
        kept_by_the_marker
    )


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        ("agents", AgentSpec),
        ("providers", ProviderSpec),
        ("telegram", TelegramSpec),
        ("mem0", Mem0Spec),
        ("plugins", PluginsSpec),
        ("control_ui", ControlUiSpec),
    ],
)
def test_suboptions_are_the_fields_of_their_part_and_its_secret(option: str, kind: Any) -> None:
    suboptions = set(_arguments.INSTANCE_ARGUMENTS[option]["options"])
    assert suboptions - SECRET_OPTIONS == {field.name for field in fields(kind)}


def walk(options: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, option in options.items():
        found.append((name, option))
        found += walk(option.get("options", {}))
    return found


def test_every_secret_is_marked_and_nothing_else() -> None:
    marked = {n for n, o in walk(_arguments.INSTANCE_ARGUMENTS) if o.get("no_log")}
    assert marked == SECRET_OPTIONS | {"environment", _arguments.PRIVATE}


def test_every_name_that_looks_secret_says_whether_it_is() -> None:
    for name, option in walk(_arguments.INSTANCE_ARGUMENTS):
        if any(word in name for word in ("key", "token", "secret", "password")):
            assert "no_log" in option, name


def test_an_option_that_keeps_its_value_has_no_default() -> None:
    for name in _arguments.spec_options(dict.fromkeys(_arguments.INSTANCE_ARGUMENTS, 1)):
        for _name, option in walk({name: _arguments.INSTANCE_ARGUMENTS[name]}):
            assert "default" not in option
