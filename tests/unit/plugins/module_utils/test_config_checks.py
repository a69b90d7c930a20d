# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks before anything is written: one clear sentence for each thing a gateway would refuse."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _check, _config
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    AgentSpec,
    ClawPilotError,
    InstanceSpec,
    Layout,
    ProviderSpec,
    TelegramSpec,
)
from hypothesis import given
from hypothesis import strategies as st

TOKEN = "OPENCLAW_GW_AUTH_TOKEN"
AVAILABLE = frozenset((TOKEN, "ANTHROPIC_API_KEY"))
ANTHROPIC = ProviderSpec("anthropic")
OWN = ProviderSpec("own", "http://127.0.0.1:1/v1", "openai-completions", False, ({"id": "m"},))


def config_of(**more: Any) -> dict[str, Any]:
    rendered = _config.render(InstanceSpec("acme"), Layout("/opt/openclaw", "acme"), 18789)
    return {**copy.deepcopy(rendered), **more}


def refusal(config: dict[str, Any], available: frozenset[str] = AVAILABLE) -> ClawPilotError:
    with pytest.raises(ClawPilotError) as caught:
        _check.check_config(config, available)
    assert caught.value.message.endswith(".")
    assert caught.value.message.count("\n") == 0
    assert caught.value.hint
    return caught.value


SPEC_ERRORS: dict[str, tuple[dict[str, Any], str, str]] = {
    "model without a slash": (
        {"default_model": "gpt-6"},
        "INVALID_MODEL",
        "'gpt-6' of default_model",
    ),
    "model without a provider": (
        {"default_model": "/gpt-6"},
        "INVALID_MODEL",
        "PROVIDER/MODEL",
    ),
    "provider without a model": (
        {"agents": (AgentSpec("main", "Main", "anthropic/"),)},
        "INVALID_MODEL",
        "agent 'main'",
    ),
    "default model's provider is not there": (
        {"default_model": "openai/gpt-6"},
        "MODEL_WITHOUT_KEY",
        "'openai'",
    ),
    "agent's provider is not there": (
        {"providers": (ANTHROPIC,), "agents": (AgentSpec("dev", "Dev", "openai/gpt-6"),)},
        "MODEL_WITHOUT_KEY",
        "agent 'dev'",
    ),
    "provider without a key": (
        {"providers": (ANTHROPIC, ProviderSpec("xai"))},
        "MODEL_WITHOUT_KEY",
        "XAI_API_KEY",
    ),
    "model that an own provider has not": (
        {"providers": (OWN,), "default_model": "own/other"},
        "UNKNOWN_MODEL",
        "'own/other'",
    ),
    "telegram without a token": (
        {"telegram": TelegramSpec(enabled=True)},
        "TELEGRAM_WITHOUT_TOKEN",
        "bot token",
    ),
}


@pytest.mark.parametrize(("fields", "code", "needle"), SPEC_ERRORS.values(), ids=SPEC_ERRORS.keys())
def test_a_specification_that_cannot_work_is_refused_in_one_sentence(
    fields: dict[str, Any], code: str, needle: str
) -> None:
    with pytest.raises(ClawPilotError) as caught:
        _check.check_spec(InstanceSpec("acme", **fields), AVAILABLE)
    assert caught.value.code == code
    assert needle in caught.value.message
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"providers": (ANTHROPIC,), "default_model": "anthropic/claude-sonnet-4-6"},
        {"providers": (ANTHROPIC,), "default_model": "anthropic/a-model-of-tomorrow"},
        {"providers": (OWN,), "default_model": "own/m"},
        {"providers": (ProviderSpec("local", key_required=False),), "default_model": "local/a/b:c"},
        {"telegram": TelegramSpec(enabled=False)},
    ],
)
def test_a_specification_that_can_work_passes(fields: dict[str, Any]) -> None:
    _check.check_spec(InstanceSpec("acme", **fields), AVAILABLE)


@pytest.mark.parametrize(
    ("more", "where", "key"),
    [
        ({"foo": 1}, "openclaw.json", "'foo'"),
        ({"Gateway": {}}, "openclaw.json", "'Gateway'"),
        ({"gateway": {"prot": 1}}, "gateway", "'prot'"),
        ({"agents": {"entires": {}}}, "agents", "'entires'"),
        ({"plugins": {"allows": []}}, "plugins", "'allows'"),
        ({"models": {"provider": {}}}, "models", "'provider'"),
    ],
)
def test_an_unknown_key_is_named_with_its_section(
    more: dict[str, Any], where: str, key: str
) -> None:
    error = refusal(config_of(**more))
    assert error.code == "CONFIG_INVALID"
    assert where in error.message
    assert key in error.message


@pytest.mark.parametrize("section", sorted(_check.SECTION_KEYS))
@pytest.mark.parametrize("value", ["text", [], None, 1], ids=["text", "list", "null", "number"])
def test_a_section_that_is_no_mapping_is_named(section: str, value: Any) -> None:
    error = refusal(config_of(**{section: value}))
    assert error.code == "CONFIG_INVALID"
    assert section in error.message


MISSHAPEN: dict[str, dict[str, Any]] = {
    "entries is a list": {"agents": {"entries": []}},
    "an entry is text": {"agents": {"entries": {"main": "x"}}},
    "defaults is null": {"agents": {"entries": {"main": {}}, "defaults": None}},
    "heartbeat is text": {"agents": {"entries": {"main": {}}, "defaults": {"heartbeat": "30m"}}},
    "bindings is null": {"bindings": None},
    "bindings is a number": {"bindings": 1},
    "a binding is text": {"bindings": ["main"]},
    "tools is null": {"tools": None},
    "agentToAgent is true": {"tools": {"agentToAgent": True}},
    "allow is true": {"tools": {"agentToAgent": {"allow": True}}},
    "an agent id is a list": {"bindings": [{"agentId": ["main"]}]},
    "an agent id is a number": {"bindings": [{"agentId": 1}]},
    "allow holds numbers": {"tools": {"agentToAgent": {"allow": [1]}}},
}


@pytest.mark.parametrize("more", MISSHAPEN.values(), ids=MISSHAPEN.keys())
def test_a_misshapen_part_is_a_sentence_and_never_a_traceback(more: dict[str, Any]) -> None:
    assert refusal(config_of(**more)).code == "CONFIG_INVALID"


@pytest.mark.parametrize(
    "more",
    [
        {"env": {"vars": {"A": "${NOT_SET}"}}},
        {"cron": {"a": [{"b": "x-${NOT_SET}-y"}]}},
        {"hooks": {"a": "${OPENCLAW_GW_AUTH_TOKEN}${NOT_SET}"}},
    ],
    ids=["value", "inside a list", "second of two"],
)
def test_a_reference_to_an_unset_variable_is_refused(more: dict[str, Any]) -> None:
    error = refusal(config_of(**more))
    assert error.code == "UNSET_VARIABLE"
    assert "${NOT_SET}" in error.message


def test_a_gateway_token_that_is_not_set_is_refused() -> None:
    error = refusal(config_of(), frozenset())
    assert error.code == "UNSET_VARIABLE"
    assert TOKEN in error.message


@pytest.mark.parametrize("text", ["$${NOT_SET}", "${lower}", "${1A}", "$NOT_SET", "${}", "{A}"])
def test_what_is_no_reference_is_none(text: str) -> None:
    assert list(_check.references({"a": [text]})) == []
    _check.check_config(config_of(session={"a": text}), AVAILABLE)


@given(st.dictionaries(st.text(max_size=4), st.from_regex(r"[A-Z_][A-Z0-9_]*", fullmatch=True)))
def test_every_reference_is_found_wherever_it_stands(names: dict[str, str]) -> None:
    nested: Any = [{key: {"deep": [f"a ${{{name}}} b"]}} for key, name in names.items()]
    assert sorted(_check.references(nested)) == sorted(names.values())


NOBODY: dict[str, tuple[dict[str, Any], str]] = {
    "binding": (
        {"bindings": [{"agentId": "main"}, {"agentId": "ghost", "match": {}}]},
        "bindings[1].agentId",
    ),
    "heartbeat": (
        {"agents": {"entries": {"main": {}}, "defaults": {"heartbeat": {"agentId": "ghost"}}}},
        "agents.defaults.heartbeat.agentId",
    ),
    "system agent": (
        {"agents": {"entries": {"main": {}}, "defaults": {"systemAgent": {"agentId": "ghost"}}}},
        "agents.defaults.systemAgent.agentId",
    ),
    "agent to agent": (
        {"tools": {"agentToAgent": {"allow": ["main", "ghost"]}}},
        "tools.agentToAgent.allow",
    ),
}


@pytest.mark.parametrize(("more", "where"), NOBODY.values(), ids=NOBODY.keys())
def test_an_agent_that_does_not_exist_is_named_with_its_place(
    more: dict[str, Any], where: str
) -> None:
    error = refusal(config_of(**more))
    assert error.code == "CONFIG_INVALID"
    assert where in error.message
    assert "'ghost'" in error.message


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"bindings": [{"agentId": "main", "match": {"channel": "telegram"}}]},
        {"tools": {"agentToAgent": {"allow": ["*", "main"]}}},
        {"meta": {"lastTouchedVersion": "2026.9.6"}},
    ],
)
def test_a_config_in_order_passes(more: dict[str, Any]) -> None:
    _check.check_config(config_of(**more), AVAILABLE)
