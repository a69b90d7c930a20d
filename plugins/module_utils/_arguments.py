# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Options of the openclaw_instance module, and the way from them to a specification. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ._log_lines import LEVELS
from ._model import (
    MEM0_KEY_VARIABLE,
    NODE_WHEEL_VERSION,
    TELEGRAM_TOKEN_VARIABLE,
    ProviderSpec,
    check_variable,
)
from ._ports import RANGE_END, RANGE_START, STEP

STATES = ("present", "started", "stopped", "restarted", "absent")
SERVICE_MANAGERS = ("auto", "systemd", "supervisor")


def _strings(**more: Any) -> dict[str, Any]:
    return {"type": "list", "elements": "str", **more}


def _suboptions(**options: Any) -> dict[str, Any]:
    return {"type": "dict", "options": options}


_TEXT = {"type": "str"}
_SECRET = {"type": "str", "no_log": True}
_BOOL = {"type": "bool"}
_INT = {"type": "int"}

# Mappings that may hold secrets anywhere. From a play they come as one text, the option PRIVATE.
PRIVATE_OPTIONS = ("config", "environment")
PRIVATE = "private_json"
PRIVATE_ARGUMENT: dict[str, Any] = {PRIVATE: {"type": "str", "no_log": True}}

HOME_ARGUMENTS: dict[str, Any] = {
    "openclaw_user": _TEXT,
    "openclaw_home": _TEXT,
    "prefix": _TEXT,
}

MORE_HOMES_ARGUMENT = _strings(default=[])

ADOPTED_ARGUMENT = _suboptions(state_dir={"type": "str", "required": True})

LOG_ARGUMENTS: dict[str, Any] = {
    "slug": {"type": "str", "required": True},
    "openclaw_user": _TEXT,
    "openclaw_home": _TEXT,
    "adopted": ADOPTED_ARGUMENT,
    "lines": {"type": "int", "default": 100},
    "level": {"type": "str", "choices": list(LEVELS), "default": "info"},
    "cursor": {"type": "dict"},
}

TOKEN_ARGUMENTS: dict[str, Any] = {
    "slug": {"type": "str", "required": True},
    "openclaw_user": _TEXT,
    "openclaw_home": _TEXT,
    "adopted": ADOPTED_ARGUMENT,
}

RUNTIME_ARGUMENTS: dict[str, Any] = {
    **HOME_ARGUMENTS,
    "openclaw_version": {"type": "str", "default": ""},
    "slug": _TEXT,
    "node_source": {"type": "str", "choices": ["wheel", "system"], "default": "wheel"},
    "node_version": {"type": "str", "default": NODE_WHEEL_VERSION},
    "service_manager": {"type": "str", "choices": list(SERVICE_MANAGERS), "default": "auto"},
    "minimum_disk_mb": {"type": "int", "default": 2000},
    "minimum_memory_mb": {"type": "int", "default": 700},
    "environment": {"type": "dict", "default": {}},
    **PRIVATE_ARGUMENT,
}

INSTANCE_ARGUMENTS: dict[str, Any] = {
    **HOME_ARGUMENTS,
    "slug": {"type": "str", "required": True},
    "state": {"type": "str", "choices": list(STATES), "default": "present"},
    "display_name": _TEXT,
    "port": _INT,
    "port_range_start": {"type": "int", "default": RANGE_START},
    "port_range_end": {"type": "int", "default": RANGE_END},
    "port_step": {"type": "int", "default": STEP},
    "reserved_ports": {"type": "list", "elements": "int", "default": []},
    "agents": {
        "type": "list",
        "elements": "dict",
        "options": {
            "id": {"type": "str", "required": True},
            "name": _TEXT,
            "model": _TEXT,
            "tools_profile": {"type": "str", "choices": ["minimal", "coding", "messaging", "full"]},
            "workspace": _TEXT,
        },
    },
    "default_model": _TEXT,
    "providers": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "api_key": _SECRET,
            "key_required": {"type": "bool", "no_log": False},
            "base_url": _TEXT,
            "api": _TEXT,
            "models": {"type": "list", "elements": "dict"},
        },
    },
    "telegram": _suboptions(
        enabled=_BOOL,
        bot_token=_SECRET,
        dm_policy={"type": "str", "choices": ["pairing", "allowlist", "open", "disabled"]},
        group_policy={"type": "str", "choices": ["open", "disabled", "allowlist"]},
        allow_from=_strings(),
        api_root=_TEXT,
    ),
    "mem0": _suboptions(
        enabled=_BOOL,
        mode={"type": "str", "choices": ["open-source", "platform"]},
        api_key=_SECRET,
        user_id=_TEXT,
        ollama_url=_TEXT,
        embedder_model=_TEXT,
        llm_model=_TEXT,
        qdrant_host=_TEXT,
        qdrant_port=_INT,
    ),
    "plugins": _suboptions(restrict=_BOOL, allow=_strings(), deny=_strings()),
    "control_ui": _suboptions(enabled=_BOOL, base_path=_TEXT, allowed_origins=_strings()),
    "trusted_proxies": _strings(),
    "heartbeat": _TEXT,
    "heap_limit_mb": _INT,
    "config": {"type": "dict"},
    "environment": {"type": "dict", "no_log": True},
    **PRIVATE_ARGUMENT,
    "openclaw_version": _TEXT,
    "service_manager": {"type": "str", "choices": list(SERVICE_MANAGERS), "default": "auto"},
    "projects_root": _TEXT,
    "secrets_from": {"type": "str", "no_log": False},
    "workspace_templates": {"type": "path"},
    "workspace_files": {"type": "dict", "default": {}},
    "wait": {"type": "str", "choices": ["none", "live", "ready"], "default": "ready"},
    "start_timeout": {"type": "int"},
    "stop_timeout": _INT,
    "validate": {"type": "str", "choices": ["quick", "strict"], "default": "quick"},
    "backup_dir": _TEXT,
    "adopted": _suboptions(
        state_dir={"type": "str", "required": True}, openclaw_home=_TEXT, openclaw_user=_TEXT
    ),
    "take_over": {"type": "bool", "default": False},
    "confirm": _TEXT,
}

_SPEC_OPTIONS = (
    "slug",
    "display_name",
    "port",
    "agents",
    "default_model",
    "providers",
    "telegram",
    "mem0",
    "plugins",
    "control_ui",
    "trusted_proxies",
    "heartbeat",
    "heap_limit_mb",
    "stop_timeout",
    "config",
)


def spec_options(params: Mapping[str, Any]) -> dict[str, Any]:
    """The options that make up a specification, as far as they are given; no secret in it."""
    return {name: params[name] for name in _SPEC_OPTIONS if params.get(name) is not None}


def unfolded(params: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a module with those that came as one text in their places."""
    return {**params, **json.loads(params.get(PRIVATE) or "{}")}


def given_secrets(params: Mapping[str, Any]) -> dict[str, str]:
    """Variable name -> value of all secrets that the options hold."""
    secrets: dict[str, str] = {}
    for provider in params.get("providers") or ():
        if provider.get("api_key"):
            secrets[ProviderSpec(provider["name"]).key_variable] = provider["api_key"]
    for option, key, variable in (
        ("telegram", "bot_token", TELEGRAM_TOKEN_VARIABLE),
        ("mem0", "api_key", MEM0_KEY_VARIABLE),
    ):
        value = (params.get(option) or {}).get(key)
        if value:
            secrets[variable] = value
    for name, value in (params.get("environment") or {}).items():
        secrets[check_variable(name)] = "" if value is None else str(value)
    return secrets
