# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What we made on a host, written down before it is made: journal and marker of an instance.

Private to the claw.pilot collection. Python 3.9 or later.

The journal lives in our service folder while a create is unfinished; the marker,
STATE_DIR/.claw-pilot.json, takes its place once the instance is healthy. Neither holds a secret.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any

from ._host import Host
from ._model import COLLECTION_VERSION, LEGACY_SLUG, ClawPilotError, Layout
from ._ports import RANGE_START

_JOURNAL = re.compile(r"openclaw-(?P<slug>[a-z][a-z0-9-]*)\.journal\.json\Z")
_STATE_DIR = re.compile(r"\.openclaw-(?P<slug>[a-z][a-z0-9-]*)\Z")


def read_marker(host: Host, layout: Layout) -> dict[str, Any] | None:
    """The marker of a finished instance of ours, else None. Raises FILE_MALFORMED."""
    return _recorded(host, layout.marker_path)


def read_journal(host: Host, layout: Layout) -> dict[str, Any] | None:
    """The journal of an unfinished create, else None. Raises FILE_MALFORMED."""
    return _recorded(host, layout.journal_path)


def _recorded(host: Host, path: str) -> dict[str, Any] | None:
    """What record() made: it says what goes, so what has another shape is nothing to go by."""
    data = host.read_json(path)
    if data is None:
        return None
    made, project, port = data.get("made", []), data.get("project_dir"), data.get("port", 0)
    paths = [*made, *([project] if project else [])] if isinstance(made, list) else [None]
    is_port = isinstance(port, int) and not isinstance(port, bool)
    if not is_port or not all(map(_is_place, paths)):
        raise ClawPilotError(
            "FILE_MALFORMED",
            f"{path} does not say what belongs to its instance.",
            "Somebody has changed it: put it back from a backup, or remove the instance by hand.",
        )
    return data


def _is_place(path: object) -> bool:
    return isinstance(path, str) and os.path.isabs(path) and os.path.normpath(path) == path != "/"


def record(layout: Layout, port: int, made: Iterable[str], **more: Any) -> dict[str, Any]:
    """The data of a journal or marker; made: paths that this instance brought, outermost first."""
    return {
        "collection_version": COLLECTION_VERSION,
        "slug": layout.slug,
        "port": port,
        "made": list(made),
        **more,
    }


def owner() -> dict[str, Any]:
    """What marks a journal as that of this process."""
    pid = os.getpid()
    return {"pid": pid, "pid_start": process_start(pid)}


def owner_alive(data: dict[str, Any] | None) -> bool:
    """Whether the run that wrote the journal is still at work (not this process)."""
    pid = (data or {}).get("pid")
    if data is None or not isinstance(pid, int) or pid == os.getpid():
        return False
    start = process_start(pid)
    return start is not None and start == data.get("pid_start")


def process_start(pid: int) -> str | None:
    """The start time of a process as the kernel counts it, None when it has ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stream:
            words = stream.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if words[0] == "Z" else words[19]


def missing_parents(host: Host, path: str, stop: str) -> list[str]:
    """The directories from below `stop` down to `path` that do not exist yet, outermost first."""
    missing = []
    while path not in (stop, os.path.dirname(path)) and not host.exists(path):
        missing.append(path)
        path = os.path.dirname(path)
    return missing[::-1]


def open_journal(host: Host, layout: Layout, data: dict[str, Any]) -> None:
    """Write the journal; the folders it needs appear together with it, in one rename."""
    chain = missing_parents(host, layout.service_dir, layout.home)
    if not chain:
        host.write_json(layout.journal_path, data)
        return
    staging = staging_path(layout)
    host.remove_tree(staging, layout.home)
    try:
        inner = _make_staging(host, staging, os.path.relpath(layout.service_dir, chain[0]))
        host.write_json(os.path.join(inner, os.path.basename(layout.journal_path)), data)
    except ClawPilotError:
        host.remove_tree(staging, layout.home)
        raise
    host.rename(staging, chain[0])


def _make_staging(host: Host, staging: str, folders: str) -> str:
    """Make the staging folder and the folders below it; the path of the innermost."""
    host.make_dir(staging)
    for name in folders.split(os.sep):
        if name != os.curdir:
            staging = os.path.join(staging, name)
            host.make_dir(staging)
    return staging


def check_path(layout: Layout) -> str:
    """Where a config is put to be checked by OpenClaw before it is used."""
    return os.path.join(layout.home, f".claw-pilot-{layout.slug}.check")


def gone_path(layout: Layout) -> str:
    """What a state directory is called while it is being removed."""
    return os.path.join(layout.home, f".claw-pilot-{layout.slug}.gone")


def staging_path(layout: Layout) -> str:
    """Where folders are put together before they appear by a rename."""
    return os.path.join(layout.home, f".claw-pilot-{layout.slug}.new")


def shared_made(host: Host, layout: Layout) -> list[str]:
    """Folders that our other instances of this home brought and that this one uses, too.

    Each instance carries them on, so that the last one to go removes them.
    """
    shared: dict[str, None] = {}
    for slug in siblings(host, layout):
        other = Layout(layout.home, slug)
        data = _quiet(host, other.marker_path) or _quiet(host, other.journal_path) or {}
        private = (other.state_dir, data.get("project_dir"))
        made = data.get("made")
        for path in made if isinstance(made, list) else ():
            if isinstance(path, str) and path not in private:
                shared[path] = None
    return list(shared)


def siblings(host: Host, layout: Layout) -> list[str]:
    """Slugs of the other instances of this home: state directories and unfinished creates."""
    found = {m["slug"] for n in host.names(layout.home) for m in [_STATE_DIR.match(n)] if m}
    journals = host.names(layout.service_dir)
    found |= {m["slug"] for name in journals for m in [_JOURNAL.match(name)] if m}
    if host.exists(Layout(layout.home, LEGACY_SLUG).marker_path):
        found.add(LEGACY_SLUG)
    return sorted(found - {layout.slug})


def claimed_ports(host: Host, layout: Layout) -> dict[int, str]:
    """port -> slug of every other instance of this home, also of unfinished and legacy ones."""
    claims: dict[int, str] = {}
    for slug in siblings(host, layout):
        other = Layout(layout.home, slug)
        config = _quiet(host, other.config_path) or {}
        journal = _quiet(host, other.journal_path) or {}
        _claim(claims, slug, config.get("gateway"), journal.get("port"))
    legacy = _quiet(host, os.path.join(layout.home, ".openclaw", "openclaw.json"))
    if legacy is not None:
        _claim(claims, LEGACY_SLUG, {"port": RANGE_START, **_mapping(legacy.get("gateway"))}, None)
    return claims


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _claim(claims: dict[int, str], slug: str, gateway: Any, journal_port: Any) -> None:
    for port in (_mapping(gateway).get("port"), journal_port):
        if isinstance(port, int):
            claims[port] = slug


def _quiet(host: Host, path: str) -> dict[str, Any] | None:
    """Another instance's file, None also when it cannot be read: it must not stop this one."""
    try:
        return host.read_json(path)
    except ClawPilotError:
        return None
