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

from ._config import MEM0_PLUGIN, MEM0_TELEMETRY
from ._dotenv import parse
from ._secrets import REDACTED, redact
from ._summary import dig
from ._takeover import shown


@dataclass(frozen=True)
class Wanted:
    """The files and the service that a specification comes to. Paths are absolute.

    record: what the marker is to say of it, as far as later runs need it.
    """

    config: dict[str, Any]
    env: str
    definition: str
    directories: tuple[str, ...]
    files: Mapping[str, str]
    record: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Observed:
    """What is there now; None or empty for what is not.

    applied: digest() of what the running gateway was last started with, where it is known;
    foreign: others made what is there; record: what the marker says, as in Wanted.
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
    record: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Plan:
    """steps: names in the order to take them; before/after: the diff, secrets masked."""

    steps: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

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
        needs_stop = _drops_agent(wanted, observed) or _changes_mem0(wanted, observed)
        steps = _steps_while_running(before, after, needs_stop)
    else:
        steps = _steps_while_stopped(before, after)
    return Plan(steps, before, after)


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
    before: Mapping[str, Any], after: Mapping[str, Any], needs_stop: bool
) -> tuple[str, ...]:
    """Change a running gateway: by its own config.patch where that can, with one restart at most.

    One that is restarted anyway gets its config on disk in between: it could not know yet what new
    variables in it stand for, and would restart itself, too.
    """
    differs = {key for key in after if before.get(key) != after[key]}
    steps: list[str] = [n for n in ("modes", "env", "directories", "files") if n in differs]
    restart = bool(differs & {"env", "service", "applied"})
    stops = "config" in differs and (restart or needs_stop)
    if stops:
        steps += ["stop", "config"]
    elif "config" in differs:
        steps.append("patch_config")
    if "service" in differs:
        steps.append("define")
    if restart and not stops:
        steps.append("restart")
    elif stops or "enabled" in differs:
        steps.append("start")
    if not steps and "record" not in differs:
        return ()
    wait = ("live", "ready") if restart or "config" in differs else ()
    return (*steps, *wait, "commit")


def _drops_agent(wanted: Wanted, observed: Observed) -> bool:
    """OpenClaw refuses a patch that drops an agent, and its own command for that moves the agent's
    files to the trash.
    """
    return bool(_agents(observed.config or {}) - _agents(wanted.config))


def _changes_mem0(wanted: Wanted, observed: Observed) -> bool:
    """Whether anything of mem0 changes, which a running gateway fails to apply.

    OpenClaw 2026.9.6: its cleanup times out, and only a restart helps.
    """
    return _mem0(wanted.config) != _mem0(observed.config or {})


def _mem0(config: Mapping[str, Any]) -> tuple[Any, ...]:
    """What of the config is about mem0, and about whose the memory is."""
    listed = (dig(config, "plugins", "allow"), dig(config, "plugins", "deny"))
    return (
        dig(config, "plugins", "entries", MEM0_PLUGIN),
        dig(config, "plugins", "slots"),
        *(isinstance(names, list) and MEM0_PLUGIN in names for names in listed),
        dig(config, "env", "vars", MEM0_TELEMETRY),
    )


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
    if not after and observed.record not in (None, wanted.record):
        before["record"], after["record"] = _shown_records(observed.record or {}, wanted.record)
    return before, after


def _shown_records(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs of two records; of their specifications, option by option."""
    pairs = [_flat(record) for record in (before, after)]
    names = [name for name in pairs[1] if pairs[0].get(name) != pairs[1][name]]
    was, now = ({name: redact(pair.get(name), name) for name in names} for pair in pairs)
    return was, now


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    return {**dict(record.get("spec") or {}), **{k: v for k, v in record.items() if k != "spec"}}


def _masked_env(text: str) -> dict[str, str]:
    return {name: REDACTED for name in parse(text)}


def _mark_changed_values(wanted: str, observed: str, shown: dict[str, str]) -> None:
    old = parse(observed)
    for name, value in parse(wanted).items():
        if name in old and old[name] != value:
            shown[name] = f"{REDACTED} (changed)"
