# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a config says of its instance, in our words and without its secrets. Pure.

Private to the claw.pilot collection. Python 3.9 or later.

Reads today's shape (agents.entries) and that of February 2026 (agents.list). A config is
somebody else's: any value may be of any type, and what makes no sense counts as not there.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Collection, Mapping
from typing import Any

from ._model import MAIN_AGENT
from ._ports import HIGHEST, RANGE_START

_REFERENCE = re.compile(r"(?<!\$)\$\{([A-Z_][A-Z0-9_]*)\}")
_BOT_NAME = re.compile(r"@?([A-Za-z0-9_]{2,29}bot)\Z", re.IGNORECASE)  # as Telegram has them
# Not plugins: mem0 writes its settings into the default folder of whoever runs it.
_OWN_KEYS = ("gateway", "agents", "channels", "models", "bindings")
WEAK_LENGTH = 16
_PLACEHOLDERS = frozenset("undefined null none".split())
_KNOWN_BAD = re.compile(r"change.?me|secret|password|example|your.?token|placeholder|test", re.I)


def dig(value: Any, *keys: str) -> Any:
    """value[key][key]..., None where there is no such place."""
    for key in keys:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def looks_like_openclaw(config: Mapping[str, Any]) -> bool:
    """Whether it is more than a stray file: it says something of a gateway or of its agents."""
    return any(isinstance(config.get(key), (Mapping, list)) for key in _OWN_KEYS)


def port_of(config: Mapping[str, Any]) -> int:
    """gateway.port, else OpenClaw's own default; 0 for a port that is none."""
    port = dig(config, "gateway", "port")
    if port is None:
        return RANGE_START
    if isinstance(port, bool) or not isinstance(port, (int, float)):
        return 0
    # 18790.0 and 1.879e4 are whole numbers to OpenClaw, too.
    return int(port) if 0 < port <= HIGHEST and port == int(port) else 0


def summary(
    config: Mapping[str, Any], state_dir: str, home: str, variables: Collection[str]
) -> dict[str, Any]:
    """The facts of the instance shape that its config tells.

    variables: names that are set for it in the .env file or its environment.
    """
    variables = {*variables, *_own_variables(config)}
    return {
        "bind": _text(dig(config, "gateway", "bind")) or "default",
        "default_model": model(dig(config, "agents", "defaults", "model")),
        "providers": sorted(map(str, _mapping(dig(config, "models", "providers")))),
        "agents": agents(config, state_dir, home),
        "telegram": telegram(config, variables),
        "mem0": {"enabled": mem0_enabled(config)},
        "auth": auth(config, variables),
        "log_path": expand(_text(dig(config, "logging", "file")), home),
    }


def _own_variables(config: Mapping[str, Any]) -> set[str]:
    """Names of the variables that the config itself sets, today's way and that of February."""
    old = _mapping(config.get("env"))
    values = {**old, **_mapping(old.get("vars"))}
    return {name for name, v in values.items() if _text(v) and not _REFERENCE.search(_text(v))}


def base_path(config: Mapping[str, Any]) -> str:
    return _text(dig(config, "gateway", "controlUi", "basePath")).rstrip("/")


def model(value: Any) -> str:
    """A model is a string or {"primary": ..., "fallbacks": [...]}."""
    return _text(value.get("primary")) if isinstance(value, Mapping) else _text(value)


def expand(path: str, home: str) -> str:
    return home + path[1:] if path == "~" or path.startswith("~/") else path


def agents(config: Mapping[str, Any], state_dir: str, home: str) -> list[dict[str, Any]]:
    """All agents, the default one first; an instance without a list has `main`."""
    listed = list(_listed(config)) or [(MAIN_AGENT, {})]
    default = _default_agent(config, listed)
    found = [
        {
            "id": agent_id,
            "name": _text(entry.get("name")) or agent_id,
            "model": model(entry.get("model")),
            "workspace": _own_workspace(entry, state_dir, home)
            or _default_workspace(config, agent_id, agent_id == default, state_dir, home),
            "is_default": agent_id == default,
        }
        for agent_id, entry in listed
    ]
    return sorted(found, key=lambda agent: not agent["is_default"])


def _listed(config: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    entries = dig(config, "agents", "entries")
    if isinstance(entries, Mapping):
        return [(str(agent_id), _mapping(entry)) for agent_id, entry in entries.items()]
    old = dig(config, "agents", "list")
    items = [item for item in old if isinstance(item, Mapping)] if isinstance(old, list) else []
    return [(item["id"], item) for item in items if _text(item.get("id"))]


def _default_agent(config: Mapping[str, Any], listed: list[tuple[str, Mapping[str, Any]]]) -> str:
    """Today's owner of what belongs to nobody else, the marked one of old, `main`, the first."""
    ids = [agent_id for agent_id, _entry in listed]
    marked = [agent_id for agent_id, entry in listed if entry.get("default") is True]
    owner = _text(dig(config, "agents", "defaults", "systemAgent", "agentId"))
    for agent_id in (owner, *marked, MAIN_AGENT):
        if agent_id in ids:
            return agent_id
    return ids[0]


def _own_workspace(entry: Mapping[str, Any], state_dir: str, home: str) -> str:
    own = expand(_text(entry.get("workspace")), home)
    return os.path.join(state_dir, own) if own else ""


def _default_workspace(
    config: Mapping[str, Any], agent_id: str, is_default: bool, state_dir: str, home: str
) -> str:
    """Where OpenClaw has an agent work: the default agent in the default place, each other one
    below it; without a default place, in folders side by side.
    """
    shared = expand(_text(dig(config, "agents", "defaults", "workspace")), home)
    if is_default:
        return shared or os.path.join(state_dir, "workspace")
    if shared:
        return os.path.join(shared, agent_id)
    return os.path.join(state_dir, f"workspace-{agent_id}")


def telegram(config: Mapping[str, Any], variables: Collection[str]) -> dict[str, Any]:
    """enabled, the bot's name if the config has it, and where its token comes from."""
    settings = _mapping(dig(config, "channels", "telegram"))
    # A section without `enabled` counts as on, as OpenClaw has it.
    enabled = bool(settings) and settings.get("enabled") is not False
    if not enabled:
        return {"enabled": False, "bot": "", "token": "missing"}
    accounts = [settings, *map(_mapping, _mapping(settings.get("accounts")).values())]
    names = (_text(account.get(key)) for account in accounts for key in ("botUsername", "name"))
    name = next((match.group(1) for match in map(_BOT_NAME.match, names) if match), "")
    words = [_bot_token(account, variables) for account in accounts]
    token = next((word for word in words if word != "missing"), "missing")
    if token == "missing" and "TELEGRAM_BOT_TOKEN" in variables:
        token = "reference"
    return {"enabled": True, "bot": f"@{name}" if name else "", "token": token}


def _bot_token(account: Mapping[str, Any], variables: Collection[str]) -> str:
    if _text(account.get("tokenFile")):
        return "file"
    word = secret_word(account.get("botToken"), variables)
    return "literal" if word == "weak" else word


def mem0_enabled(config: Mapping[str, Any]) -> bool:
    slot = dig(config, "plugins", "slots", "memory")
    entry = _mapping(dig(config, "plugins", "entries", "openclaw-mem0"))
    return slot == "openclaw-mem0" or entry.get("enabled") is True


def auth(config: Mapping[str, Any], variables: Collection[str]) -> dict[str, str]:
    """How clients prove themselves; `secret` says what the secret is like, never what it is."""
    settings = _mapping(dig(config, "gateway", "auth"))
    mode = _text(settings.get("mode"))
    mode = mode or ("password" if "password" in settings else "token")
    value = settings.get("password" if mode == "password" else "token")
    word = secret_word(value, variables)
    if word == "missing" and "OPENCLAW_GATEWAY_" + mode.upper() in variables:
        word = "reference"
    return {"mode": mode, "secret": word}


def is_placeholder(value: str) -> bool:
    """Whether it is none: empty, or what a script writes that had none."""
    return not value.strip() or value.strip().lower() in _PLACEHOLDERS


def secret_word(value: Any, variables: Collection[str]) -> str:
    """reference, literal, unset (refers to what nothing sets), missing, weak or undefined."""
    if isinstance(value, Mapping):  # SecretRef {source, provider, id}
        name = _text(value.get("id"))
        known = value.get("source") != "env" or name in variables
        return "reference" if known else "unset"
    if not isinstance(value, str) or not value.strip():
        return "missing"
    if value.strip().lower() in _PLACEHOLDERS:
        return "undefined"
    names = _REFERENCE.findall(value)
    if names:
        return "reference" if all(name in variables for name in names) else "unset"
    return "weak" if len(value) < WEAK_LENGTH or _KNOWN_BAD.search(value) else "literal"
