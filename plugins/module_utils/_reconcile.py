# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The plan between what is wanted and what was observed. Pure, and written once.

Private to the claw.pilot collection. Python 3.9 or later. The module acts on the plan
(changed, diff, check mode); the dashboard shows it as drift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from ._dotenv import parse
from ._merge import REDACTED, merge_patch, redact
from ._takeover import shown


@dataclass(frozen=True)
class Wanted:
    """The files and the service that a specification comes to. Paths are absolute."""

    config: dict[str, Any]
    env: str
    definition: str
    directories: tuple[str, ...]
    files: Mapping[str, str]


@dataclass(frozen=True)
class Observed:
    """What is there now; None or empty for what is not.

    applied: digest() of what the running gateway was last started with, where it is known;
    foreign: others made what is there.
    """

    committed: bool = False
    config: dict[str, Any] | None = None
    env: str = ""
    definition: str | None = None
    directories: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    wrong_modes: frozenset[str] = frozenset()
    active: bool = False
    enabled: bool = False
    first_start_pending: bool = False
    foreign: bool = False
    applied: str | None = None


@dataclass(frozen=True)
class Plan:
    """steps: names in the order to take them; before/after: the diff, secrets masked."""

    steps: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    patch: Mapping[str, Any] = field(default_factory=dict)

    @property
    def restart(self) -> bool:
        return "restart" in self.steps

    @property
    def changed(self) -> bool:
        return bool(self.steps)


def digest(wanted: Wanted) -> str:
    """What a gateway reads at its start only: its definition and its variables."""
    return sha256(f"{wanted.definition}\0{wanted.env}".encode()).hexdigest()


def plan(wanted: Wanted, observed: Observed) -> Plan:
    """The steps that lead from observed to wanted, with the gateway running at the end."""
    before, after = _differences(wanted, observed)
    if observed.foreign:
        steps = _steps_to_take_over(after, observed.active)
    elif observed.config is None or not observed.committed:
        steps = _steps_to_create(observed)
    elif observed.active:
        steps = _steps_while_running(before, after, _drops_agent(wanted, observed))
    else:
        steps = _steps_while_stopped(before, after)
    patch = merge_patch(observed.config, wanted.config) if observed.config else {}
    return Plan(steps, before, after, patch)


def _steps_to_create(observed: Observed) -> tuple[str, ...]:
    """A first start: only openclaw.json in the state directory until the gateway is live.

    The same steps finish an unfinished create: each makes sure of one thing.
    """
    stop = ("stop",) if observed.active else ()
    return (
        *("claim", *stop, "config", "first_start_env", "define", "start", "live"),
        *("env", "directories", "files", "ready", "commit"),
    )


def _steps_to_take_over(differs: Mapping[str, Any], active: bool) -> tuple[str, ...]:
    """Our files and our service in the place of others'; theirs goes once ours has come up.

    What a running gateway does not mind comes first. active: ours runs, of a run that was broken
    off.
    """
    before = ("env", "directories", "files")
    after = ("config", "modes")
    return (
        "note_predecessor",
        *(name for name in before if name in differs),
        *("stop_predecessor", *(("stop",) if active else ())),
        *(name for name in after if name in differs),
        *("define", "start", "live", "ready", "retire_predecessor", "commit"),
    )


def _steps_while_running(
    before: Mapping[str, Any], after: Mapping[str, Any], drops_agent: bool
) -> tuple[str, ...]:
    """Change a running gateway: through its own command where that can, with one restart at most.

    OpenClaw refuses a patch that drops an agent, and its own command for that moves the agent's
    files to the trash; so there the file is changed while the gateway is stopped.
    """
    differs = {key for key in after if before.get(key) != after[key]}
    steps: list[str] = [n for n in ("modes", "env", "directories", "files") if n in differs]
    restart = bool(differs & {"env", "service", "applied"})
    if drops_agent:
        steps += ["stop", "config"]
    elif "config" in differs:
        steps.append("patch_config")
    if "service" in differs:
        steps.append("define")
    if restart and not drops_agent:
        steps.append("restart")
    elif drops_agent or "enabled" in differs:
        steps.append("start")
    if not steps:
        return ()
    wait = ("live", "ready") if restart or "config" in differs else ()
    return (*steps, *wait, "commit")


def _drops_agent(wanted: Wanted, observed: Observed) -> bool:
    return bool(_agents(observed.config or {}) - _agents(wanted.config))


def _agents(config: Mapping[str, Any]) -> set[str]:
    entries = config.get("agents", {}).get("entries", {})
    return set(entries) if isinstance(entries, dict) else set()


def _steps_while_stopped(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    differs = {key for key in after if before.get(key) != after[key]}
    files = ("modes", "env", "directories", "files", "config")
    steps: list[str] = [name for name in files if name in differs]
    if "service" in differs:
        steps.append("define")
    return (*steps, "start", "live", "ready", "commit")


def _differences(wanted: Wanted, observed: Observed) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if observed.foreign and wanted.config != observed.config:
        before["config"], after["config"] = shown(observed.config, wanted.config)
    elif wanted.config != observed.config:
        before["config"] = redact(observed.config) if observed.config is not None else None
        after["config"] = redact(wanted.config)
    if wanted.env != observed.env or observed.first_start_pending:
        pending = observed.first_start_pending
        before["env"] = {} if pending else _masked_env(observed.env)
        after["env"] = _masked_env(wanted.env)
        _mark_changed_values(wanted.env, observed.env, after["env"])
    if wanted.definition != observed.definition:
        before["service"], after["service"] = observed.definition, wanted.definition
    for key, missing in (
        ("directories", [d for d in wanted.directories if d not in observed.directories]),
        ("files", sorted(set(wanted.files) - observed.files)),
        ("modes", sorted(observed.wrong_modes)),
    ):
        if missing:
            before[key], after[key] = [], missing
    if observed.foreign:
        before["managed"], after["managed"] = False, True
    elif not observed.active:
        before["state"], after["state"] = ("stopped" if observed.config else "absent"), "running"
    elif observed.applied not in (None, digest(wanted)):
        before["applied"], after["applied"] = "older settings", "these settings"
    elif not observed.enabled:
        before["enabled"], after["enabled"] = False, True
    return before, after


def _masked_env(text: str) -> dict[str, str]:
    return {name: REDACTED for name in parse(text)}


def _mark_changed_values(wanted: str, observed: str, shown: dict[str, str]) -> None:
    old = parse(observed)
    for name, value in parse(wanted).items():
        if name in old and old[name] != value:
            shown[name] = f"{REDACTED} (changed)"
