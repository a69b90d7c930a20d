# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""openclaw.json as rendered: valid for the real OpenClaw, without a secret, and lean."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.claw.pilot.plugins.module_utils import _check, _config
from ansible_collections.claw.pilot.plugins.module_utils._model import (
    AgentSpec,
    ClawPilotError,
    ControlUiSpec,
    InstanceSpec,
    Layout,
    Mem0Spec,
    PluginsSpec,
    ProviderSpec,
    TelegramSpec,
    spec_from,
)

SCHEMA = Path(__file__).parents[2] / "fixtures" / "config-schema-2026.9.6.json.gz"
LAYOUT = Layout("/opt/openclaw", "acme")
PORT = 18909
MAIN = AgentSpec("main", "Main")
ANTHROPIC = ProviderSpec("anthropic")
LOCAL = ProviderSpec(
    "local-llm",
    base_url="http://127.0.0.1:8000/v1",
    api="openai-completions",
    key_required=False,
    models=({"id": "small"}, {"id": "big", "name": "Big"}),
)
SPECS = {
    "minimal": InstanceSpec("acme"),
    "one provider": InstanceSpec("acme", providers=(ANTHROPIC,)),
    "several agents": InstanceSpec(
        "acme",
        agents=(MAIN, AgentSpec("dev", "Dev", "local-llm/big", "full"), AgentSpec("qa", "QA")),
        default_model="local-llm/small",
        providers=(LOCAL,),
    ),
    "telegram": InstanceSpec(
        "acme",
        telegram=TelegramSpec(
            enabled=True,
            dm_policy="allowlist",
            allow_from=("987654321",),
            api_root="http://[::1]:1",
        ),
    ),
    "mem0 on own services": InstanceSpec("acme", mem0=Mem0Spec(enabled=True)),
    "mem0 platform": InstanceSpec("acme", mem0=Mem0Spec(enabled=True, mode="platform")),
    "everything": InstanceSpec(
        "acme",
        display_name="Acme Ltd",
        agents=(MAIN, AgentSpec("dev", "Developer", "anthropic/claude-opus-4-6", "minimal")),
        default_model="anthropic/claude-sonnet-4-6",
        providers=(ANTHROPIC, LOCAL, ProviderSpec("openrouter")),
        telegram=TelegramSpec(enabled=True, group_policy="open"),
        mem0=Mem0Spec(enabled=True, user_id="family"),
        plugins=PluginsSpec(allow=("browser",), deny=("discord",)),
        control_ui=ControlUiSpec(base_path="/acme", allowed_origins=("https://claw.example.org",)),
        trusted_proxies=("10.0.0.1",),
        heartbeat="0m",
        heap_limit_mb=384,
        config={"tools": {"exec": {"ask": "always"}}, "logging": {"level": "debug"}},
    ),
}


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    """OpenClaw's own schema (`openclaw config schema`), without titles and descriptions."""
    return jsonschema.Draft7Validator(json.loads(gzip.decompress(SCHEMA.read_bytes())))


def render(name: str) -> dict[str, Any]:
    return _config.render(SPECS[name], LAYOUT, PORT)


def test_the_schema_fixture_refuses_what_openclaw_refuses(
    validator: jsonschema.Draft7Validator,
) -> None:
    config = render("minimal")
    assert not validator.is_valid({**config, "foo": 1})
    assert not validator.is_valid({**config, "meta": {"lastTouchedAt": "now"}})
    assert not validator.is_valid({**config, "gateway": {"mode": "elsewhere"}})


@pytest.mark.parametrize("name", SPECS)
def test_the_rendered_config_is_valid_for_the_real_openclaw(
    name: str, validator: jsonschema.Draft7Validator
) -> None:
    errors = [f"{list(e.path)}: {e.message}" for e in validator.iter_errors(render(name))]
    assert errors == []


@pytest.mark.parametrize("name", SPECS)
def test_the_rendered_config_passes_our_own_check(name: str) -> None:
    config = render(name)
    _check.check_config(config, frozenset(_check.references(config)))


def test_our_known_keys_are_those_of_the_schema(validator: jsonschema.Draft7Validator) -> None:
    schema: Any = validator.schema
    assert set(schema["properties"]) == _check.TOP_LEVEL_KEYS
    for section, keys in _check.SECTION_KEYS.items():
        known = schema["properties"][section]
        if known.get("additionalProperties") is False:
            assert set(known["properties"]) <= keys, section


@pytest.mark.parametrize("name", ["minimal", "one provider"])
def test_a_single_agent_config_has_nothing_that_slows_the_first_start(name: str) -> None:
    assert not {"tools", "bindings", "channels", "env"} & set(render(name))


def test_no_secret_value_is_ever_in_the_rendered_config() -> None:
    secrets = ("sk-ant-secret", "123:telegram-secret", "m0-secret")
    spec = spec_from(
        {
            "slug": "acme",
            "providers": [{"name": "anthropic", "api_key": secrets[0]}],
            "telegram": {"enabled": True, "bot_token": secrets[1]},
            "mem0": {"enabled": True, "mode": "platform", "api_key": secrets[2]},
        }
    )
    config = _config.render(spec, LAYOUT, PORT)
    text = json.dumps(config)
    assert not [secret for secret in secrets if secret in text]
    assert set(_check.references(config)) == {
        "OPENCLAW_GW_AUTH_TOKEN",
        "ANTHROPIC_API_KEY",
        "TELEGRAM_BOT_TOKEN",
        "MEM0_API_KEY",
    }


@pytest.mark.parametrize("name", SPECS)
def test_the_gateway_is_local_on_loopback_with_token_auth(name: str) -> None:
    gateway = render(name)["gateway"]
    assert (gateway["mode"], gateway["bind"], gateway["port"]) == ("local", "loopback", PORT)
    assert gateway["auth"] == {"mode": "token", "token": "${OPENCLAW_GW_AUTH_TOKEN}"}
    assert gateway["trustedProxies"]


@pytest.mark.parametrize("name", SPECS)
def test_agents_are_keyed_with_main_and_absolute_workspaces_and_an_owner(name: str) -> None:
    agents = render(name)["agents"]
    assert next(iter(agents["entries"])) == "main"
    assert agents["ownership"] == "explicit"
    assert agents["defaults"]["heartbeat"]["agentId"] == "main"
    assert agents["defaults"]["systemAgent"] == {"agentId": "main"}
    for agent_id, entry in agents["entries"].items():
        assert entry["workspace"] == f"/opt/openclaw/.openclaw-acme/workspaces/{agent_id}"


@pytest.mark.parametrize("name", SPECS)
def test_a_gateway_does_not_announce_itself_nor_look_for_updates(name: str) -> None:
    config = render(name)
    assert config["discovery"] == {"mdns": {"mode": "off"}}
    assert config["update"] == {"checkOnStart": False}
    assert config["telemetry"] == {"enabled": False}


def test_several_agents_may_talk_to_each_other() -> None:
    allowed = {"enabled": True, "allow": ["main", "dev", "qa"]}
    assert render("several agents")["tools"]["agentToAgent"] == allowed


def test_telegram_belongs_to_the_main_agent() -> None:
    config = render("telegram")
    telegram = config["channels"]["telegram"]
    assert telegram["botToken"] == "${TELEGRAM_BOT_TOKEN}"
    assert telegram["allowFrom"] == ["987654321"]
    assert [b["agentId"] for b in config["bindings"]] == ["main"]
    assert "telegram" in config["plugins"]["allow"]


def test_mem0_is_the_memory_of_the_instance_with_a_collection_of_its_own() -> None:
    plugins = render("mem0 on own services")["plugins"]
    assert plugins["slots"] == {"memory": "openclaw-mem0"}
    mem0 = plugins["entries"]["openclaw-mem0"]["config"]
    assert mem0["userId"] == "acme"
    assert mem0["oss"]["vectorStore"]["config"]["collectionName"] == "mem0-acme"


def test_plugins_that_are_not_restricted_have_no_allow_list() -> None:
    spec = InstanceSpec("acme", plugins=PluginsSpec(restrict=False, deny=("browser",)))
    assert _config.render(spec, LAYOUT, PORT)["plugins"] == {"enabled": True, "deny": ["browser"]}


def test_what_an_instance_needs_is_allowed_once_each() -> None:
    allow = render("everything")["plugins"]["allow"]
    assert len(allow) == len(set(allow))
    assert {"anthropic", "openrouter", "telegram", "openclaw-mem0", "browser"} <= set(allow)


@pytest.mark.parametrize(
    ("providers", "model"),
    [
        ((), ""),
        ((ProviderSpec("openrouter"),), ""),
        ((ANTHROPIC,), "anthropic/claude-sonnet-4-6"),
        ((LOCAL, ANTHROPIC), "local-llm/small"),
        ((ProviderSpec("openrouter"), LOCAL), "local-llm/small"),
    ],
)
def test_the_default_model_is_the_first_that_a_provider_names(
    providers: tuple[ProviderSpec, ...], model: str
) -> None:
    assert _config.default_model(providers) == model
    defaults = _config.render(InstanceSpec("acme", providers=providers), LAYOUT, PORT)["agents"]
    assert defaults["defaults"].get("model", {}).get("primary", "") == model


def test_a_model_in_use_is_listed_with_its_provider() -> None:
    spec = InstanceSpec("acme", providers=(ANTHROPIC,), default_model="anthropic/claude-new-1")
    config = _config.render(spec, LAYOUT, PORT)
    ids = [m["id"] for m in config["models"]["providers"]["anthropic"]["models"]]
    assert "claude-new-1" in ids
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "extra",
    [
        {"gateway": {"port": 1}},
        {"gateway": {"mode": "remote"}},
        {"gateway": {"auth": {"mode": "none"}}},
        {"gateway": {"auth": None}},
        {"gateway": None},
        {"gateway": "remote"},
        {"gateway": []},
    ],
    ids=["port", "mode", "auth", "no auth", "no gateway", "a word", "a list"],
)
def test_the_extra_config_may_not_touch_port_mode_and_auth(extra: dict[str, Any]) -> None:
    with pytest.raises(ClawPilotError) as caught:
        _config.render(InstanceSpec("acme", config=extra), LAYOUT, PORT)
    assert caught.value.code == "CONFIG_PROTECTED"
    assert "gateway" in caught.value.message


def test_the_extra_config_is_merged_over_ours_and_null_removes() -> None:
    no_page = {"controlUi": {"enabled": False}}
    extra = {"update": None, "gateway": no_page, "cron": {"enabled": True}}
    config = _config.render(InstanceSpec("acme", config=extra), LAYOUT, PORT)
    assert "update" not in config
    assert config["gateway"]["controlUi"] == {"enabled": False}
    assert config["gateway"]["port"] == PORT
    assert config["cron"] == {"enabled": True}


def test_a_null_removes_also_in_a_section_that_we_do_not_render() -> None:
    spec = InstanceSpec("acme", config={"hooks": {"enabled": True, "path": None}})
    assert _config.render(spec, LAYOUT, PORT)["hooks"] == {"enabled": True}


def test_the_extra_config_of_the_specification_is_left_untouched() -> None:
    extra = {"logging": {"level": "debug"}}
    _config.render(InstanceSpec("acme", config=extra), LAYOUT, PORT)
    assert extra == {"logging": {"level": "debug"}}
