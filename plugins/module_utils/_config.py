# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Render openclaw.json. Pure: a specification in, plain data out.

Private to the claw.pilot collection. Python 3.9 or later. Shapes follow OpenClaw 2026.9
(`openclaw config schema`). Top-level keys that a first start need not migrate are preferred:
a fresh gateway whose config has no `tools`, `bindings`, `channels` or `env` skips its state
migrations and is live about a quarter sooner.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ._model import (
    GATEWAY_TOKEN_VARIABLE,
    MAIN_AGENT,
    MEM0_KEY_VARIABLE,
    TELEGRAM_TOKEN_VARIABLE,
    AgentSpec,
    ClawPilotError,
    InstanceSpec,
    Layout,
    Mem0Spec,
    ProviderSpec,
)

MEM0_PLUGIN = "openclaw-mem0"
MEM0_TELEMETRY = "MEM0_TELEMETRY"  # the variable that turns its reports to PostHog off
LOG_MAX_BYTES = 20_000_000

PROTECTED = (("gateway", "mode"), ("gateway", "port"), ("gateway", "auth"))

_PROVIDER_PLUGINS = frozenset(
    "alibaba anthropic deepgram fal google huggingface litellm lmstudio microsoft-foundry minimax "
    "nvidia ollama openai opencode-go openrouter sglang together vllm xai".split()
)
_BASE_PLUGINS = ("memory-core", "device-pair")
_KNOWN_PROVIDERS: dict[str, dict[str, Any]] = {
    "anthropic": {
        "baseUrl": "https://api.anthropic.com",
        "api": "anthropic-messages",
        "models": [
            {"id": "claude-sonnet-4-6", "name": "Claude Sonnet 4.6"},
            {"id": "claude-opus-4-6", "name": "Claude Opus 4.6"},
            {"id": "claude-haiku-4-5-20251001", "name": "Claude Haiku 4.5"},
        ],
    },
}


def default_model(providers: tuple[ProviderSpec, ...]) -> str:
    """PROVIDER/ID of the first model of the first provider that names one, or ''."""
    for provider in providers:
        models = provider.models or _KNOWN_PROVIDERS.get(provider.name, {}).get("models", ())
        if models:
            return f"{provider.name}/{models[0]['id']}"
    return ""


def render(
    spec: InstanceSpec, layout: Layout, port: int, mem0_installed: bool = True
) -> dict[str, Any]:
    """The complete openclaw.json of the specification; secrets only as ${VAR}.

    mem0_installed: whether the state directory has the plugin; settings of a plugin that is
    missing would have the gateway start degraded, so they are left out until it is there.
    """
    if not mem0_installed:
        spec = replace(spec, mem0=replace(spec.mem0, enabled=False))
    config: dict[str, Any] = {
        "agents": _agents(spec, layout),
        "gateway": _gateway(spec, port),
        "plugins": _plugins(spec),
        "logging": {
            "file": layout.log_path,
            "maxFileBytes": LOG_MAX_BYTES,
            "consoleLevel": "warn",
        },
        "discovery": {"mdns": {"mode": "off"}},
        "update": {"checkOnStart": False},
        "telemetry": {"enabled": False},
    }
    if spec.providers:
        config["models"] = {"mode": "merge", "providers": _providers(spec)}
    if len(spec.agents) > 1:
        ids = [agent.id for agent in spec.agents]
        config["tools"] = {"agentToAgent": {"enabled": True, "allow": ids}}
    if spec.mem0.enabled:
        config["env"] = {"vars": {MEM0_TELEMETRY: "false"}}  # a .env file has the last word
    if spec.telegram.enabled:
        config["channels"] = {"telegram": _telegram(spec)}
        config["bindings"] = [
            {"agentId": MAIN_AGENT, "match": {"channel": "telegram", "accountId": "*"}}
        ]
    return _with_extra(config, spec.config)


def _agents(spec: InstanceSpec, layout: Layout) -> dict[str, Any]:
    model = spec.default_model or default_model(spec.providers)
    main = next(agent for agent in spec.agents if agent.id == MAIN_AGENT)
    defaults: dict[str, Any] = {
        "workspace": workspace(main, layout),
        "skipBootstrap": True,
        "heartbeat": {"every": spec.heartbeat, "agentId": MAIN_AGENT},
        "systemAgent": {"agentId": MAIN_AGENT},
    }
    if model:
        defaults["model"] = {"primary": model}
    entries = {agent.id: _agent(agent, layout) for agent in spec.agents}
    return {"ownership": "explicit", "defaults": defaults, "entries": entries}


def workspace(agent: AgentSpec, layout: Layout) -> str:
    """Where an agent works."""
    return agent.workspace or layout.workspace(agent.id)


def _agent(agent: AgentSpec, layout: Layout) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": agent.name, "workspace": workspace(agent, layout)}
    if agent.model:
        entry["model"] = {"primary": agent.model}
    if agent.tools_profile:
        entry["tools"] = {"profile": agent.tools_profile}
    return entry


def _gateway(spec: InstanceSpec, port: int) -> dict[str, Any]:
    control_ui: dict[str, Any] = {"enabled": spec.control_ui.enabled}
    if spec.control_ui.base_path:
        control_ui["basePath"] = spec.control_ui.base_path
    if spec.control_ui.allowed_origins:
        control_ui["allowedOrigins"] = list(spec.control_ui.allowed_origins)
    return {
        "mode": "local",
        "port": port,
        "bind": "loopback",
        "auth": {"mode": "token", "token": f"${{{GATEWAY_TOKEN_VARIABLE}}}"},
        "trustedProxies": list(spec.trusted_proxies),
        "controlUi": control_ui,
    }


def _providers(spec: InstanceSpec) -> dict[str, Any]:
    used = {agent.model for agent in spec.agents if agent.model}
    used.add(spec.default_model or default_model(spec.providers))
    return {provider.name: _provider(provider, used) for provider in spec.providers}


def _provider(provider: ProviderSpec, used: set[str]) -> dict[str, Any]:
    known = _KNOWN_PROVIDERS.get(provider.name, {})
    entry: dict[str, Any] = {}
    base_url = provider.base_url or known.get("baseUrl", "")
    api = provider.api or known.get("api", "")
    if base_url:
        entry["baseUrl"] = base_url
    if api:
        entry["api"] = api
    if provider.key_required:
        entry["apiKey"] = f"${{{provider.key_variable}}}"
    models = [{"name": m["id"], **m} for m in provider.models] or list(known.get("models", ()))
    if models:
        listed = {model["id"] for model in models}
        ids = (ref.partition("/")[2] for ref in sorted(used) if _provider_of(ref) == provider.name)
        entry["models"] = models + [{"id": i, "name": i} for i in ids if i not in listed]
    return entry


def _telegram(spec: InstanceSpec) -> dict[str, Any]:
    telegram: dict[str, Any] = {
        "enabled": True,
        "botToken": f"${{{TELEGRAM_TOKEN_VARIABLE}}}",
        "dmPolicy": spec.telegram.dm_policy,
        "groupPolicy": spec.telegram.group_policy,
    }
    allowed = list(spec.telegram.allow_from)
    if spec.telegram.dm_policy == "open" and "*" not in allowed:
        allowed.append("*")  # what OpenClaw wants beside an open policy
    if allowed:
        telegram["allowFrom"] = allowed
    if spec.telegram.api_root:
        telegram["apiRoot"] = spec.telegram.api_root
    return telegram


def _plugins(spec: InstanceSpec) -> dict[str, Any]:
    plugins: dict[str, Any] = {"enabled": True}
    if spec.plugins.restrict:
        allow = [p.name for p in spec.providers if p.name in _PROVIDER_PLUGINS]
        allow += _BASE_PLUGINS
        allow += ["telegram"] if spec.telegram.enabled else []
        allow += [MEM0_PLUGIN] if spec.mem0.enabled else []
        plugins["allow"] = list(dict.fromkeys((*allow, *spec.plugins.allow)))
    if spec.plugins.deny:
        plugins["deny"] = list(spec.plugins.deny)
    if spec.mem0.enabled:
        plugins["slots"] = {"memory": MEM0_PLUGIN}
        plugins["entries"] = {
            MEM0_PLUGIN: {
                "enabled": True,
                "config": mem0_settings(spec.mem0, spec.slug),
                "hooks": {"allowConversationAccess": True},  # without it, it hears nothing
            }
        }
    return plugins


def mem0_settings(mem0: Mem0Spec, slug: str) -> dict[str, Any]:
    """The config of the mem0 plugin; secrets only as ${VAR}."""
    config: dict[str, Any] = {"mode": mem0.mode, "userId": mem0.user_id or slug}
    if mem0.mode == "platform":
        return {**config, "apiKey": f"${{{MEM0_KEY_VARIABLE}}}"}
    ollama = {"url": mem0.ollama_url}
    store = {"host": mem0.qdrant_host, "port": mem0.qdrant_port, "collectionName": f"mem0-{slug}"}
    config["oss"] = {
        "embedder": {"provider": "ollama", "config": {"model": mem0.embedder_model, **ollama}},
        "vectorStore": {"provider": "qdrant", "config": store},
        "llm": {"provider": "ollama", "config": {"model": mem0.llm_model, **ollama}},
    }
    return config


def _with_extra(config: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    for section, key in PROTECTED:
        if section in extra and (not isinstance(extra[section], dict) or key in extra[section]):
            raise ClawPilotError(
                "CONFIG_PROTECTED",
                f"The extra config may not set {section}.{key}.",
                "Use the module's own options for port and secrets.",
            )
    return _deep(config, extra)


def _deep(base: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    """extra merged over base; a null removes a key."""
    merged = dict(base)
    for key, value in extra.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            inner = base.get(key)
            merged[key] = _deep(inner if isinstance(inner, dict) else {}, value)
        else:
            merged[key] = value
    return merged


UNITS = (("agents", "entries"), ("models", "providers"))


def drop_units(
    config: dict[str, Any], rendered: dict[str, Any], previous: dict[str, Any]
) -> dict[str, Any]:
    """The merged config without agents and providers that only an earlier run wanted.

    Each goes whole, with what OpenClaw or a person added to it: a rest would live on.
    """
    for section, part in UNITS:
        old = previous.get(section, {}).get(part, {})
        new = rendered.get(section, {}).get(part, {})
        there = config.get(section, {}).get(part, {})
        for name in set(old) - set(new):
            there.pop(name, None)
    return config


def _provider_of(ref: str) -> str:
    return ref.partition("/")[0]
