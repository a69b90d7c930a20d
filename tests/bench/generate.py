# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write many stopped OpenClaw instances below a home, as OpenClaw and Claw Pilot leave them.

python -m tests.bench.generate HOME COUNT [SEED]. The same seed gives the same tree. Every second
instance is ours (marker, openclaw-SLUG.service), the others are as `openclaw gateway install`
leaves them; some configs have the shape of February 2026, some are JSON5, some split by $include.
"""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ansible_collections.claw.pilot.plugins.module_utils import _model
from ansible_collections.claw.pilot.plugins.module_utils._config import render
from ansible_collections.claw.pilot.plugins.module_utils._journal import record
from ansible_collections.claw.pilot.plugins.module_utils._ports import RANGE_END, RANGE_START, STEP
from ansible_collections.claw.pilot.plugins.module_utils._unit import Runtime, launch, systemd_unit

NARROW_STEP = 40  # where the usual step leaves no room for so many
MOST = (RANGE_END - RANGE_START) // NARROW_STEP + 1
LOG_LINES = 40
TEAMS = "acme north harbor field atlas cobalt maple orbit quartz river summit violet".split()
ROLES = "support sales ops lab desk press legal garden".split()
AGENTS = "ops research support writer".split()
FILES = "AGENTS.md SOUL.md TOOLS.md USER.md MEMORY.md IDENTITY.md".split()
MESSAGES = (
    "loading configuration…",
    "resolving authentication…",
    "starting...",
    "http server listening (14 plugins, 4.2s)",
    "remote model catalog refresh failed",
    "cron: started",
    "database integrity verification passed",
    "heartbeat: started",
    "shutdown requested (SIGTERM)",
)
MODELS = [
    {
        "id": f"claude-{name}",
        "name": title,
        "reasoning": True,
        "input": ["text", "image"],
        "contextWindow": 200000,
        "maxTokens": 64000,
        "cost": {"input": 3, "output": 15, "cacheRead": 0.3, "cacheWrite": 3.75},
    }
    for name, title in (("sonnet-4-6", "Claude Sonnet 4.6"), ("haiku-4-5", "Claude Haiku 4.5"))
]
OFFICIAL_UNIT = """\
[Unit]
Description=OpenClaw Gateway (profile: {slug})
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=/usr/bin/node --max-old-space-size=4096 /usr/lib/node_modules/openclaw/dist/index.js \
gateway --port {port}
Restart=always
RestartSec=5
RestartPreventExitStatus=78
TimeoutStopSec=330
SuccessExitStatus=0 143
KillMode=mixed
WorkingDirectory={state_dir}
EnvironmentFile=-{state_dir}/gateway.systemd.env
Environment=HOME={home}
Environment=OPENCLAW_STATE_DIR={state_dir}
Environment=OPENCLAW_CONFIG_PATH={state_dir}/openclaw.json
Environment=PATH=/usr/local/bin:/usr/bin:/bin:{home}/.local/bin
Environment=NODE_OPTIONS=
Environment=OPENCLAW_PROFILE={slug}
Environment=OPENCLAW_GATEWAY_PORT={port}
Environment=OPENCLAW_SYSTEMD_UNIT=openclaw-gateway-{slug}.service
Environment="OPENCLAW_WINDOWS_TASK_NAME=OpenClaw Gateway ({slug})"
Environment=OPENCLAW_SERVICE_MARKER=openclaw
Environment=OPENCLAW_SERVICE_KIND=gateway

[Install]
WantedBy=default.target
"""


@dataclass(frozen=True)
class Sample:
    """One instance to be written: the number decides its kind, the seed its details."""

    home: str
    number: int
    port: int
    seed: int

    @cached_property
    def random(self) -> random.Random:
        return random.Random(f"{self.seed}/{self.number}")

    @property
    def slug(self) -> str:
        team, role = TEAMS[self.number % len(TEAMS)], ROLES[self.number // 12 % len(ROLES)]
        return f"{team}-{role}-{self.number}"

    @property
    def layout(self) -> _model.Layout:
        return _model.Layout(self.home, self.slug)

    @property
    def ours(self) -> bool:
        return self.number % 2 == 0

    @property
    def enabled(self) -> bool:
        return self.number % 4 < 2

    @property
    def shape(self) -> str:
        """today, february, json5 or include."""
        if self.number % 20 == 7:
            return "include"
        return {3: "february", 5: "json5"}.get(self.number % 10, "today")

    @cached_property
    def agents(self) -> tuple[str, ...]:
        return ("main", *self.random.sample(AGENTS, self.random.randint(1, 3)))

    @cached_property
    def secrets(self) -> dict[str, str]:
        draw = self.random
        return {
            _model.GATEWAY_TOKEN_VARIABLE: f"{draw.getrandbits(192):048x}",
            "ANTHROPIC_API_KEY": f"sk-ant-api03-{draw.getrandbits(320):080x}",
            "TELEGRAM_BOT_TOKEN": f"{draw.randrange(10**9, 10**10)}:AA{draw.getrandbits(132):033x}",
        }

    @property
    def spec(self) -> _model.InstanceSpec:
        provider = _model.ProviderSpec("anthropic", models=tuple(MODELS))
        return _model.InstanceSpec(
            slug=self.slug,
            display_name=self.slug.replace("-", " ").title(),
            agents=tuple(_model.AgentSpec(name, name.capitalize()) for name in self.agents),
            default_model="anthropic/claude-sonnet-4-6",
            providers=(provider,),
            telegram=_model.TelegramSpec(enabled=self.number % 3 == 0),
        )

    def workspace(self, agent: str) -> str:
        if self.ours:
            return self.layout.workspace(agent)
        suffix = "" if agent == "main" else f"-{agent}"
        return os.path.join(self.layout.state_dir, f"workspace{suffix}")


def generate(home: Path, count: int, seed: int = 0) -> list[str]:
    """Write `count` instances below the home; their slugs, in order. Raises ValueError."""
    if count > MOST:
        raise ValueError(f"There are ports for {MOST} instances, not for {count}.")
    step = STEP if RANGE_START + STEP * count <= RANGE_END else NARROW_STEP
    samples = [Sample(str(home), n, RANGE_START + step * n, seed) for n in range(count)]
    wants = os.path.join(home, ".config", "systemd", "user", "default.target.wants")
    mask = os.umask(0o077)
    try:
        os.makedirs(wants, exist_ok=True)
        for sample in samples:
            _write_state(sample)
            _write_unit(sample, wants)
    finally:
        os.umask(mask)
    return [sample.slug for sample in samples]


def _write_state(sample: Sample) -> None:
    state = sample.layout.state_dir
    for folder in ("cache", "media/outbound", "tmp", "plugin-skills"):
        os.makedirs(os.path.join(state, folder))
    for name, text in _configs(sample).items():
        _put(os.path.join(state, name), text)
    environment = "".join(f"{name}={value}\n" for name, value in sample.secrets.items())
    _put(os.path.join(state, ".env"), environment)
    _put(os.path.join(state, "state", "openclaw.sqlite"), _database())
    _put(sample.layout.log_path, _log(sample))
    for agent in sample.agents:
        os.makedirs(os.path.join(state, "agents", agent, "agent"))
        _write_workspace(sample, agent)
    if sample.ours:
        os.makedirs(sample.layout.project_dir, exist_ok=True)
        _put(sample.layout.marker_path, _pretty(_marker(sample)))
    else:
        _put(os.path.join(state, "gateway.systemd.env"), environment)


def _write_workspace(sample: Sample, agent: str) -> None:
    folder = sample.workspace(agent)
    for name in FILES:
        title = name.removesuffix(".md").capitalize()
        _put(os.path.join(folder, name), f"# {title} of {agent.capitalize()}\n\n{sample.slug}\n")


def _write_unit(sample: Sample, wants: str) -> None:
    if sample.ours:
        name, text = f"openclaw-{sample.slug}.service", systemd_unit(_launch(sample))
    else:
        name, values = f"openclaw-gateway-{sample.slug}.service", {"slug": sample.slug}
        values |= {"port": str(sample.port), "state_dir": sample.layout.state_dir}
        text = OFFICIAL_UNIT.format(home=sample.home, **values)
    path = os.path.join(os.path.dirname(wants), name)
    _put(path, text)
    if sample.enabled:
        os.symlink(path, os.path.join(wants, name))


def _launch(sample: Sample) -> Any:
    prefix = os.path.join(sample.home, ".local", "share", "claw-pilot")
    version = _model.OPENCLAW_VERSION
    runtime = Runtime(
        node=os.path.join(prefix, "node", _model.NODE_WHEEL_VERSION, "bin", "node"),
        node_version=_model.NODE_WHEEL_VERSION,
        openclaw_version=version,
        entry=os.path.join(prefix, "openclaw", version, "node_modules/openclaw/dist/index.js"),
        prefix=prefix,
    )
    return launch(sample.spec, sample.layout, runtime, sample.port, "systemd")


def _marker(sample: Sample) -> dict[str, Any]:
    layout = sample.layout
    return record(
        layout,
        sample.port,
        (layout.service_dir, layout.project_dir, layout.state_dir),
        project_dir=layout.project_dir,
        service_manager="systemd",
        openclaw_version=_model.OPENCLAW_VERSION,
        prefix=os.path.join(sample.home, ".local", "share", "claw-pilot"),
        spec=_model.to_plain(sample.spec),
        rendered=render(sample.spec, layout, sample.port),
        applied=f"{sample.random.getrandbits(256):064x}",
        variables=sorted(sample.secrets),
        environment=[],
    )


def _configs(sample: Sample) -> dict[str, str]:
    """Name -> text of the config's files below the state directory."""
    config = _february(sample) if sample.shape == "february" else _today(sample)
    more = {}
    if sample.shape == "include":
        more["config/agents.json5"] = _json5(config["agents"])
        config["agents"] = {"$include": "./config/agents.json5"}
    text = f"// {sample.slug}\n{_json5(config)}" if sample.shape == "json5" else _pretty(config)
    before = _pretty({key: value for key, value in config.items() if key != "meta"})
    return {
        "openclaw.json": text,
        "openclaw.json.bak": before,
        "openclaw.json.last-good": text,
        **more,
    }


def _today(sample: Sample) -> dict[str, Any]:
    config = render(sample.spec, sample.layout, sample.port)
    meta = {"lastTouchedVersion": _model.OPENCLAW_VERSION, "migrations": {"agents.entries": 1}}
    if not sample.ours:
        entries = config["agents"]["entries"]
        for agent, entry in entries.items():
            entry["workspace"] = sample.workspace(agent)
        config["agents"]["defaults"]["workspace"] = sample.workspace("main")
        config["tools"] = {"profile": "coding", "agentToAgent": {"allow": list(entries)}}
    if sample.number % 10 == 9:  # as OpenClaw's own onboarding writes it
        config["gateway"]["auth"]["token"] = sample.secrets[_model.GATEWAY_TOKEN_VARIABLE]
    return {**config, "meta": meta}


def _february(sample: Sample) -> dict[str, Any]:
    roster = [
        {"id": name, "name": name.capitalize(), "workspace": sample.workspace(name)}
        for name in sample.agents
    ]
    roster[0]["default"] = True
    provider = {
        "baseUrl": "https://api.anthropic.com",
        "apiKey": "${ANTHROPIC_API_KEY}",
        "models": MODELS,
    }
    defaults = {
        "workspace": sample.workspace("main"),
        "model": {"primary": "anthropic/claude-sonnet-4-6"},
        "heartbeat": {"every": "30m"},
    }
    return {
        "meta": {"lastTouchedVersion": "2026.2.1", "lastTouchedAt": "2026-02-01T00:00:00Z"},
        "env": {"ANTHROPIC_API_KEY": "${ANTHROPIC_API_KEY}"},
        "models": {"providers": {"anthropic": provider}},
        "agents": {"defaults": defaults, "list": roster},
        "tools": {"profile": "coding", "agentToAgent": {"enabled": True}},
        "bindings": [{"agentId": "main", "match": {"channel": "webchat"}}],
        "channels": {
            "telegram": {
                "enabled": True,
                "botToken": "${TELEGRAM_BOT_TOKEN}",
                "dmPolicy": "pairing",
                "groupPolicy": "allowlist",
                "streamMode": "partial",
            }
        },
        "gateway": {
            "port": sample.port,
            "mode": "local",
            "bind": "loopback",
            "auth": {"mode": "token", "token": f"${{{_model.GATEWAY_TOKEN_VARIABLE}}}"},
            "trustedProxies": ["127.0.0.1"],
            "controlUi": {"enabled": True, "allowInsecureAuth": True},
        },
    }


def _json5(value: Any, indent: str = "") -> str:
    """As people write it: bare keys, single quotes, comments, commas at the ends."""
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    deeper = indent + "  "
    if isinstance(value, dict):
        lines = [f"{deeper}{_key(key)}: {_json5(item, deeper)},\n" for key, item in value.items()]
        return "{ // by hand\n" + "".join(lines) + indent + "}"
    if isinstance(value, list):
        return "[/* */" + "".join(f"{_json5(item, deeper)}, " for item in value) + "]"
    return json.dumps(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z_$][\w$]*", key, re.ASCII) else json.dumps(key)


def _log(sample: Sample) -> str:
    lines = []
    for number in range(LOG_LINES):
        moment = f"2026-11-20T{number % 24:02}:{sample.number % 60:02}:07.{sample.number % 1000:03}"
        message = MESSAGES[number % len(MESSAGES)]
        name = '{"subsystem":"gateway"}'
        about = {
            "runtime": "node",
            "runtimeVersion": _model.NODE_WHEEL_VERSION,
            "hostname": "host",
            "date": f"{moment}Z",
            "logLevelId": 3,
            "logLevelName": "INFO",
            "name": name,
            "parentNames": ["openclaw"],
        }
        line = {"0": name, "1": message, "_meta": about, "time": f"{moment}+00:00"}
        lines.append(json.dumps({**line, "message": message}, ensure_ascii=False) + "\n")
    return "".join(lines)


@cache
def _database() -> bytes:
    """A SQLite file with some of the tables of OpenClaw's own, empty."""
    connection = sqlite3.connect(":memory:")
    tables = ("schema_meta", "device_pairing_paired", "channel_pairing_requests", "audit_events")
    for table in tables:
        connection.execute(f"create table {table} (id text primary key, data text) strict")
    connection.execute("pragma user_version = 18")
    connection.commit()
    content = connection.serialize()
    connection.close()
    return content


def _pretty(data: Any) -> str:
    return json.dumps(data, indent=2) + "\n"


def _put(path: str, content: str | bytes) -> None:
    """Write a file that was not there, in a folder that may be missing."""
    data = content.encode() if isinstance(content, str) else content
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "xb") as stream:
        stream.write(data)


if __name__ == "__main__":
    made = generate(Path(sys.argv[1]).resolve(), int(sys.argv[2]), *map(int, sys.argv[3:4]))
    print(f"{len(made)} instances below {sys.argv[1]}")
