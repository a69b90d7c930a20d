# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts report, as columns of the registry. No effects.

Only the columns named here are taken from a report: whatever else it holds, such as a secret,
never gets near the database. Reports can come over the network, so nothing about them is trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..module_utils._hostile import fault, host_fault, shown
from ..module_utils._model import ClawPilotError
from .registry_words import faults, without_labels

STATES = frozenset("running starting degraded stopped error unknown".split())
STORING = frozenset("created changed taken_over".split())
STARTING = {"started": "running", "stopped": "stopped", "restarted": "running"}
GONE = frozenset("destroyed pruned".split())
# Devices of an instance: events, and nothing that is stored.
DEVICES = frozenset("device_approved device_rejected device_removed device_rotated".split())
EVENTS = STORING | STARTING.keys() | GONE | DEVICES | {"adopted", "observed"}
OBSERVED = ("state", "port", "openclaw_version")  # what an observation may change
_SERVER = "ip ssh_user connection os openclaw_bin openclaw_version".split()
_PLAIN = "display_name openclaw_user default_model".split()
_PATHS = "config_path state_dir".split()
_MAX_TEXT = 2000  # characters: more than any text that is kept, so that none is cut to fit
_TAG = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}\Z")
_MOST_TAGS = 20
_MAX_AGENT_ID = 100  # characters
_MOST_AGENTS = 500  # of one instance


@dataclass(frozen=True)
class Entry:
    """What happened to one instance. values: the columns that the report speaks of.

    agents: rows without instance_id, None when the report does not speak of agents; managed:
    whether it carries our marker.
    """

    event: str
    detail: str
    openclaw_home: str
    slug: str
    values: dict[str, Any]
    agents: list[dict[str, Any]] | None
    managed: bool = False


@dataclass(frozen=True)
class Report:
    """What one host reports. server: columns with a value; refused: why entries were left out."""

    hostname: str
    server: dict[str, Any]
    entries: tuple[Entry, ...]
    refused: tuple[str, ...]


def read_reports(given: Any) -> list[Report]:
    """The reports; an unusable entry is refused by itself, anything larger is REPORT_INVALID."""
    if not isinstance(given, list):
        raise _invalid("The reports are not a list.")
    return [_report(item, number) for number, item in enumerate(given, 1)]


def _report(given: Any, number: int) -> Report:
    server = given.get("server") if isinstance(given, dict) else None
    hostname = text(server.get("hostname")) if isinstance(server, dict) else None
    entries = given.get("entries", []) if isinstance(given, dict) else None
    if not isinstance(server, dict) or not hostname or not isinstance(entries, list):
        raise _invalid(f"Report {number} has no server with a hostname, or no list of entries.")
    if host_fault(hostname):
        raise _invalid(f"The hostname {shown(hostname, 120)} {host_fault(hostname)}.")
    read: list[Entry] = []
    refused: list[str] = []
    for item in entries:
        entry = _entry(item)
        if isinstance(entry, Entry):
            read.append(entry)
        else:
            refused.append(f"{shown(hostname)}: {entry}; it is not in the registry.")
    columns = _server(server)
    wrong = faults(columns)
    if wrong:
        refused = [f"Nothing of {shown(hostname)} is in the registry: {'; '.join(wrong)}."]
        return Report(hostname, {}, (), tuple(refused))
    return Report(hostname, without_labels(columns), tuple(read), tuple(refused))


def _invalid(message: str) -> ClawPilotError:
    return ClawPilotError(
        "REPORT_INVALID", message, "Report as the documentation of openclaw_registry shows it."
    )


def _server(given: dict[str, Any]) -> dict[str, Any]:
    found = {key: text(given.get(key)) for key in _SERVER}
    return {k: v for k, v in {**found, "ssh_port": port(given.get("ssh_port"))}.items() if v}


def _entry(given: Any) -> Entry | str:
    """The entry, or why it is none."""
    instance = given.get("instance") if isinstance(given, dict) else None
    if not isinstance(instance, dict):
        return "an entry has no instance"
    slug, home = text(instance.get("slug")), text(instance.get("openclaw_home"))
    if not slug or not home:
        return "an entry has an instance without slug or openclaw_home"
    event = text(given.get("event")) or "(none)"
    if event not in EVENTS:
        return f"an entry of {shown(slug, 120)} has the unknown event {shown(event, 120)}"
    if event not in GONE and "state" in instance and text(instance["state"]) not in STATES:
        return f"an entry of {shown(slug, 120)} has an unknown state"
    values = _values(instance)
    wrong = faults({"slug": slug, "openclaw_home": home, **values})
    if wrong:
        return f"an entry has a name that is none: {'; '.join(wrong)}"
    if event in STARTING:
        values.setdefault("state", STARTING[event])
    if event in DEVICES:
        values = {key: value for key, value in values.items() if key == "state_dir"}
    detail = shown(text(given.get("detail")) or "", _MAX_TEXT)
    agents, managed = _agents(instance.get("agents")), instance.get("managed") is True
    return Entry(event, detail, home, slug, without_labels(values), agents, managed)


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """The columns that the instance speaks of; an unknown port or version says nothing."""
    values: dict[str, Any] = {key: text(given[key]) for key in _PLAIN if key in given}
    values.update({key: text(given[key]) or "" for key in _PATHS if key in given})
    values.update(_service(given.get("service")))
    values.update(_telegram(given.get("telegram")))
    known = {
        "port": port(given.get("port")),
        "openclaw_version": text(given.get("openclaw_version")),
    }
    values.update({key: value for key, value in known.items() if value})
    if "state" in given:
        values["state"] = str(given["state"])
    return values


def _service(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        return {}
    return {
        "service_manager": text(given.get("manager")),
        "service_scope": text(given.get("scope")),
        "systemd_unit": text(given.get("name")) or "",
    }


def _telegram(given: Any) -> dict[str, Any]:
    """The bot's name; gone with the bot, but not when only its name is not known now."""
    if not isinstance(given, dict):
        return {}
    bot = text(given.get("bot"))
    return {"telegram_bot": bot} if bot or not given.get("enabled") else {}


def _agents(given: Any) -> list[dict[str, Any]] | None:
    if not isinstance(given, list):
        return None
    rows: dict[str, dict[str, Any]] = {}
    for agent in given:
        agent_id = text(agent.get("id")) if isinstance(agent, dict) else None
        if agent_id and not fault(agent_id, _MAX_AGENT_ID) and len(rows) < _MOST_AGENTS:
            told = without_labels(
                {
                    "name": text(agent.get("name")),
                    "model": text(agent.get("model")),
                    "workspace_path": text(agent.get("workspace")),
                }
            )
            rows[agent_id] = {
                "agent_id": agent_id,
                "name": told["name"] or agent_id,
                "model": told["model"],
                "workspace_path": told["workspace_path"] or "",
                "is_default": int(bool(agent.get("is_default"))),
            }
    return [rows[agent_id] for agent_id in sorted(rows)]


def read_tags(given: Iterable[str]) -> list[str]:
    """The tags in order, each once, in lower case. Raises INVALID_TAG."""
    tags = sorted({str(tag).strip().lower() for tag in given} - {""})
    if len(tags) > _MOST_TAGS or not all(_TAG.match(tag) for tag in tags):
        raise ClawPilotError(
            "INVALID_TAG",
            f"An instance has up to {_MOST_TAGS} tags of a-z, 0-9 and . _ -, 32 characters each.",
            "Write them like production or team-a.",
        )
    return tags


def text(value: Any) -> str | None:
    """A text that SQLite can hold, None for an empty one and for anything else."""
    if not isinstance(value, str):
        return None
    return value[:_MAX_TEXT].encode("utf-8", "replace").decode("utf-8") or None


def port(value: Any) -> int | None:
    """A port number, None for anything else; text is what templates make of numbers."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:6])
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return int(value) if 0 < value < 65536 else None
