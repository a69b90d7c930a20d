# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each host is reached, from what the inventory and the registry say of it. No effects."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LOCALHOST = "localhost"
LOCAL = "local"
_DOCKER = ("docker", "community.docker.docker", "community.docker.docker_api")
_LOCAL = (LOCAL, "ansible.builtin.local")
_SSH = "Hosts that are connected to by ssh are not watched yet."
_OWN_PYTHON = "{{ ansible_playbook_python }}"
_EVERY = ("all", "ungrouped")

Data = Mapping[str, Any]


@dataclass(frozen=True)
class HostPlace:
    """How a host is reached.

    connection: as Ansible names it (local, docker, ssh ...); address: the container or the machine;
    python: its interpreter; homes: the only homes to look at, None for all that may be read;
    more_homes: then these as well; user: who one is there, "" for whoever that is by itself;
    argv: what to put before a program to start it there, None where it cannot be watched yet,
    and why says so.
    """

    name: str
    connection: str = LOCAL
    address: str = ""
    python: str = "python3"
    homes: tuple[str, ...] | None = None
    more_homes: tuple[str, ...] = ()
    user: str = ""
    groups: tuple[str, ...] = ()
    argv: tuple[str, ...] | None = ()
    why: str = ""


@dataclass(frozen=True)
class Listed:
    """A host of the inventory: its variables and the groups that it is in."""

    variables: Data
    groups: tuple[str, ...] = ()


@dataclass
class Registered:
    """A host of the registry: its connection, and the homes that it has instances in."""

    variables: dict[str, Any] = field(default_factory=dict)
    homes: set[str] = field(default_factory=set)


def listed(inventory: Data) -> dict[str, Listed]:
    """Name -> host, of what `ansible-inventory --list` says."""
    variables = (inventory.get("_meta") or {}).get("hostvars") or {}
    groups: dict[str, list[str]] = {name: [] for name in variables}
    for group, content in inventory.items():
        if group in ("_meta", *_EVERY) or not isinstance(content, Mapping):
            continue
        for name in _members(group, inventory, set()):
            groups.setdefault(name, []).append(group)
    for name in _members("all", inventory, set()):
        groups.setdefault(name, [])
    return {
        name: Listed(variables.get(name) or {}, tuple(sorted(of))) for name, of in groups.items()
    }


def _members(group: str, inventory: Data, met: set[str]) -> set[str]:
    """The hosts of a group and of those below it."""
    if group in met:
        return set()
    content = inventory.get(group)
    content = content if isinstance(content, Mapping) else {}
    found = set(content.get("hosts") or ())
    for child in content.get("children") or ():
        found |= _members(child, inventory, met | {group})
    return found


def registered(servers: Iterable[Data]) -> dict[str, Registered]:
    """Name -> host, of the registry's servers (a row for each home)."""
    found: dict[str, Registered] = {}
    for row in servers:
        host = found.setdefault(str(row["hostname"]), Registered())
        host.homes.add(str(row["openclaw_home"]))
        named = {"connection": "connection", "host": "ip", "user": "ssh_user"}
        host.variables.update(
            {f"ansible_{key}": row[column] for key, column in named.items() if row.get(column)}
        )
    return found


def places(
    inventory: Mapping[str, Listed] | None, registry: Mapping[str, Registered]
) -> list[HostPlace]:
    """Every host, sorted by name. inventory: None where none is given, then this machine is one."""
    hosts = (
        inventory if inventory is not None else {LOCALHOST: Listed({"ansible_connection": LOCAL})}
    )
    found = [
        _place(name, host.variables, host.groups, registry.get(name, Registered()).homes)
        for name, host in hosts.items()
    ]
    found += [
        _place(name, host.variables, (), host.homes)
        for name, host in registry.items()
        if name not in hosts
    ]
    return _one_view_of_this_machine(sorted(found, key=lambda place: place.name))


def _place(name: str, variables: Data, groups: Sequence[str], homes: Iterable[str]) -> HostPlace:
    default = LOCAL if name in (LOCALHOST, "127.0.0.1", "::1") else "ssh"
    connection = _plain(variables, "ansible_connection") or default
    given = _plain(variables, "openclaw_home")
    address = _plain(variables, "ansible_host") or name
    place = HostPlace(
        name=name,
        connection=LOCAL if connection in _LOCAL else connection.rpartition(".")[2],
        address=address,
        python=_python(variables, connection in _LOCAL),
        user=_plain(variables, "ansible_user") or _plain(variables, "ansible_ssh_user"),
        more_homes=tuple(sorted({*homes, *([given] if given.startswith("/") else [])})),
        groups=tuple(groups),
    )
    return _watched(place, variables, given)


def _watched(place: HostPlace, variables: Data, given: str) -> HostPlace:
    """The place with how a program is started there."""
    changes: dict[str, Any] = {}
    if place.connection == LOCAL:
        # A name for a part of this machine: that home is what the host is.
        if place.name != LOCALHOST and place.more_homes:
            own = (os.path.expanduser(given),) if given else place.more_homes
            changes = {"homes": tuple(sorted({*own, *place.more_homes}))}
    elif _plain(variables, "ansible_connection") in _DOCKER:
        user = (f"--user={place.user}",) if place.user else ()
        changes = {"argv": ("docker", "exec", "--interactive", *user, "--", place.address)}
    else:
        why = (
            _SSH
            if place.connection in ("ssh", "paramiko", "paramiko_ssh", "smart")
            else (f"Hosts that are connected to by {place.connection} are not watched.")
        )
        changes = {"argv": None, "why": why}
    return HostPlace(**{**place.__dict__, **changes})


def _one_view_of_this_machine(found: list[HostPlace]) -> list[HostPlace]:
    """Of several names for all of this machine only one is watched: localhost, else the first."""
    whole = [place for place in found if place.connection == LOCAL and place.homes is None]
    first = next((p.name for p in whole if p.name == LOCALHOST), whole[0].name if whole else "")
    why = f"It is this machine, which is watched as {first}."
    return [
        HostPlace(**{**place.__dict__, "argv": None, "why": why})
        if place in whole and place.name != first
        else place
        for place in found
    ]


def _python(variables: Data, local: bool) -> str:
    given = str(variables.get("ansible_python_interpreter") or "")
    if local and (given == _OWN_PYTHON or not given or given.startswith("auto")):
        return sys.executable
    return given if given and "{{" not in given and not given.startswith("auto") else "python3"


def _plain(variables: Data, name: str) -> str:
    """A variable, "" where it is a template: only a play knows what that comes to."""
    value = variables.get(name)
    text = str(value) if isinstance(value, (str, int)) else ""
    return "" if "{{" in text or "{%" in text else text
