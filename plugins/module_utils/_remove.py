# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Remove an instance of ours without a trace, finished or not; never anything else.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from . import _journal
from ._discovery import name_of_state_dir
from ._host import PRIVATE_DIR, Host
from ._instance import Instance
from ._model import LEGACY_SLUG, ClawPilotError

OPENCLAW_LOG_DIR = "/tmp/openclaw"  # where OpenClaw logs before it has read logging.file
PARTIAL = ".partial"  # of an archive that is not finished
OPENCLAW_LOCK_DIR = "/tmp/openclaw-state-locks-{uid}"


@dataclass(frozen=True)
class Removal:
    """What goes: paths that exist now, and the bytes below them."""

    paths: tuple[str, ...]
    bytes: int


def removal(instance: Instance) -> Removal:
    """What remove() would remove; () for an instance that is not there.

    Raises INSTANCE_NOT_OURS for a state directory without our marker, and what
    Host.check_removable raises where not all of it could go.
    """
    host, layout = instance.host, instance.layout
    if not instance.known and host.names(layout.state_dir):
        raise ClawPilotError(
            "INSTANCE_NOT_OURS",
            f"{layout.state_dir} was not made by Claw Pilot.",
            "Remove it by hand, if you mean it.",
        )
    data = instance.journal or instance.marker or {}
    made = set(data.get("made", ()))
    paths = [layout.state_dir] if instance.known else []
    project = str(data.get("project_dir", ""))
    paths += [project] if project in made else []
    paths += [
        *_files_outside(instance),
        instance.manager.definition_path,
        instance.manager.definition_path + ".off",
        *instance.retired,
        layout.journal_path,
        _journal.staging_path(layout),
        _journal.gone_path(layout),
    ]
    there = tuple(path for path in paths if path and host.exists(path))
    host.check_removable(there)
    return Removal(there, sum(host.size(path) for path in there))


def openclaw_traces(host: Host, state_dir: str) -> list[str]:
    """What OpenClaw itself leaves outside of a state directory: early logs, and locks."""
    return [*_openclaw_logs(host, name_of_state_dir(state_dir)), *_openclaw_locks(host, state_dir)]


def _openclaw_logs(host: Host, profile: str) -> list[str]:
    prefix = f"openclaw-{profile}-" if profile not in ("", LEGACY_SLUG) else "openclaw-"
    names = host.names(OPENCLAW_LOG_DIR)
    # openclaw-SLUG-2026-11-21.log; a slug that continues ours has letters there
    mine = (n for n in names if n.startswith(prefix) and n[len(prefix) : len(prefix) + 4].isdigit())
    return [os.path.join(OPENCLAW_LOG_DIR, name) for name in mine] if profile else []


def _openclaw_locks(host: Host, state_dir: str) -> list[str]:
    """OpenClaw's locks outside of the state directory, by a hash of its database's path."""
    database = os.path.join(state_dir, "state", "openclaw.sqlite")
    ending = f".{sha256(database.encode()).hexdigest()[:8]}.lock.sqlite"
    owner = os.stat(state_dir).st_uid if host.exists(state_dir) else os.getuid()
    folder = OPENCLAW_LOCK_DIR.format(uid=owner)
    mine = (name for name in host.names(folder) if name.endswith(ending))
    return [os.path.join(folder, name) for name in mine]


def remove(instance: Instance) -> None:
    """Stop the gateway and remove everything that this instance brought.

    The journal is there from the beginning to the end: after a kill the next run goes on.
    """
    host, layout, manager = instance.host, instance.layout, instance.manager
    data = _journal.read_journal(host, layout) or instance.marker
    if data is not None:
        _begin(instance, data)
    state = manager.state()
    if state.defined or state.active:
        manager.stop()
    if data is not None:
        project = str(data["project_dir"])
        if project in data["made"]:
            host.remove_tree(project, os.path.dirname(project))
        # In one rename, so that a state directory is whole or gone, never half there.
        gone = _journal.gone_path(layout)
        host.remove_tree(gone, layout.home)
        if host.exists(layout.state_dir):
            host.rename(layout.state_dir, gone)
        host.remove_tree(gone, layout.home)
    manager.undefine()
    for path in _files_outside(instance):
        host.remove_file(path)
    for path in instance.retired:
        if os.path.isdir(path) and not os.path.islink(path):
            host.remove_tree(path, os.path.dirname(path))
        else:
            host.remove_file(path)
    host.remove_tree(_journal.check_path(layout), layout.home)
    _remove_folders(instance, list(data["made"]) if data else [])


def _begin(instance: Instance, data: dict[str, Any]) -> None:
    """Write the journal of the removal. A full disk must not keep anybody from freeing it:
    then the marker itself becomes the journal, which takes no space.
    """
    host, layout = instance.host, instance.layout
    try:
        _journal.open_journal(host, layout, {**data, **_journal.owner()})
    except ClawPilotError as error:
        if error.code != "NO_DISK_SPACE" or not host.exists(layout.service_dir):
            raise
        if host.exists(layout.marker_path):
            host.rename(layout.marker_path, layout.journal_path)


def _files_outside(instance: Instance) -> list[str]:
    layout = instance.layout
    console = layout.console_log_path
    ours = [console, console + ".1", layout.first_start_env_path]
    return [*ours, *openclaw_traces(instance.host, layout.state_dir)]


def _remove_folders(instance: Instance, made: list[str]) -> None:
    """The journal goes last but for the folders that it names: a kill before leaves it to us."""
    host, layout = instance.host, instance.layout
    inside = [p for p in made if p == layout.service_dir or layout.service_dir.startswith(p + "/")]
    for path in reversed([p for p in made if p not in inside]):
        host.remove_dir_if_empty(path)
    if inside and host.names(layout.service_dir) == [os.path.basename(layout.journal_path)]:
        _remove_with_journal(instance, inside)
    host.remove_file(layout.journal_path)
    for path in reversed(inside):
        host.remove_dir_if_empty(path)
    host.remove_tree(_journal.staging_path(layout), layout.home)


def _remove_with_journal(instance: Instance, inside: list[str]) -> None:
    """Take our whole folder away in one rename, as it came, so that no kill leaves half of it."""
    host, layout = instance.host, instance.layout
    outermost = inside[0]
    only_ours = all(
        host.names(parent) == [os.path.basename(child)] for parent, child in zip(inside, inside[1:])
    )
    if only_ours:
        staging = _journal.staging_path(layout)
        host.remove_tree(staging, layout.home)
        host.rename(outermost, staging)
        host.remove_tree(staging, layout.home)


def backup(instance: Instance, folder: str) -> str:
    """Archive the stopped instance's state and project directories (see archive)."""
    layout = instance.layout
    folders = [layout.state_dir]
    project = str((instance.marker or instance.journal or {}).get("project_dir", ""))
    if project in removal(instance).paths:  # what goes is in the archive, all of it
        folders.append(project)
    return archive(instance.host, folder, layout.slug, folders)


def _member(name: str) -> str:
    """A folder for tar: one of others may be called like an option, and some run programs."""
    return os.path.join(os.curdir, name) if name.startswith("-") else name


def archive(host: Host, folder: str, slug: str, folders: Sequence[str]) -> str:
    """Archive folders with all that is in them; the archive's path (0600), made below `folder`.

    Nothing of another file system gets into it. Raises BACKUP_FAILED; then nothing is left of it.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    name = os.path.join(folder, f"openclaw-{slug}-{stamp}")
    path, again = f"{name}.tar.gz", 1
    while host.exists(path):  # made in this second, or before the clock was put back
        path, again = f"{name}-{again}.tar.gz", again + 1
    for parent in _journal.missing_parents(host, folder, "/"):
        host.make_dir(parent, PRIVATE_DIR)
    for name in host.names(folder):  # of runs that were killed; the slug's lock is ours
        if name.startswith(f"openclaw-{slug}-") and name.endswith(PARTIAL):
            host.remove_file(os.path.join(folder, name))
    words = ["tar", "--create", "--gzip", "--one-file-system"]
    for one in folders:
        words += ["-C", os.path.dirname(one), _member(os.path.basename(one))]
    # Written by the descriptor of a file that was not there: the folder may be another user's.
    with host.new_file(path + PARTIAL) as stream:
        result = host.run(words, timeout=3600, out=stream)
    if result.code != 0:
        host.remove_file(path + PARTIAL)
        raise ClawPilotError(
            "BACKUP_FAILED",
            f"The backup to {path} failed: {result.text}.",
            "Free some space or name another backup_dir; nothing was removed.",
        )
    host.rename(path + PARTIAL, path)
    return path
