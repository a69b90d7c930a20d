# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet as hosts would show it, for a real Live: observations of any size, the same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.claw.pilot.webapp.fleet import HostPlace
from ansible_collections.claw.pilot.webapp.monitor.live import Live
from ansible_collections.claw.pilot.webapp.monitor.seen import Health

Data = dict[str, Any]
TEAMS = "acme north harbor field atlas cobalt maple orbit quartz river summit violet".split()
ROLES = "support sales ops lab desk press legal garden".split()
STATES = ("running",) * 15 + ("stopped",) * 3 + ("degraded", "starting", "error")
REASONS = {
    "degraded": "The gateway does not take its token.",
    "error": "The gateway ended 3 times; its last words: EADDRINUSE 127.0.0.1:18789.",
    "starting": "It answers, but is not ready yet.",
}
MODELS = ("anthropic/claude-sonnet-4-6", "anthropic/claude-opus-4-6", "openai/gpt-5.2")
TAGS = ("client", "family", "production", "test")


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def host_facts(name: str, dice: random.Random) -> Data:
    """The host's part of an observation."""
    memory = dice.choice((8, 16, 32, 64)) * 10**9
    return {
        "hostname": name,
        "os": dice.choice(("Debian GNU/Linux 13 (trixie)", "Ubuntu 26.04 LTS", "Rocky Linux 10")),
        "kernel": "6.12.48",
        "architecture": "x86_64",
        "cpu_count": dice.choice((2, 4, 8)),
        "cpu_percent": round(dice.uniform(2, 70), 1),
        "load": [round(dice.uniform(0.1, 3), 2) for _turn in range(3)],
        "memory": {"total_bytes": memory, "available_bytes": int(memory * dice.uniform(0.2, 0.8))},
        "disk": {
            "path": "/",
            "total_bytes": 200 * 10**9,
            "free_bytes": int(200 * 10**9 * dice.uniform(0.1, 0.8)),
        },
        "uptime_seconds": dice.randrange(3600, 90 * 86400),
        "python_version": "3.13.5",
        "node": [{"path": "/opt/node/bin/node", "version": "24.11.1"}],
        "openclaw": [{"path": "/opt/openclaw/bin/openclaw", "version": "2026.9.6"}],
        "shared": {
            "ollama": {"running": False, "version": ""},
            "qdrant": {"running": False, "version": ""},
            "docker": {"running": True, "version": "29.0.2"},
        },
        "linger": {"openclaw": True},
    }


def instance_facts(slug: str, port: int, dice: random.Random, **more: Any) -> Data:
    """One instance of an observation (docs/facts.md)."""
    state = str(more.get("state") or dice.choice(STATES))
    home = str(more.get("openclaw_home") or "/opt/openclaw")
    folder, up = f"{home}/.openclaw-{slug}", state in ("running", "degraded", "starting")
    pid = dice.randrange(1000, 60000) if up else 0
    agents = [("main", "Main", True), ("ops", "Operations", False), ("dev", "Developer", False)]
    return {
        "slug": slug,
        "display_name": slug.replace("-", " ").title(),
        "state": state,
        "reason": REASONS.get(state, ""),
        "managed": True,
        "openclaw_user": "openclaw",
        "openclaw_home": home,
        "state_dir": folder,
        "config_path": f"{folder}/openclaw.json",
        "told_by": 0,
        "project_dir": f"/data/projects/{slug}",
        "port": port,
        "bind": "loopback",
        "url": f"http://127.0.0.1:{port}/",
        "openclaw_version": dice.choice(("2026.9.6", "2026.9.6", "2026.8.2")),
        "default_model": dice.choice(MODELS),
        "providers": ["anthropic"],
        "agents": [
            {
                "id": a,
                "name": n,
                "model": "",
                "workspace": f"{folder}/workspaces/{a}",
                "is_default": d,
            }
            for a, n, d in agents[: dice.randrange(1, 4)]
        ],
        "telegram": dice.choice(
            (
                {"enabled": False, "bot": "", "token": "undefined"},
                {"enabled": True, "bot": f"@{slug.replace('-', '_')}_bot", "token": "reference"},
            )
        ),
        "mem0": {"enabled": False, "installed": False},
        "auth": {"mode": "token", "secret": "reference"},
        "health": {"live": up, "ready": state == "running", "failing": []},
        "service": {
            "manager": "systemd",
            "scope": "user",
            "name": f"openclaw-{slug}.service",
            "definition_path": f"{home}/.config/systemd/user/openclaw-{slug}.service",
            "active": up,
            "enabled": True,
            "failed": state == "error",
            "pid": pid,
            "restarts": 3 if state == "error" else 0,
        },
        "process": {
            "pid": pid,
            "uptime_seconds": dice.randrange(60, 30 * 86400) if up else 0,
            "memory_bytes": dice.randrange(400, 1300) * 10**6 if up else 0,
            "cpu_seconds": 120.5 if up else 0.0,
        },
        "log_path": f"{folder}/logs/gateway.log",
        "console_log_path": "",
        "source": "directory",
        "evidence": [
            {"kind": "directory", "detail": folder},
            {"kind": "service", "detail": f"openclaw-{slug}.service"},
        ],
        "confidence": "certain",
        "files": {"state_mode": "0700", "config_mode": "0600", "env_mode": "0600"},
        "locks": [],
        "problems": (
            [{"code": "PORT_TAKEN", "message": f"Somebody else listens on port {port}."}]
            if state == "error"
            else []
        ),
        **more,
    }


def slugs(count: int) -> Iterator[str]:
    """Names without end: acme-support, acme-sales ... acme-support-2 ..."""
    names = [f"{team}-{role}" for role in ROLES for team in TEAMS]
    for number in range(count):
        turn, place = divmod(number, len(names))
        yield f"{names[place]}-{turn + 1}" if turn else names[place]


def observation(host: str, instances: list[Data], dice: random.Random) -> Data:
    """What a probe would say of that host."""
    return {
        "host": host_facts(host, dice),
        "homes": ["/opt/openclaw"],
        "instances": instances,
        "warnings": [],
        "hidden": [],
        "observed_at": now(),
    }


def row_of(host: str, instance: Data, **more: Any) -> Data:
    """The registry's row of an instance."""
    columns = ("slug", "display_name", "port", "state", "state_dir", "config_path")
    return {
        **{column: instance[column] for column in columns},
        "hostname": host,
        "openclaw_home": instance["openclaw_home"],
        "openclaw_user": instance["openclaw_user"],
        "openclaw_version": instance["openclaw_version"],
        "default_model": instance["default_model"],
        "telegram_bot": instance["telegram"]["bot"],
        "connection": "local" if host == "localhost" else "ssh",
        "discovered": 0,
        "agent_count": len(instance["agents"]),
        "tags": [],
        "updated_at": now(),
        **more,
    }


def fill(live: Live, hosts: int = 3, instances: int = 12, seed: int = 7) -> dict[str, Data]:
    """Make the fleet known to live; host -> the observation it was given."""
    dice = random.Random(seed)
    names = ["localhost", *(f"web{number}" for number in range(1, hosts))]
    live.set_hosts(
        HostPlace(name, "local" if name == "localhost" else "ssh", name, groups=("servers",))
        for name in names
    )
    shares: dict[str, list[Data]] = {name: [] for name in names}
    for number, slug in enumerate(slugs(instances)):
        share = shares[names[number % hosts]]
        share.append(instance_facts(slug, 18789 + 120 * len(share), dice))
    seen = {name: observation(name, share, dice) for name, share in shares.items()}
    rows = [
        row_of(name, one, tags=dice.sample(TAGS, dice.randrange(3)))
        for name, share in shares.items()
        for one in share
        if dice.random() < 0.9
    ]
    live.set_rows(rows)
    for name, one in seen.items():
        live.observe(name, one)
    live.set_health({line["id"]: beats(line["state"], dice) for line in live.lines()})
    waiting = [line for line in live.lines() if line["state"] == "running"][::4]
    for line in waiting:
        live.set_pending(line["host"], {line["state_dir"]: dice.randrange(1, 4)})
    return seen


def beats(state: str, dice: random.Random) -> Health:
    """The last 24 hours of an instance, as History has them."""
    code = {"running": "u", "starting": "u", "stopped": "s"}.get(state, "d")
    past = ["-"] * dice.randrange(6) + ["u"] * 40
    for _turn in range(dice.randrange(4)):
        past[dice.randrange(10, 36)] = dice.choice("dsd")
    past = [*past[:38], code, code]
    up, known = past.count("u"), sum(one != "-" for one in past)
    since = datetime.now(UTC) - timedelta(minutes=dice.randrange(5, 5000))
    return Health(past, round(100 * up / known, 1), state, since.strftime("%Y-%m-%dT%H:%M:%SZ"))
