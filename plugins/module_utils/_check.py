# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Refuse what a gateway would refuse or misread, in a sentence, before anything is written. Pure.

Private to the claw.pilot collection. Python 3.9 or later. Keys are those of OpenClaw 2026.9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ._model import TELEGRAM_TOKEN_VARIABLE, ClawPilotError, InstanceSpec, ProviderSpec

TOP_LEVEL_KEYS = frozenset(
    "$schema accessGroups acp agents approvals attachments auth bindings broadcast browser "
    "channels cloudWorkers commands cron desktop diagnostics discovery env gateway hooks logging "
    "mcp memory messages meta models nodeHost plugins proxy secrets security session skills "
    "surfaces talk telemetry tools transcripts tts ui update wizard worktreeAcceleration "
    "worktreeRoot".split()
)
SECTION_KEYS = {
    "agents": frozenset(("ownership", "defaults", "entries", "list")),
    "gateway": frozenset(
        "port mode bind customBindHost publicOrigin portals controlUi cliAgents terminal auth "
        "roles trustedProxies allowRealIpFallback tools tailscale remote reload tls http push "
        "nodes".split()
    ),
    "models": frozenset(("mode", "providers", "catalogRefresh")),
    "plugins": frozenset(("enabled", "allow", "deny", "load", "slots", "entries")),
}
_REFERENCE = re.compile(r"(?<!\$)\$\{([A-Z_][A-Z0-9_]*)\}")


def check_spec(spec: InstanceSpec, available: frozenset[str]) -> None:
    """Every model has its provider, every provider and channel its secret.

    available: names of the variables that are or will be set. Raises ClawPilotError.
    """
    providers = {provider.name: provider for provider in spec.providers}
    refs = {f"agent {a.id!r}": a.model for a in spec.agents if a.model}
    if spec.default_model:
        refs = {"default_model": spec.default_model, **refs}
    for where, ref in refs.items():
        _check_model(where, ref, providers)
    for provider in spec.providers:
        if provider.key_required and provider.key_variable not in available:
            raise ClawPilotError(
                "MODEL_WITHOUT_KEY",
                f"The provider {provider.name!r} has no API key ({provider.key_variable}).",
                "Give its api_key, name an instance to copy it from with secrets_from, "
                "or set key_required to false for a provider that wants none.",
            )
    if spec.telegram.enabled and TELEGRAM_TOKEN_VARIABLE not in available:
        raise ClawPilotError(
            "TELEGRAM_WITHOUT_TOKEN",
            "Telegram is enabled, but there is no bot token.",
            "Give telegram.bot_token as BotFather showed it.",
        )
    if spec.telegram.dm_policy == "allowlist" and not spec.telegram.allow_from:
        raise ClawPilotError(
            "TELEGRAM_WITHOUT_SENDERS",
            "Telegram's dm_policy is allowlist, but allow_from is empty: nobody could write.",
            "List the ids of those who may, or use the policy pairing.",
        )


def _check_model(where: str, ref: str, providers: dict[str, ProviderSpec]) -> None:
    name, _slash, model = ref.partition("/")
    if not name or not model:
        raise ClawPilotError(
            "INVALID_MODEL",
            f"The model {ref!r} of {where} is not written as PROVIDER/MODEL.",
            "Write it like anthropic/claude-sonnet-4-6.",
        )
    if name not in providers:
        raise ClawPilotError(
            "MODEL_WITHOUT_KEY",
            f"The model {ref!r} of {where} needs the provider {name!r}, which has no key here.",
            f"Add {name!r} to providers with its api_key (anthropic_api_key in the playbook).",
        )
    listed = {m["id"] for m in providers[name].models}
    if listed and providers[name].base_url and model not in listed:
        raise ClawPilotError(
            "UNKNOWN_MODEL",
            f"The model {ref!r} of {where} is not among the models of provider {name!r}.",
            f"Add it to that provider's models, or use one of: {', '.join(sorted(listed))}.",
        )


def references(value: Any) -> Iterator[str]:
    """Names of all ${VAR} references in the config's strings; $${VAR} is an escape."""
    if isinstance(value, str):
        yield from _REFERENCE.findall(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def check_config(config: dict[str, Any], available: frozenset[str]) -> None:
    """Refuse what a gateway would refuse or misread: keys, references, unset variables."""
    _check_keys("openclaw.json", config, TOP_LEVEL_KEYS)
    for section, keys in SECTION_KEYS.items():
        if section in config:
            if not isinstance(config[section], dict):
                _invalid(f"{section} in openclaw.json must be a mapping.")
            _check_keys(section, config[section], keys)
    for name in references(config):
        if name not in available:
            raise ClawPilotError(
                "UNSET_VARIABLE",
                f"openclaw.json refers to ${{{name}}}, which is not set.",
                "Set it through environment or the option it belongs to; a gateway that "
                "starts without it runs with a random token.",
            )
    _check_agents(config)


def _check_keys(where: str, section: dict[str, Any], known: frozenset[str]) -> None:
    for key in section:
        if key not in known:
            _invalid(f"{where} has the unknown key {key!r}.")


def _check_agents(config: dict[str, Any]) -> None:
    agents = _mapping(config, "agents")
    entries = _mapping(agents, "entries", "agents")
    for agent in entries:
        _mapping(entries, agent, "agents.entries")
    for where, name in _named_agents(config, agents):
        if name is not None and (not isinstance(name, str) or name not in entries):
            _invalid(f"{where} names the agent {name!r}, which does not exist.")


def _named_agents(
    config: dict[str, Any], agents: dict[str, Any]
) -> Iterator[tuple[str, str | None]]:
    """Where the config names an agent, and which."""
    defaults = _mapping(agents, "defaults", "agents")
    for key in ("heartbeat", "systemAgent"):
        section = _mapping(defaults, key, "agents.defaults")
        yield f"agents.defaults.{key}.agentId", section.get("agentId")
    for index, binding in enumerate(_items(config, "bindings", "", dict)):
        yield f"bindings[{index}].agentId", binding.get("agentId")
    between = _mapping(_mapping(config, "tools"), "agentToAgent", "tools")
    for agent in _items(between, "allow", "tools.agentToAgent", str):
        yield "tools.agentToAgent.allow", None if "*" in agent else agent


def _mapping(parent: dict[str, Any], key: str, where: str = "") -> dict[str, Any]:
    value = parent.get(key, {})
    if not isinstance(value, dict):
        _invalid(f"{'.'.join(filter(None, (where, key)))} in openclaw.json must be a mapping.")
    return dict(value)


def _items(parent: dict[str, Any], key: str, where: str, kind: type) -> list[Any]:
    value = parent.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        name = ".".join(filter(None, (where, key)))
        _invalid(f"{name} in openclaw.json must be a list of {kind.__name__} items.")
    return list(value)


def _invalid(message: str) -> None:
    raise ClawPilotError(
        "CONFIG_INVALID",
        message,
        "Correct the option or the extra config; nothing was written.",
    )
