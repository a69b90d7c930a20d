# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command shows for people: tables of instances, a host, one instance. Only looks here."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...plugins.module_utils._hostile import shown
from . import local, words

WIDE = 500  # where nobody looks at it, nothing is cut off
COLUMNS = ("Instance", "Host", "Port", "State", "Agents", "Telegram", "Version", "Memory", "Uptime")
RIGHT = ("Port", "Agents", "Memory", "Uptime")
TOKENS = {"reference": "set", "file": "in a file", "literal": "in the config itself"}


def console() -> Console:
    """Standard output: in colour at a terminal, as wide as needed elsewhere."""
    out = Console(highlight=False, soft_wrap=False)
    return out if out.is_terminal else Console(highlight=False, width=WIDE)


def text(value: object, style: str = "") -> Text:
    """A value as it is: no markup, nothing that steers the terminal."""
    return Text(shown(str(value)), style=style)


def state_text(line: Mapping[str, Any]) -> Text:
    """The state with its symbol; for what was not seen now, how old the word is."""
    colour, word = words.looks(words.STATES, str(line["state"]))
    state = text(word, colour)
    if line["seen"] in (local.BEFORE, local.HIDDEN):
        state.append(f" ({words.age(local.age_seconds(line['seen_at'], time.time()))})", "dim")
    if line["registry"] == local.NONE:
        state.append(" (not adopted)", "dim")
    return state


def instances_table(lines: Iterable[Mapping[str, Any]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=0)
    for name in COLUMNS:
        table.add_column(name, justify="right" if name in RIGHT else "left", overflow="fold")
    for line in lines:
        table.add_row(
            text(line["slug"], "bold"),
            text(line["host"]),
            text(line["port"] or "-"),
            state_text(line),
            text(line["agents"] or "-"),
            text(line["telegram"] or "-"),
            text(line["version"] or "-"),
            text(words.size(line["memory_bytes"]) or "-"),
            text(words.duration(line["uptime_seconds"]) or "-"),
        )
    return table


def show_instances(lines: list[dict[str, Any]], empty: str) -> None:
    """The table, and what to do about instances that are not adopted or gone."""
    out = console()
    if not lines:
        out.print(text(empty))
        return
    out.print(instances_table(lines))
    new = sum(line["registry"] == local.NONE for line in lines)
    gone = sum(line["seen"] == local.GONE for line in lines)
    hidden = sum(line["seen"] == local.HIDDEN for line in lines)
    if new:
        out.print(text(f"{words.number(new, 'instance')} not adopted: claw-pilot init", "dim"))
    if gone:
        out.print(text(f"{words.number(gone, 'instance')} gone: claw-pilot init --prune", "dim"))
    if hidden:
        out.print(text(f"{words.number(hidden, 'instance')} of other users, not readable.", "dim"))


def show_warnings(warnings: Iterable[Mapping[str, Any]]) -> None:
    """What could not be seen, on standard error."""
    out = Console(stderr=True, highlight=False)
    for warning in warnings:
        out.print(text(f"Warning: {warning.get('message') or warning.get('code')}", "yellow"))


def pairs(rows: Iterable[tuple[str, object]]) -> Table:
    """Names and values; what has no value is left out."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        if value not in ("", None):
            table.add_row(name, value if isinstance(value, Text) else text(value))
    return table


def show_host(host: Mapping[str, Any], counts: Mapping[str, int]) -> None:
    """The host's own figures, and its instances by state."""
    memory, disk = host.get("memory") or {}, host.get("disk") or {}
    load = " ".join(f"{value:.2f}" for value in host.get("load") or [])
    cores = words.number(int(host.get("cpu_count") or 0), "core")
    states = ", ".join(f"{count} {state}" for state, count in counts.items())
    console().print(
        pairs(
            (
                ("Host", f"{host.get('hostname', '')}, {host.get('os', '')}"),
                ("CPU", f"{float(host.get('cpu_percent') or 0):.0f} % of {cores}, load {load}"),
                ("Memory", of(memory.get("available_bytes"), memory.get("total_bytes"))),
                ("Disk", of(disk.get("free_bytes"), disk.get("total_bytes"))),
                ("Up", words.duration(host.get("uptime_seconds") or 0)),
                ("Shared", shared(host.get("shared") or {})),
                ("Instances", states or "none"),
            )
        )
    )


def of(free: object, total: object) -> str:
    if not isinstance(free, (int, float)) or not isinstance(total, (int, float)) or not total:
        return ""
    return f"{words.size(free) or '0 MB'} of {words.size(total)} free"


def shared(services: Mapping[str, Mapping[str, Any]]) -> str:
    """Ollama, Qdrant and Docker in words."""
    return ", ".join(
        f"{name.capitalize()} {service.get('version') or ''}".strip()
        if service.get("running")
        else f"no {name.capitalize()}"
        for name, service in services.items()
    )


def show_instance(host: str, instance: Mapping[str, Any], line: Mapping[str, Any]) -> None:
    """Everything that is known of one instance."""
    out = console()
    out.print(pairs((*identity(host, instance, line), *running(instance), *inside(instance))))
    for title, items in (
        ("Seen by", [f"{e['kind']}: {e['detail']}" for e in instance.get("evidence") or []]),
        ("Problems", [f"{p['code']}: {p['message']}" for p in instance.get("problems") or []]),
        ("Locks", [lock_word(lock) for lock in instance.get("locks") or []]),
    ):
        if items:
            out.print(text(title, "dim"))
            for item in items:
                out.print(text(f"  {item}"))
    if line["registry"] == local.NONE:
        out.print(text("Not adopted: claw-pilot init", "dim"))


def identity(
    host: str, instance: Mapping[str, Any], line: Mapping[str, Any]
) -> list[tuple[str, object]]:
    state = state_text(line)
    if instance.get("reason"):
        state.append(f": {shown(str(instance['reason']))}")
    return [
        ("Instance", text(instance["slug"], "bold")),
        ("Name", instance.get("display_name")),
        ("Host", host),
        ("State", state),
        ("Registry", "not adopted" if line["registry"] == local.NONE else line["registry"]),
        ("URL", instance.get("url")),
        ("Port", f"{instance.get('port') or 'unknown'} on {instance.get('bind') or 'unknown'}"),
        ("Version", instance.get("openclaw_version")),
    ]


def running(instance: Mapping[str, Any]) -> list[tuple[str, object]]:
    service, process = instance.get("service") or {}, instance.get("process") or {}
    health = instance.get("health") or {}
    manager = service.get("manager") or "none"
    words_of_service = [manager, service.get("scope"), service.get("name")]
    flags = [word for word in ("active", "enabled", "failed") if service.get(word)]
    live = [word for word in ("live", "ready") if health.get(word)]
    failing = health.get("failing") or []
    return [
        ("Service", " ".join(str(word) for word in [*words_of_service, *flags] if word)),
        ("Process", process_word(process)),
        ("Health", ", ".join([*(live or ["down"]), *(f"failing: {name}" for name in failing)])),
    ]


def process_word(process: Mapping[str, Any]) -> str:
    if not process.get("pid"):
        return ""
    figures = [
        f"pid {process['pid']}",
        f"up {words.duration(process.get('uptime_seconds') or 0) or '0 s'}",
        words.size(process.get("memory_bytes") or 0),
        f"{float(process.get('cpu_seconds') or 0):.0f} s of CPU",
    ]
    return ", ".join(figure for figure in figures if figure)


def inside(instance: Mapping[str, Any]) -> list[tuple[str, object]]:
    """What its config says."""
    telegram, mem0 = instance.get("telegram") or {}, instance.get("mem0") or {}
    auth, agents = instance.get("auth") or {}, instance.get("agents") or []
    bot = local.telegram_word(telegram) or "off"
    if telegram.get("enabled"):
        token = str(telegram.get("token") or "missing")
        bot += f", token {TOKENS.get(token, token)}"
    memory = "installed" if mem0.get("installed") else "on, not installed"
    return [
        ("Agents", ", ".join(f"{a['id']} ({a.get('model') or 'default'})" for a in agents)),
        ("Model", instance.get("default_model")),
        ("Providers", ", ".join(instance.get("providers") or [])),
        ("Telegram", bot),
        ("mem0", memory if mem0.get("enabled") else "off"),
        ("Token", f"{auth.get('mode') or 'none'}, {auth.get('secret') or 'unknown'}"),
        ("User", instance.get("openclaw_user")),
        ("State in", instance.get("state_dir")),
        ("Config", instance.get("config_path")),
        ("Log", instance.get("log_path")),
        ("Projects", instance.get("project_dir")),
        ("Found as", f"{instance.get('source')}, {instance.get('confidence')}"),
    ]


def lock_word(lock: Mapping[str, Any]) -> str:
    stale = ", left over" if lock.get("stale") else ""
    return f"{lock.get('path')} (pid {lock.get('pid')}{stale})"
