# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a config of others comes to: nothing of it is lost, and no secret of it is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _takeover
from ansible_collections.claw.pilot.plugins.module_utils._check import check_config, check_spec
from ansible_collections.claw.pilot.plugins.module_utils._config import render
from ansible_collections.claw.pilot.plugins.module_utils._gateway_token import resolved
from ansible_collections.claw.pilot.plugins.module_utils._merge import merge
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    ClawPilotError,
    Layout,
    overlay,
    spec_from,
)
from hypothesis import given
from hypothesis import strategies as st

LAYOUT = Layout("/home/u", "acme")
PORT = 19000
TOKEN = "canary-gateway-token-0001"
KEY = "canary-anthropic-key-0002"
BOT = "8123456789:canary-bot-token-0003"
SLACK = "xoxb-canary-slack-0004"
HEADER = "Bearer canary-header-0005"
CANARY = "canary"

TODAY: dict[str, Any] = {
    "gateway": {
        "mode": "local",
        "port": PORT,
        "bind": "lan",
        "auth": {"mode": "token", "token": TOKEN},
        "controlUi": {"basePath": "/gw/acme/", "allowedOrigins": ["https://x.example.org"]},
        "reload": {"mode": "off"},
    },
    "agents": {
        "ownership": "explicit",
        "defaults": {
            "workspace": "~/work",
            "model": {"primary": "anthropic/claude-opus-4-6", "fallbacks": ["ollama/llama"]},
            "heartbeat": {"every": "2h", "agentId": "main", "target": "last"},
            "systemAgent": {"agentId": "main"},
        },
        "entries": {
            "main": {"name": "Boss", "identity": {"emoji": "x"}},
            "Dev_1": {"name": "Odd", "workspace": "/srv/odd"},
            "ops": {"model": "ollama/llama", "tools": {"profile": "custom", "deny": ["exec"]}},
        },
    },
    "models": {
        "providers": {
            "anthropic": {"apiKey": KEY, "models": [{"id": "claude-opus-4-6", "name": "Opus"}]},
            "ollama": {
                "baseUrl": "http://10.0.0.1:11434/v1",
                "api": "openai-completions",
                "apiKey": "${OLLAMA_LOCAL}",
                "headers": {"Authorization": HEADER},
                "models": [{"id": "llama", "headers": {"x": HEADER}}],
            },
            "vault": {"apiKey": {"source": "exec", "provider": "op", "id": "x"}},
        }
    },
    "channels": {
        "telegram": {"botToken": BOT, "allowFrom": [42, "43"], "dmPolicy": "allowlist"},
        "slack": {"botToken": SLACK, "enabled": True},
    },
    "bindings": [{"agentId": "ops", "match": {"channel": "slack"}}],
    "plugins": {"allow": ["browser", "slack"], "entries": {"x": {"config": {"apiKey": SLACK}}}},
    "logging": {"file": "/var/log/theirs.log", "consoleLevel": "debug"},
    "tools": {"exec": {"ask": "on-miss"}},
}
FEBRUARY: dict[str, Any] = {
    "gateway": {"port": 18789, "mode": "local", "auth": {"token": "${OLD_TOKEN}"}},
    "env": {"MY_KEY": SLACK, "shellEnv": {"enabled": True}, "vars": {"OTHER": "plain"}},
    "agents": {
        "defaults": {"model": "anthropic/claude-sonnet-4-6"},
        "list": [
            {"id": "home", "default": True, "sandbox": {"mode": "all"}, "workspace": "/srv/home"},
            {"id": "dev", "subagents": {"allowAgents": ["*"]}},
        ],
    },
    "channels": {"telegram": {"botToken": "${BOT}"}, "discord": {"token": SLACK}},
}
VARIABLES = {"OLLAMA_LOCAL": "canary-ollama-0006", "OLD_TOKEN": TOKEN, "BOT": BOT}


def derive(
    config: dict[str, Any],
    variables: Mapping[str, str] = MappingProxyType(VARIABLES),
    port: int = PORT,
) -> tuple[_takeover.Derived, dict[str, Any], dict[str, str]]:
    """What it comes to, the config that ours writes, and its secrets."""
    modern = _takeover.modernised(config)
    secret = _takeover.secrets(modern, lambda value: resolved(value, variables))
    derived = _takeover.specification(modern, LAYOUT, port, secret)
    spec = spec_from(derived.spec)
    check_spec(spec, frozenset(secret))
    rendered = _takeover.without(render(spec, LAYOUT, port), derived.kept)
    merged = merge(modern, rendered, None)
    check_config(merged, frozenset({*secret, *variables, "OPENCLAW_GW_AUTH_TOKEN"}))
    return derived, merged, secret


def changes(before: Any, after: Any, place: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Place -> new value of all that differs."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return {} if before == after else {place: after}
    found: dict[tuple[str, ...], Any] = {}
    for key in {**before, **after}:
        found |= changes(before.get(key, {}), after.get(key), (*place, key))
    return found


DOCUMENTED = {
    ("logging", "maxFileBytes"),
    ("discovery", "mdns", "mode"),
    ("update", "checkOnStart"),
    ("telemetry", "enabled"),
}


def test_today_nothing_changes_but_secrets_and_what_is_documented() -> None:
    _derived, merged, secret = derive(TODAY)
    changed = changes(TODAY, merged)
    places = DOCUMENTED | {
        ("gateway", "auth", "token"),
        ("models", "providers", "anthropic", "apiKey"),
        ("models", "providers", "ollama", "apiKey"),
        ("channels", "telegram", "botToken"),
        ("channels", "telegram", "enabled"),
        ("agents", "entries", "main", "workspace"),
        ("agents", "entries", "ops", "workspace"),
    }
    assert set(changed) <= places
    assert changed["gateway", "auth", "token"] == "${OPENCLAW_GW_AUTH_TOKEN}"
    assert changed["models", "providers", "ollama", "apiKey"] == "${OLLAMA_API_KEY}"
    assert merged["agents"]["entries"]["main"]["workspace"] == "/home/u/work"
    assert merged["agents"]["entries"]["ops"]["workspace"] == "/home/u/work/ops"
    assert secret == {
        "OPENCLAW_GW_AUTH_TOKEN": TOKEN,
        "ANTHROPIC_API_KEY": KEY,
        "OLLAMA_API_KEY": VARIABLES["OLLAMA_LOCAL"],
        "TELEGRAM_BOT_TOKEN": BOT,
    }


def test_secrets_that_we_have_no_word_for_stay_in_the_config_and_out_of_the_marker() -> None:
    derived, merged, _secret = derive(TODAY)
    assert merged["channels"]["slack"]["botToken"] == SLACK
    assert merged["models"]["providers"]["ollama"]["headers"] == {"Authorization": HEADER}
    assert merged["models"]["providers"]["vault"] == TODAY["models"]["providers"]["vault"]
    text = json.dumps([derived.spec, derived.kept])
    assert CANARY not in text
    rendered = _takeover.without(render(spec_from(derived.spec), LAYOUT, PORT), derived.kept)
    assert CANARY not in json.dumps(rendered)


def test_the_shape_of_february_keeps_every_key_of_its_agents() -> None:
    derived, merged, secret = derive(FEBRUARY)
    entries = merged["agents"]["entries"]
    assert "list" not in merged["agents"]
    assert entries["home"]["sandbox"] == {"mode": "all"}
    assert entries["home"]["workspace"] == "/srv/home"
    assert entries["dev"]["subagents"] == {"allowAgents": ["*"]}
    assert entries["dev"]["workspace"] == "/home/u/.openclaw-acme/workspace-dev"
    assert merged["agents"]["defaults"]["model"] == "anthropic/claude-sonnet-4-6"
    assert merged["env"] == {"shellEnv": {"enabled": True}}
    assert _takeover.config_variables(FEBRUARY) == {"MY_KEY": SLACK, "OTHER": "plain"}
    assert secret["OPENCLAW_GW_AUTH_TOKEN"] == TOKEN
    assert merged["gateway"]["port"] == PORT  # where it listens, not what its config says
    assert CANARY not in json.dumps([derived.spec, derived.kept])


def test_what_was_for_their_default_agent_stays_with_it() -> None:
    _derived, merged, _secret = derive(FEBRUARY)
    assert merged["agents"]["defaults"]["systemAgent"] == {"agentId": "home"}
    assert merged["agents"]["defaults"]["heartbeat"]["agentId"] == "home"
    owners = {b["match"]["channel"]: b["agentId"] for b in merged["bindings"]}
    assert owners == {"telegram": "home", "discord": "home"}


def test_a_provider_of_another_sort_never_becomes_the_default_model() -> None:
    config = {
        "gateway": {"auth": {"token": TOKEN}},
        "agents": {"defaults": {"model": "openai/gpt-6"}},
        "models": {"providers": {"ollama": {"apiKey": "x-1234", "models": [{"id": "llama"}]}}},
    }
    _derived, merged, _secret = derive(config)
    assert merged["agents"]["defaults"]["model"] == "openai/gpt-6"
    del config["agents"]
    assert "model" not in derive(config)[1]["agents"]["defaults"]


@pytest.mark.parametrize(
    ("auth", "why"),
    [
        ({"mode": "none"}, "none"),
        ({"mode": "password", "password": "x"}, "password"),
        ({"password": "x"}, "password"),
        ({"mode": "trusted-proxy"}, "trusted-proxy"),
    ],
)
def test_other_authentication_is_refused(auth: dict[str, str], why: str) -> None:
    with pytest.raises(ClawPilotError, match=why) as failure:
        derive({"gateway": {"auth": auth}})
    assert failure.value.code == "TAKE_OVER_REFUSED"


def test_a_relative_workspace_is_refused() -> None:
    config = {"gateway": {"auth": {"token": TOKEN}}, "agents": {"entries": {"main": {}}}}
    config["agents"]["entries"]["main"]["workspace"] = "work"
    with pytest.raises(ClawPilotError, match="relative path"):
        derive(config)


@pytest.mark.parametrize(
    "telegram",
    [
        {"tokenFile": "/home/u/token"},
        {"botToken": BOT, "enabled": False},
        {"accounts": {"a": {"botToken": BOT}}},
        {"botToken": BOT, "accounts": {"a": {"botToken": BOT}}},
        {"botToken": BOT, "dmPolicy": "allowlist"},
        {"botToken": "${NOWHERE}"},
    ],
    ids=["file", "off", "accounts", "both", "nobody may write", "unset"],
)
def test_a_telegram_that_we_cannot_say_stays_theirs(telegram: dict[str, Any]) -> None:
    config = {"gateway": {"auth": {"token": TOKEN}}, "channels": {"telegram": telegram}}
    derived, merged, _secret = derive(config, {"NOWHERE": ""})
    assert merged["channels"]["telegram"] == telegram
    assert derived.spec["telegram"] == {"enabled": False}


def test_secret_references_are_followed_in_the_environment_only() -> None:
    reference = {"source": "env", "provider": "default", "id": "OLD_TOKEN"}
    secret = derive({"gateway": {"auth": {"token": reference}}})[2]
    assert secret["OPENCLAW_GW_AUTH_TOKEN"] == TOKEN


def test_providers_that_would_share_a_variable_keep_their_own_keys() -> None:
    listed = {"my-ai": {"apiKey": "key-one"}, "my_ai": {"apiKey": "key-two"}, "1x": {"apiKey": "y"}}
    config = {"gateway": {"auth": {"token": TOKEN}}, "models": {"providers": listed}}
    _derived, merged, secret = derive(config)
    assert secret["MY_AI_API_KEY"] == "key-one"
    assert merged["models"]["providers"]["my_ai"] == {"apiKey": "key-two"}
    assert merged["models"]["providers"]["1x"] == {"apiKey": "y"}


def test_an_option_takes_the_place_that_it_speaks_of() -> None:
    derived, _merged, _secret = derive(TODAY)
    assert ("gateway", "bind") in derived.kept
    left = _takeover.unlocked(derived.kept, {"heartbeat": "0m", "config": {"gateway": {"bind": 1}}})
    assert ("gateway", "bind") not in left
    assert ("logging", "file") in left
    assert not [place for place in left if place[:3] == ("agents", "defaults", "heartbeat")]
    spec = overlay(derived.spec, {"heartbeat": "0m"})
    rendered = _takeover.without(render(spec_from(spec), LAYOUT, PORT), left)
    assert rendered["agents"]["defaults"]["heartbeat"]["every"] == "0m"
    assert _takeover.unlocked([list(p) for p in derived.kept], {}) == derived.kept


def test_the_diff_shows_what_changes_and_no_secret() -> None:
    config = {**TODAY, "env": {"vars": {"ODD": SLACK}}}
    _derived, merged, _secret = derive(config)
    before, after = _takeover.shown(config, merged)
    assert CANARY not in json.dumps([before, after])
    assert "slack" not in json.dumps([before, after])
    assert after["gateway"]["auth"]["token"] == "${OPENCLAW_GW_AUTH_TOKEN}"
    assert before["env"] == {"vars": {"ODD": "********"}}


def test_taking_over_twice_changes_nothing_more() -> None:
    for config in (TODAY, FEBRUARY):
        derived, merged, _secret = derive(config)
        rendered = _takeover.without(render(spec_from(derived.spec), LAYOUT, PORT), derived.kept)
        assert merge(merged, rendered, None) == merged
        assert merge(merged, rendered, rendered) == merged


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x", "main", "${A}", "~/w"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                "id name model workspace apiKey models botToken allowFrom tools".split()
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
SECTION = st.dictionaries(
    st.sampled_from(
        "defaults entries list providers telegram slack auth controlUi trustedProxies vars".split()
    ),
    JSON | st.dictionaries(st.sampled_from(["main", "Odd", "a-b", "anthropic"]), JSON, max_size=2),
    max_size=3,
)


@given(
    st.fixed_dictionaries(
        {}, optional={k: SECTION | JSON for k in ("agents", "models", "channels", "gateway", "env")}
    )
)
def test_any_config_is_taken_or_refused_in_a_sentence(config: dict[str, Any]) -> None:
    try:
        _derived, merged, _secret = derive(config, {})
    except ClawPilotError as error:
        assert error.message.endswith(".")
        return
    channels = config.get("channels")
    if not isinstance(channels, dict):
        assert merged.get("channels") == channels
        return
    assert {name: value for name, value in channels.items() if name != "telegram"} == {
        name: value for name, value in merged["channels"].items() if name != "telegram"
    }
