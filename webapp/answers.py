# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be answered when a new instance is described: wizard and form share it. No effects."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..plugins.module_utils import _ports
from ..plugins.module_utils._config import render
from ..plugins.module_utils._model import (
    ClawPilotError,
    InstanceSpec,
    Layout,
    ProviderSpec,
    check_agent_id,
    check_slug,
    check_text,
)

ANTHROPIC = "anthropic"
LOCALHOST = "localhost"


@dataclass(frozen=True)
class Known:
    """local: whether this is about this machine, which can be looked at.

    slugs: instances of the same home; providers: slug -> the model providers it has, None where
    that is not known; claimed: port -> slug, of all homes; shared: services such as
    ollama, as the host's part of an observation has them; ports: to choose from.
    """

    local: bool = True
    host: str = LOCALHOST
    slugs: frozenset[str] = frozenset()
    providers: Mapping[str, frozenset[str]] | None = None
    listening: frozenset[int] = frozenset()
    claimed: Mapping[int, str] = field(default_factory=dict)
    reserved: Mapping[int, str] = field(default_factory=dict)
    shared: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ports: _ports.PortRange = _ports.PortRange()

    def choose_port(self, wanted: int | None) -> int:
        """The wanted port, or the first that is free. Raises INVALID_PORT and PORT_CONFLICT."""
        return _ports.choose_port(wanted, self.ports, self.listening, self.claimed, self.reserved)

    def with_key_of(self, provider: str) -> list[str]:
        """Instances whose key of that provider may be copied."""
        known = self.providers
        return sorted(s for s in self.slugs if known is None or provider in known.get(s, ()))

    def service(self, name: str) -> str:
        """What was found of a service to share, in words; empty when it does not run."""
        service = self.shared.get(name) or {}
        if not service.get("running"):
            return ""
        return f"{name.capitalize()} {service.get('version') or ''}".strip()


def check_new_slug(slug: str, known: Known) -> str:
    """A slug that is free there. Raises INVALID_SLUG and INSTANCE_EXISTS."""
    check_slug(slug)
    if slug in known.slugs:
        raise ClawPilotError(
            "INSTANCE_EXISTS", f"There is already an instance {slug!r}.", "Take another name."
        )
    return slug


def check_port_text(text: str, known: Known) -> int:
    """A port that is free as far as is known. Raises INVALID_PORT and PORT_CONFLICT."""
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise ClawPilotError("INVALID_PORT", "The port is not a number.", "Write 18789.")
    return known.choose_port(int(text))


def check_new_agent(agent_id: str, taken: Collection[str]) -> str:
    """An agent id that no other agent has. Raises INVALID_AGENT and DUPLICATE_AGENT."""
    check_agent_id(agent_id)
    if agent_id in taken:
        raise ClawPilotError(
            "DUPLICATE_AGENT", f"There is already an agent {agent_id!r}.", "Take another id."
        )
    return agent_id


def check_model(text: str) -> str:
    """PROVIDER/MODEL, else INVALID_MODEL."""
    provider, _slash, name = text.partition("/")
    if not provider or not name or len(text.split()) != 1:
        raise ClawPilotError(
            "INVALID_MODEL",
            f"The model {text!r} is not written as PROVIDER/MODEL.",
            "Write it like anthropic/claude-sonnet-4-6.",
        )
    return check_text("The model", text)


def check_domain(text: str) -> str:
    """A host name, as it is or out of an https address. Raises INVALID_TEXT."""
    host = text.removeprefix("https://").rstrip("/")
    if not host or "/" in host or len(host.split()) != 1:
        raise ClawPilotError(
            "INVALID_TEXT", f"{text!r} is no domain.", "Write it like claw.example.org."
        )
    return check_text("The domain", host)


def known_models() -> list[tuple[str, str]]:
    """Reference and name of the models that a config for Anthropic lists, the best choice first."""
    spec = InstanceSpec("any", providers=(ProviderSpec(ANTHROPIC),))
    models = render(spec, Layout("/", "any"), 0)["models"]["providers"][ANTHROPIC]["models"]
    return [(f"{ANTHROPIC}/{item['id']}", str(item["name"])) for item in models]


def providers_of(answers: Mapping[str, Any]) -> list[str]:
    """Providers of all chosen models, that of the default first."""
    models: Sequence[Any] = [
        answers.get("default_model"),
        *(agent.get("model") for agent in answers.get("agents", [])),
    ]
    return list(dict.fromkeys(str(ref).partition("/")[0] for ref in models if ref))


def default_name(slug: str) -> str:
    """The name for people that goes with a slug."""
    return slug[:1].upper() + slug[1:]
