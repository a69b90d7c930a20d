# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Read the files of an instance, which may be anybody's (see _reading).

Private to the claw.pilot collection. Python 3.9 or later. Never writes.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping, Sequence
from typing import Any

from ._commands import is_path
from ._dotenv import parse as parse_dotenv
from ._includes import has_includes, resolve
from ._json5 import parse
from ._model import ClawPilotError
from ._reading import NOBODY, read_bounded, unreadable
from ._sightings import ConfigFile, Lock, StateFiles
from ._summary import is_placeholder

MAX_CONFIG_BYTES = 2 * 1024 * 1024  # OpenClaw's own limit for an included file
MAX_INCLUDED_BYTES = 4 * MAX_CONFIG_BYTES  # of all files that one config includes
MAX_SMALL_BYTES = 256 * 1024
MEM0_PROJECT = "mem0-openclaw-mem0-"  # OpenClaw adds a hash of the package's origin
DATABASE = os.path.join("state", "openclaw.sqlite")
_LOCK = re.compile(r"gateway\.(state|[0-9a-f]{8})\.lock\Z")


def mem0_installed(state_dir: str) -> bool:
    """Whether `openclaw plugins install` has put mem0 into this state directory."""
    try:
        names = os.listdir(os.path.join(state_dir, "npm", "projects"))
    except OSError:
        return False
    return any(name.startswith(MEM0_PROJECT) for name in names)


def problem(error: ClawPilotError) -> dict[str, str]:
    return {"code": error.code, "message": error.message}


def config_of(instance: Mapping[str, Any]) -> ConfigFile:
    """The config of an instance (in the instance shape), as far as its owner may read it."""
    return read_config(
        str(instance["config_path"]),
        state_dir=str(instance["state_dir"]),
        told_by=int(instance["told_by"]),
    )


def namer(path: str, state_dir: str, told_by: int) -> int:
    """Whose word it is that this path belongs to an instance, 0 for a path of ours.

    told_by: the uid whose service or process tells of the instance, and so of all its paths; 0
    where its state directory was found. Then what lies in there was found as well, and all else
    is named by its config: by who has the state directory.
    """
    if told_by:
        return told_by
    if not state_dir or os.path.normpath(path).startswith(state_dir.rstrip(os.sep) + os.sep):
        return 0
    try:
        return os.stat(state_dir).st_uid
    except OSError:
        return NOBODY


def read_config(
    path: str, include_roots: Sequence[str] = (), state_dir: str = "", told_by: int = 0
) -> ConfigFile:
    """The config with its includes; ConfigFile() when there is no such file.

    include_roots: folders beside its own that it may include files from; state_dir: of the
    instance that it is said to be of; told_by: see namer().
    """
    owner = namer(path, state_dir, told_by)
    try:
        text, status = read_bounded(path, MAX_CONFIG_BYTES, owner)
    except FileNotFoundError:
        if os.path.islink(path):
            message = f"{path} is a link to a file that is not there."
            return ConfigFile(problem={"code": "FILE_UNREADABLE", "message": message})
        return ConfigFile()
    except NotADirectoryError as error:
        return ConfigFile(problem=problem(unreadable(path, error)))
    except ClawPilotError as error:
        mode, uid = _owner(path)
        return ConfigFile(None, mode, uid, problem(error))
    mode, uid = stat.S_IMODE(status.st_mode), status.st_uid
    try:
        value = parse(text, path)
        if has_includes(text):
            reader = _Included(owner or status.st_uid)
            value = resolve(value, path, os.path.realpath, reader.read, include_roots)
        if not isinstance(value, dict):
            raise ClawPilotError("FILE_MALFORMED", f"{path} is not a JSON5 object.")
    except ClawPilotError as error:
        return ConfigFile(None, mode, uid, problem(error))
    except RecursionError:
        message = f"{path} and what it includes are nested too deeply."
        return ConfigFile(None, mode, uid, {"code": "FILE_MALFORMED", "message": message})
    return ConfigFile(value, mode, uid)


def _owner(path: str) -> tuple[int | None, int]:
    """Mode and owner of what may not be read."""
    try:
        status = os.stat(path)
    except OSError:
        return None, -1
    return stat.S_IMODE(status.st_mode), status.st_uid


class _Included:
    """The included files of one config, in all not larger than a few configs."""

    def __init__(self, named_by: int) -> None:
        self._named_by = named_by
        self._left = MAX_INCLUDED_BYTES

    def read(self, path: str) -> Any:
        try:
            most = min(self._left, MAX_CONFIG_BYTES)
            text, status = read_bounded(path, most, self._named_by)
        except (FileNotFoundError, NotADirectoryError):
            message = f"The included {path} is not there."
            raise ClawPilotError("FILE_MALFORMED", message, "Correct the $include.") from None
        if status.st_nlink > 1:  # OpenClaw refuses it: a link may lead out of its folder
            message = f"The included {path} has more than one hard link."
            raise ClawPilotError("FILE_MALFORMED", message, "Put a copy in its place.")
        self._left -= max(len(text), status.st_size)
        return parse(text, path)


def read_state_files(
    state_dir: str, config_path: str, include_roots: Sequence[str] = (), told_by: int = 0
) -> StateFiles:
    """Everything of one state directory that is read in a pass over the host.

    told_by: see namer().
    """
    config = read_config(config_path, include_roots, state_dir, told_by)
    try:
        status = os.stat(state_dir)
    except OSError as error:
        if config.value is None and config.problem is None:
            config = ConfigFile(problem=problem(unreadable(state_dir, error)))
        return StateFiles(config, uid=told_by or -1)
    variables, env_mode, env_known = _dotenv(os.path.join(state_dir, ".env"), told_by)
    return StateFiles(
        config=config,
        uid=status.st_uid,
        mode=stat.S_IMODE(status.st_mode),
        env_mode=env_mode,
        env_known=env_known,
        variables=variables,
        has_database=os.path.exists(os.path.join(state_dir, DATABASE)),
        marker=read_marker(state_dir, told_by),
        locks=_locks(state_dir, status.st_uid, told_by),
    )


def _dotenv(path: str, told_by: int) -> tuple[frozenset[str], int | None, bool]:
    """The names that a .env sets, its mode, and whether that is all there is to know."""
    try:
        text, status = read_bounded(path, MAX_SMALL_BYTES, told_by)
    except FileNotFoundError:
        return frozenset(), None, True
    except (NotADirectoryError, ClawPilotError):
        return frozenset(), _owner(path)[0], False
    values = parse_dotenv(text).items()
    names = frozenset(name for name, value in values if not is_placeholder(value))
    return names, stat.S_IMODE(status.st_mode), True


def read_marker(state_dir: str, told_by: int) -> Mapping[str, Any]:
    """Our marker; {} where there is none or where it is broken."""
    path = os.path.join(state_dir, ".claw-pilot.json")
    try:
        marker = parse(read_bounded(path, MAX_CONFIG_BYTES, told_by)[0], path)
    except (OSError, ClawPilotError):
        return {}
    return marker if isinstance(marker, dict) else {}


def _locks(state_dir: str, uid: int, told_by: int) -> tuple[Lock, ...]:
    found = []
    for owner in sorted({uid, 0}):  # root may run what belongs to somebody else
        folder = os.path.join(state_dir, "tmp", f"openclaw-{owner}")
        try:
            names = sorted(name for name in os.listdir(folder) if _LOCK.match(name))
        except OSError:
            continue
        found += [_lock(os.path.join(folder, name), told_by) for name in names]
    return tuple(found)


def _lock(path: str, told_by: int) -> Lock:
    """The JSON at the head of a lock file; OpenClaw fills the rest of it with blanks."""
    try:
        text, status = read_bounded(path, MAX_SMALL_BYTES, told_by)
        data = parse(text.strip(" \t\r\n\0"), path)
    except (OSError, ClawPilotError):
        return Lock(path)
    data = data if isinstance(data, dict) else {}
    held = data.get("stateDir")
    return Lock(
        path,
        _number(data.get("pid")),
        _number(data.get("startTime")),
        os.path.realpath(held) if isinstance(held, str) and is_path(held) else "",
        _number(data.get("port")),
        status.st_uid,
    )


def _number(value: Any) -> int:
    known = isinstance(value, int) and not isinstance(value, bool)
    return value if known and 0 < value < 1 << 53 else 0
