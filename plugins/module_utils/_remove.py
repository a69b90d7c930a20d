# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Remove an instance of ours without a trace, finished or not; never anything else.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    folders = [
        *([layout.state_dir] if instance.known else []),
        *_project(data),
        _journal.staging_path(layout),
        _journal.gone_path(layout),
        _journal.check_path(layout),
    ]
    files = [
        *_files_outside(instance),
        instance.manager.definition_path,
        instance.manager.definition_path + ".off",
        *instance.retired,
        layout.journal_path,
    ]
    there = tuple(path for path in (*folders, *files) if path and host.exists(path))
    host.check_removable(there, folders)
    check_owners(there, {owner_of(layout.state_dir)})
    return Removal(there, sum(host.size(path) for path in there))


def _project(data: Mapping[str, Any]) -> list[str]:
    """The project directory, if this instance brought it."""
    project = data.get("project_dir")
    return [str(project)] if project and project in data.get("made", ()) else []


def owner_of(state_dir: str) -> int:
    """Whose an instance is (uid): for one without a state directory, whoever runs this."""
    try:
        return os.lstat(state_dir).st_uid
    except FileNotFoundError:
        return os.geteuid()


def check_owners(paths: Iterable[str], owners: Collection[int]) -> None:
    """Raise UNSAFE_PATH where one of the paths belongs to a user who is none of these (uids)."""
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            if os.lstat(path).st_uid not in owners:
                raise ClawPilotError(
                    "UNSAFE_PATH",
                    f"{path} belongs to another user than the instance that it would go with.",
                    "Nothing was changed. Give it back to that user, or move it away.",
                )


def openclaw_traces(host: Host, state_dir: str) -> list[str]:
    """What OpenClaw itself leaves outside of a state directory: early logs, and locks.

    /tmp is everybody's: only what belongs to the owner of the state directory is the instance's.
    """
    profile, owner = name_of_state_dir(state_dir), owner_of(state_dir)
    part = f"{re.escape(profile)}-" if profile != LEGACY_SLUG else ""
    logs = re.compile(rf"openclaw-{part}\d{{4}}-\d\d-\d\d(\.\d)?\.log\Z")
    # Its locks are called by a hash of its database's path.
    database = os.path.join(state_dir, "state", "openclaw.sqlite")
    locks = re.compile(rf".*\.{sha256(database.encode()).hexdigest()[:8]}\.lock\.sqlite\Z", re.S)
    lock_dir = OPENCLAW_LOCK_DIR.format(uid=owner)
    return [
        *(_owned(host, OPENCLAW_LOG_DIR, logs, owner) if profile else ()),
        *_owned(host, lock_dir, locks, owner),
    ]


def _owned(host: Host, folder: str, names: re.Pattern[str], owner: int) -> list[str]:
    """What in a folder has such a name and that owner, as far as we may remove it."""
    if os.path.islink(folder) or not os.access(folder, os.W_OK | os.X_OK):
        return []
    paths = [os.path.join(folder, name) for name in host.names(folder) if names.match(name)]
    return [path for path in paths if host.exists(path) and os.lstat(path).st_uid == owner]


def remove(instance: Instance) -> None:
    """Stop the gateway and remove everything that this instance brought.

    The journal is there from the beginning to the end: after a kill the next run goes on.
    """
    host, layout, manager = instance.host, instance.layout, instance.manager
    data = _journal.read_journal(host, layout) or instance.marker
    owners = {owner_of(layout.state_dir)}
    if data is not None:
        _begin(instance, data)
    state = manager.state()
    if state.defined or state.active:
        manager.stop()
    traces = _files_outside(instance)
    if data is not None:
        for project in _project(data):
            host.remove_owned(project, owners)
        # In one rename, so that a state directory is whole or gone, never half there.
        gone = _journal.gone_path(layout)
        host.remove_tree(gone, layout.home)
        if host.exists(layout.state_dir):
            host.set_aside(layout.state_dir, os.path.basename(gone))
        host.remove_tree(gone, layout.home)
    manager.undefine()
    for path in (*traces, *instance.retired):
        host.remove_owned(path, owners)
    host.remove_tree(_journal.check_path(layout), layout.home)
    _remove_folders(instance, list(data.get("made", ())) if data else [])


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
    ours = [p for p in made if p.startswith(layout.home + "/")]
    inside = [p for p in ours if p == layout.service_dir or layout.service_dir.startswith(p + "/")]
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
