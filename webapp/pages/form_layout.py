# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order the form of a new instance asks, and in whose words; not what may be answered.

An entry is the name of a playbook variable, with a dot for an option of it (`telegram.dm_policy`).
What a field is, its help, its choices and its default come from the roles' argument specifications.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """A part of the form. lead: one sentence below its title; advanced: folded away at first."""

    key: str
    title: str
    lead: str
    fields: tuple[str, ...]
    advanced: bool = False


GROUPS = (
    Group("identity", "Name", "How the instance is told from others.", ("slug", "display_name")),
    Group("place", "Place", "Which machine it runs on, and where it listens.", ("gateway_port",)),
    Group(
        "models",
        "Model and keys",
        "What its agents think with. Keys go to the instance's .env on its host, nowhere else.",
        ("default_model", "providers", "secrets_from"),
    ),
    Group(
        "agents",
        "Agents",
        'Every instance has the agent "main". Add more for separate roles and workspaces.',
        ("agents",),
    ),
    Group(
        "channels",
        "Telegram and address",
        "How people reach it. Both can be added later.",
        ("telegram.bot_token", "domain"),
    ),
    Group(
        "memory",
        "Long-term memory",
        "With mem0, agents remember facts from one conversation to the next.",
        ("mem0.enabled", "mem0.mode", "mem0.api_key"),
    ),
    Group(
        "service",
        "User and service",
        "Whose the instance is, and what keeps it running.",
        (
            "openclaw_user",
            "openclaw_home",
            "service_manager",
            "openclaw_version",
            "node_source",
            "prefix",
            "projects_root",
        ),
        advanced=True,
    ),
    Group(
        "telegram",
        "Telegram in detail",
        "Who may write to the bot.",
        (
            "telegram.dm_policy",
            "telegram.group_policy",
            "telegram.allow_from",
            "telegram.api_root",
        ),
        advanced=True,
    ),
    Group(
        "mem0",
        "mem0 in detail",
        "Where Ollama and Qdrant are, when they are not on the host.",
        (
            "mem0.user_id",
            "mem0.ollama_url",
            "mem0.embedder_model",
            "mem0.llm_model",
            "mem0.qdrant_host",
            "mem0.qdrant_port",
        ),
        advanced=True,
    ),
    Group(
        "gateway",
        "Gateway and plugins",
        "What OpenClaw serves and loads.",
        (
            "control_ui.enabled",
            "control_ui.base_path",
            "control_ui.allowed_origins",
            "trusted_proxies",
            "plugins.restrict",
            "plugins.allow",
            "plugins.deny",
            "heartbeat",
            "heap_limit_mb",
        ),
        advanced=True,
    ),
    Group(
        "expert",
        "Files and start",
        "More for openclaw.json and .env, and how patiently to wait.",
        (
            "config",
            "instance_environment",
            "validate",
            "wait",
            "start_timeout",
            "stop_timeout",
        ),
        advanced=True,
    ),
)

# The name in words is the label, except where people say it otherwise.
LABELS = {
    "slug": "Slug",
    "providers": "API keys",
    "providers.name": "Provider",
    "providers.api_key": "API key",
    "providers.base_url": "API address",
    "providers.api": "Kind of API",
    "secrets_from": "Copy keys from",
    "agents.id": "Id",
    "agents.tools_profile": "Tools",
    "telegram.bot_token": "Telegram bot token",
    "telegram.dm_policy": "Direct messages",
    "telegram.group_policy": "Groups",
    "telegram.allow_from": "Let in without pairing",
    "telegram.api_root": "Bot API address",
    "domain": "Domain of a reverse proxy",
    "mem0.enabled": "Use mem0",
    "mem0.mode": "Where memories live",
    "mem0.api_key": "mem0 API key",
    "mem0.user_id": "Memories of",
    "mem0.ollama_url": "Ollama address",
    "mem0.embedder_model": "Model for embeddings",
    "mem0.llm_model": "Model that extracts",
    "openclaw_user": "System user",
    "openclaw_home": "Home",
    "openclaw_version": "OpenClaw version",
    "node_source": "Node from",
    "control_ui.enabled": "Serve the Control UI",
    "control_ui.base_path": "Control UI path",
    "control_ui.allowed_origins": "Allowed origins",
    "plugins.restrict": "Load few plugins",
    "plugins.allow": "Allow plugins",
    "plugins.deny": "Never load",
    "heap_limit_mb": "Heap limit (MB)",
    "config": "More for openclaw.json",
    "instance_environment": "More for .env",
    "start_timeout": "Start timeout (s)",
    "stop_timeout": "Stop timeout (s)",
    "wait": "Wait until",
}

# What an empty field shows, as an example. Never a secret.
PLACEHOLDERS = {
    "slug": "acme",
    "display_name": "Acme Ltd",
    "gateway_port": "chosen on the host",
    "default_model": "anthropic/claude-sonnet-4-6",
    "domain": "claw.example.org",
    "agents.id": "dev",
    "agents.name": "Developer",
    "agents.model": "default model",
    "providers.name": "anthropic",
    "providers.base_url": "https://api.example.org/v1",
    "providers.api": "openai-completions",
    "openclaw_user": "openclaw",
    "openclaw_home": "/opt/openclaw",
    "heartbeat": "30m",
    "config": '{"logging": {"level": "debug"}}',
    "instance_environment": "NAME=value",
    "control_ui.allowed_origins": "https://claw.example.org",
}

# Variables of the playbook that no role has as an option of its own: type and help.
OWN = {
    "domain": (
        "str",
        "Address of a reverse proxy in front of the Control UI, allowed as its origin. "
        "The proxy itself is not set up.",
    ),
}

# Parts of rows that are asked for elsewhere, or never by a form.
ROWS = {
    "agents": ("id", "name", "model", "tools_profile"),
    "providers": ("name", "api_key", "base_url", "api"),
}

# Checked on the server while somebody types.
CHECKED = frozenset(
    {"slug", "gateway_port", "default_model", "domain", "openclaw_home", "display_name"}
)
