# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions of `claw-pilot create`. It only asks: answers become variables of the playbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from ...plugins.module_utils._hostile import shown
from ...plugins.module_utils._model import MAIN_AGENT, ClawPilotError, check_text
from ..answers import (
    ANTHROPIC,
    Known,
    check_domain,
    check_model,
    check_new_agent,
    check_new_slug,
    check_port_text,
    default_name,
    known_models,
    providers_of,
)

DOTS = "••••••••"
OTHER = "another one"
Data = dict[str, Any]


def ask(known: Known, yes: bool) -> Data:
    """All questions, the summary and the confirmation; the variables for create_instance.

    Raises Abort when the user does not want it after all.
    """
    where = "this machine" if known.local else known.host
    click.secho(
        f"A new OpenClaw instance on {where}. Ctrl-C ends this; nothing is done.", bold=True
    )
    answers = identity(known)
    answers |= port(known)
    answers |= agents()
    answers |= model()
    answers |= keys(known, providers_of(answers))
    answers |= telegram()
    answers |= domain()
    answers |= mem0(known)
    summary(answers)
    if not yes:
        click.confirm("Create it?", default=True, abort=True)
    return answers


def prompt(label: str, check: Callable[[str], Any], default: str | None = None) -> Any:
    """Ask until the check lets the answer pass; it returns the value or raises ClawPilotError."""

    def convert(text: str) -> Any:
        try:
            return check(text.strip())
        except ClawPilotError as error:
            raise click.UsageError(f"{error.message} {error.hint}") from error

    return click.prompt(label, default=default, value_proc=convert, show_default=bool(default))


def choose(label: str, choices: Sequence[tuple[str, str]]) -> str:
    """Show numbered choices (value, words) and return the value of the chosen one."""
    click.echo(f"{label}:")
    for number, (_value, words) in enumerate(choices, 1):
        click.echo(f"  {number}) {shown(words)}")
    number = click.prompt("Number", default=1, type=click.IntRange(1, len(choices)))
    return choices[number - 1][0]


def one_line(label: str) -> Callable[[str], str]:
    return lambda text: check_text(label, text)


def identity(known: Known) -> Data:
    label = "Slug (2 to 30 of a-z, 0-9 and -, a letter first)"
    slug = prompt(label, lambda text: check_new_slug(text, known))
    name = prompt("Display name", one_line("The display name"), default_name(slug))
    return {"slug": slug, "display_name": name}


def port(known: Known) -> Data:
    """A free port is suggested; what another host has free is only known there."""
    if not known.local:
        click.echo("The port is chosen on the host.")
        return {}

    free = str(known.choose_port(None))
    checked = prompt("Port of the gateway", lambda text: check_port_text(text, known), free)
    return {"gateway_port": checked}


def agents() -> Data:
    """Nothing for the main agent alone, which every instance has."""
    kinds = [("minimal", "the main agent only"), ("custom", "agents one by one")]
    if choose("Agents", kinds) == "minimal":
        return {}
    chosen: list[Data] = [{"id": MAIN_AGENT, "name": "Main"}]
    more = True
    while more:
        chosen.append(agent({str(agent["id"]) for agent in chosen}))
        more = click.confirm("Another agent?", default=False)
    return {"agents": chosen}


def agent(taken: set[str]) -> Data:
    agent_id = prompt("  Agent id, such as dev", lambda text: check_new_agent(text, taken))
    name = prompt("  Its name", one_line("The name"), agent_id.capitalize())
    its_model = prompt("  Its model (PROVIDER/MODEL, empty for the default)", model_or_none, "")
    return {"id": agent_id, "name": name, **({"model": its_model} if its_model else {})}


def model_or_none(text: str) -> str:
    return check_model(text) if text else ""


def model() -> Data:
    chosen = choose("Default model", [*known_models(), (OTHER, "another one (PROVIDER/MODEL)")])
    if chosen == OTHER:
        chosen = prompt("Model as PROVIDER/MODEL", check_model)
    return {"default_model": chosen}


def keys(known: Known, names: Sequence[str]) -> Data:
    """The providers with a key, a copied one or none."""
    providers: list[Data] = []
    source = ""
    for name in names:
        choices = [("new", "a new key"), ("none", "none now (or it needs none)")]
        having = [slug for slug in known.with_key_of(name) if source in ("", slug)]
        if having:
            choices.insert(0, ("reuse", f"copy it from {source or 'another instance'}"))
        how = choose(f"API key of {name}", choices)
        if how == "reuse":
            source = source or choose("Copy from", [(slug, slug) for slug in having])
            providers.append({"name": name})
        elif how == "new":
            providers.append({"name": name, "api_key": secret(f"API key of {name}")})
        else:
            providers.append({"name": name, "key_required": False})
    reused = {"secrets_from": source} if source else {}
    if [*providers[0]] == ["name", "api_key"] and names == [ANTHROPIC]:
        return {"anthropic_api_key": providers[0]["api_key"]}
    return {"providers": providers, **reused}


def secret(label: str) -> str:
    """A hidden answer on one line."""
    return str(
        click.prompt(
            label, hide_input=True, value_proc=lambda text: check_text(label, text.strip())
        )
    )


def telegram() -> Data:
    if not click.confirm("Connect a Telegram bot?", default=False):
        return {}
    return {"telegram_bot_token": secret("Token of the bot, from BotFather")}


def domain() -> Data:
    if not click.confirm("Is there a reverse proxy in front of it?", default=False):
        return {}
    return {"domain": prompt("Its domain", check_domain)}


def mem0(known: Known) -> Data:
    """Offered where Ollama and Qdrant were seen; else asked for, and off unless wanted."""
    found = [word for word in map(known.service, ("ollama", "qdrant")) if word]
    both = len(found) == 2
    if both:
        click.echo(f"Found {shown(' and '.join(found))}: mem0 can use them.")
    elif known.local:
        click.echo(f"mem0 needs Ollama and Qdrant; found: {shown(', '.join(found)) or 'none'}.")
    if not click.confirm("Long-term memory with mem0?", default=both):
        return {}
    url = (known.shared.get("ollama") or {}).get("url") if both else ""
    return {"mem0": {"enabled": True, **({"ollama_url": str(url)} if url else {})}}


def summary(answers: Data) -> None:
    """What will be created; a secret is dots."""
    click.secho("\nSummary", bold=True)
    for label, value in rows(answers):
        click.echo(f"  {label:<14}{shown(value)}")


def rows(answers: Data) -> list[tuple[str, str]]:
    chosen = [MAIN_AGENT] if "agents" not in answers else [a["id"] for a in answers["agents"]]
    return [
        ("Slug", answers["slug"]),
        ("Display name", answers["display_name"]),
        ("Port", str(answers.get("gateway_port", "chosen on the host"))),
        ("Agents", ", ".join(chosen)),
        ("Default model", answers["default_model"]),
        ("API keys", key_words(answers)),
        ("Telegram", DOTS if "telegram_bot_token" in answers else "off"),
        ("Domain", answers.get("domain", "none")),
        ("mem0", "on" if "mem0" in answers else "off"),
    ]


def key_words(answers: Data) -> str:
    if "anthropic_api_key" in answers:
        return f"{ANTHROPIC} {DOTS}"
    words = []
    for provider in answers["providers"]:
        none = provider.get("key_required") is False
        copied = f"copied from {answers.get('secrets_from')}"
        word = "none" if none else DOTS if "api_key" in provider else copied
        words.append(f"{provider['name']} {word}")
    return ", ".join(words)
