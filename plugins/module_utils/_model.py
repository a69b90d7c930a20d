# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The words of Claw Pilot as values: errors, specifications, paths. Pure: no input, no output.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import os.path
import re
from dataclasses import dataclass, field, fields, replace
from typing import Any

from . import _floor
from ._hostile import fault, is_hostile

_floor.check()  # everything else here needs that Python, and imports this file first

COLLECTION_VERSION = "1.0.0"
OPENCLAW_VERSION = "2026.9.6"  # the version that this collection is tested with
NODE_WHEEL_VERSION = "24.19.0"
SUPERVISOR_VERSION = "4.3.0"
MAIN_AGENT = "main"
LEGACY_SLUG = "default"  # the single instance of old, in ~/.openclaw
GATEWAY_TOKEN_VARIABLE = "OPENCLAW_GW_AUTH_TOKEN"
TELEGRAM_TOKEN_VARIABLE = "TELEGRAM_BOT_TOKEN"
MEM0_KEY_VARIABLE = "MEM0_API_KEY"

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,29}\Z")
_AGENT_ID = re.compile(r"[a-z][a-z0-9-]{0,62}\Z")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*\Z")


class ClawPilotError(Exception):
    """What went wrong, for a person and for a program.

    code: machine code such as PORT_CONFLICT; message: one sentence; hint: what to do about it.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message, "hint": self.hint}


@dataclass(frozen=True)
class AgentSpec:
    """One OpenClaw agent; model is PROVIDER/ID, empty for the instance's default; workspace is a
    path, empty for its place in the state directory.
    """

    id: str
    name: str = ""
    model: str = ""
    tools_profile: str = "coding"
    workspace: str = ""


@dataclass(frozen=True)
class ProviderSpec:
    """One model provider; models are dicts as OpenClaw wants them (id, name, ...)."""

    name: str
    base_url: str = ""
    api: str = ""
    key_required: bool = True
    models: tuple[dict[str, Any], ...] = ()

    @property
    def key_variable(self) -> str:
        return re.sub(r"[^A-Z0-9]", "_", self.name.upper()) + "_API_KEY"


@dataclass(frozen=True)
class TelegramSpec:
    enabled: bool = False
    dm_policy: str = "pairing"
    group_policy: str = "allowlist"
    allow_from: tuple[str, ...] = ()
    api_root: str = ""


@dataclass(frozen=True)
class Mem0Spec:
    enabled: bool = False
    mode: str = "open-source"
    user_id: str = ""
    ollama_url: str = "http://127.0.0.1:11434"
    embedder_model: str = "nomic-embed-text"
    llm_model: str = "llama3.1:8b"
    qdrant_host: str = "127.0.0.1"
    qdrant_port: int = 6333


@dataclass(frozen=True)
class PluginsSpec:
    """restrict: load only what the instance needs and what allow names."""

    restrict: bool = True
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True)
class ControlUiSpec:
    enabled: bool = True
    base_path: str = ""
    allowed_origins: tuple[str, ...] = ()


@dataclass(frozen=True)
class InstanceSpec:
    """What an instance is to be. Secrets are not in it: they travel apart, by variable name."""

    slug: str
    display_name: str = ""
    port: int | None = None
    agents: tuple[AgentSpec, ...] = (AgentSpec(MAIN_AGENT, "Main"),)
    default_model: str = ""
    providers: tuple[ProviderSpec, ...] = ()
    telegram: TelegramSpec = field(default_factory=TelegramSpec)
    mem0: Mem0Spec = field(default_factory=Mem0Spec)
    plugins: PluginsSpec = field(default_factory=PluginsSpec)
    control_ui: ControlUiSpec = field(default_factory=ControlUiSpec)
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    heartbeat: str = "30m"
    heap_limit_mb: int = 0
    stop_timeout: int = 30
    config: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return self.display_name or self.slug[:1].upper() + self.slug[1:]


@dataclass(frozen=True)
class Layout:
    """Where everything of one instance is; openclaw_home is absolute."""

    home: str
    slug: str
    projects_root: str = ""

    @property
    def state_dir(self) -> str:
        name = ".openclaw" if self.slug == LEGACY_SLUG else f".openclaw-{self.slug}"
        return os.path.join(self.home, name)

    @property
    def config_path(self) -> str:
        return os.path.join(self.state_dir, "openclaw.json")

    @property
    def env_path(self) -> str:
        return os.path.join(self.state_dir, ".env")

    @property
    def marker_path(self) -> str:
        return os.path.join(self.state_dir, ".claw-pilot.json")

    @property
    def logs_dir(self) -> str:
        return os.path.join(self.state_dir, "logs")

    @property
    def log_path(self) -> str:
        return os.path.join(self.logs_dir, "gateway.log")

    @property
    def project_dir(self) -> str:
        return os.path.join(self.projects_root or os.path.join(self.home, "projects"), self.slug)

    def workspace(self, agent_id: str) -> str:
        return os.path.join(self.state_dir, "workspaces", agent_id)

    @property
    def service_name(self) -> str:
        return f"openclaw-{self.slug}"

    @property
    def service_dir(self) -> str:
        """Our own folder in the home: journals, console logs, supervisor's files."""
        return os.path.join(self.home, ".local", "state", "claw-pilot")

    @property
    def journal_path(self) -> str:
        return os.path.join(self.service_dir, f"{self.service_name}.journal.json")

    @property
    def first_start_env_path(self) -> str:
        return os.path.join(self.service_dir, f"{self.service_name}.env")

    @property
    def console_log_path(self) -> str:
        return os.path.join(self.service_dir, f"{self.service_name}.log")


def check_slug(slug: str) -> str:
    """Return the slug, or raise INVALID_SLUG."""
    if not _SLUG.match(slug):
        raise ClawPilotError(
            "INVALID_SLUG",
            f"The slug {slug!r} is not usable as an instance name.",
            "Use 2 to 30 characters: a lower-case letter first, then a-z, 0-9 and '-'.",
        )
    return slug


def check_agent_id(agent_id: str) -> str:
    """Return the agent id, or raise INVALID_AGENT."""
    if not _AGENT_ID.match(agent_id):
        raise ClawPilotError(
            "INVALID_AGENT",
            f"The agent id {agent_id!r} is not usable.",
            "Use 1 to 63 characters: a lower-case letter first, then a-z, 0-9 and '-'.",
        )
    return agent_id


def check_text(option: str, text: str, refused: str = "") -> str:
    """Return text that is to stand on one line of a file, or raise INVALID_TEXT.

    refused: characters that the file's dialect has no way to write.
    """
    for letter in refused:
        if letter in text:
            raise ClawPilotError(
                "INVALID_TEXT",
                f"{option} contains {letter!r}.",
                "Write it without that character.",
            )
    if any(map(is_hostile, text)):
        raise ClawPilotError(
            "INVALID_TEXT",
            f"{option} contains a line break or another control character.",
            "Write it on one line.",
        )
    return text


def check_title(option: str, text: str) -> str:
    """Return a text for people, which files and tables show, or raise INVALID_TEXT."""
    why = fault(check_text(option, text))
    if why:
        raise ClawPilotError("INVALID_TEXT", f"{option} {why}.", "Give it a shorter, plain name.")
    return text


def check_lines(option: str, value: Any) -> None:
    """Raise INVALID_TEXT when a text anywhere in a value is more than one line, or steers one."""
    if isinstance(value, str):
        check_text(option, value)
    elif isinstance(value, dict):
        for key, item in value.items():
            check_lines(f"{option}.{key}" if option else str(key), item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            check_lines(option, item)


def check_variable(name: str) -> str:
    """Return the environment variable's name, or raise INVALID_VARIABLE."""
    if not _VARIABLE.match(name):
        raise ClawPilotError(
            "INVALID_VARIABLE",
            f"The environment variable name {name!r} is not usable in ${{...}} references.",
            "Use upper-case letters, digits and '_', not a digit first.",
        )
    return name


def with_main_agent(agents: tuple[AgentSpec, ...]) -> tuple[AgentSpec, ...]:
    """The agents with 'main' first, added when it is missing; duplicates are an error."""
    seen: set[str] = set()
    for agent in agents:
        check_agent_id(agent.id)
        if agent.id in seen:
            raise ClawPilotError(
                "DUPLICATE_AGENT",
                f"The agent {agent.id!r} is listed twice.",
                "Give every agent of an instance an id of its own.",
            )
        seen.add(agent.id)
    main = next((a for a in agents if a.id == MAIN_AGENT), AgentSpec(MAIN_AGENT, "Main"))
    named = (main, *(a for a in agents if a.id != MAIN_AGENT))
    return tuple(a if a.name else replace(a, name=a.id.capitalize()) for a in named)


def to_plain(value: Any) -> Any:
    """A specification as JSON data (dicts, lists, scalars)."""
    if hasattr(value, "__dataclass_fields__"):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    return value


_PARTS: dict[str, Any] = {
    "telegram": TelegramSpec,
    "mem0": Mem0Spec,
    "plugins": PluginsSpec,
    "control_ui": ControlUiSpec,
}
_LISTS: dict[str, Any] = {"agents": AgentSpec, "providers": ProviderSpec}
# What goes by which name, and what of it stays when a new list does not speak of it.
_KEPT = {
    "agents": ("id", ("workspace", "tools_profile")),
    "providers": ("name", ("base_url", "api", "key_required")),
}


def _build(kind: Any, data: dict[str, Any]) -> Any:
    known = {f.name for f in fields(kind)}
    values = {
        key: tuple(item) if isinstance(item, list) else item
        for key, item in data.items()
        if key in known and item is not None
    }
    return kind(**values)


def spec_from(data: dict[str, Any]) -> InstanceSpec:
    """InstanceSpec from JSON data, as to_plain() gives it; missing keys take the defaults."""
    values = {key: item for key, item in data.items() if item is not None}
    for key, kind in _PARTS.items():
        if key in values:
            values[key] = _build(kind, values[key])
    for key, kind in _LISTS.items():
        if key in values:
            values[key] = tuple(_build(kind, item) for item in values[key])
    spec: InstanceSpec = _build(InstanceSpec, values)
    check_slug(spec.slug)
    check_title("display_name", spec.display_name)
    for agent in spec.agents:
        check_title("The name of an agent", agent.name)
    # config is JSON, which has escapes of its own.
    check_lines("", {**to_plain(spec), "config": {}})
    return replace(spec, agents=with_main_agent(spec.agents))


def overlay(stored: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The stored specification with what this run gives; an option not given keeps its value."""
    merged = dict(stored)
    for key, value in given.items():
        if value is None:
            continue
        if key in _PARTS and isinstance(merged.get(key), dict):
            value = {**merged[key], **{k: v for k, v in value.items() if v is not None}}
        if key in _KEPT:
            value = _with_kept(key, value, merged.get(key) or [])
        merged[key] = value
    return merged


def _with_kept(kind: str, given: list[Any], stored: list[Any]) -> list[Any]:
    """An agent keeps its files and tools, and a provider the address that its key is for, though
    nobody says so again.
    """
    name, columns = _KEPT[kind]
    before = {item[name]: item for item in stored}

    def kept(item: dict[str, Any]) -> dict[str, Any]:
        old = before.get(item[name], {})
        return {column: old.get(column) for column in columns if item.get(column) is None}

    return [{**item, **kept(item)} for item in given]
