# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cgroup for a job, where there can be one: a scope of systemd's, else a folder of cgroup v2.

It keeps the job out of the dashboard's own group, which a service manager ends as a whole when the
dashboard is restarted, and it shows processes that have hidden from their family. It is never
killed as a whole: a create may just have started the supervisord of all instances in it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

MOUNTS = "/proc/self/mountinfo"
OWN = "/proc/self/cgroup"
SYSTEMD = "/run/systemd/system"
NAME = "claw-pilot-job-"
_PROBE_SECONDS = 5
_TRIES = 20
_TRY_SECONDS = 0.05


def scope(job: str) -> list[str]:
    """Words that start a program in a scope of its own, as the same process; [] without systemd."""
    manager = _manager()
    return [*manager, f"--unit={NAME}{job}", "--"] if manager and _answers(manager) else []


def _manager() -> list[str]:
    """systemd-run for the manager that is ours to ask; [] when there is none."""
    program = shutil.which("systemd-run")
    if not program or not os.path.isdir(SYSTEMD):
        return []
    whose = [] if os.geteuid() == 0 else ["--user"]
    return [program, *whose, "--scope", "--quiet", "--collect"]


_answered: dict[tuple[str, ...], bool] = {}


def _answers(manager: Sequence[str]) -> bool:
    """Whether it does start programs; tried once, because a session may have no bus."""
    key = tuple(manager)
    if key not in _answered:
        try:
            done = subprocess.run(
                [*manager, "--", "true"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_PROBE_SECONDS,
                check=False,
            )
            _answered[key] = done.returncode == 0
        except (OSError, subprocess.SubprocessError):
            _answered[key] = False
    return _answered[key]


def enter(job: str) -> str:
    """The folder of the cgroup that this process is in alone from now on; '' when there is none."""
    current = current_folder()
    if current is None:
        return ""
    if NAME in current.name:  # a scope
        return str(current)
    folder = current / f"{NAME}{job}"
    try:
        folder.mkdir(mode=0o755)
        (folder / "cgroup.procs").write_text(str(os.getpid()))
    except OSError:  # not ours to change, as in most containers
        with contextlib.suppress(OSError):
            folder.rmdir()
        return ""
    return str(folder)


def current_folder() -> Path | None:
    """The folder of our cgroup in the hierarchy of version 2."""
    mount = next((line.split()[4] for line in _lines(MOUNTS) if " - cgroup2 " in line), "")
    own = next((line[3:] for line in _lines(OWN) if line.startswith("0::")), "")
    return Path(mount) / own.lstrip("/") if mount and own else None


def members(folder: str) -> list[int]:
    """The processes in it."""
    if not folder:
        return []
    return [int(line) for line in _lines(os.path.join(folder, "cgroup.procs")) if line.isdigit()]


def leave(folder: str) -> None:
    """Let what is still in it, services that the job has started, go on outside; remove it."""
    path = Path(folder)
    if not folder or not path.name.startswith(NAME) or path.name.endswith(".scope"):
        return  # systemd removes a scope itself, with its last process
    for _turn in range(_TRIES):  # what was killed just now may not be quite gone
        for pid in members(folder):
            with contextlib.suppress(OSError):
                (path.parent / "cgroup.procs").write_text(str(pid))
        try:
            path.rmdir()
            return
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(_TRY_SECONDS)


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read().splitlines()
    except OSError:
        return []
