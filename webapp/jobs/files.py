# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the files of jobs are. A job that waits or runs has a folder; one that ended has none.

home/jobs/ID/variables.json   0600  its variables, for ansible-playbook to read; secrets among them
home/jobs/ID/order.json       0600  which playbook, and the limits
home/jobs/ID/errors           0600  what its process wrote on standard error
and, while it runs, a private data directory of ansible-runner: in memory where the user has such
a folder, else below home/jobs/ID.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import extra_vars

_PRIVATE = "claw-pilot-job-"
# A socket of ssh below it has a path of at most about 100 characters.
_LONGEST = 50


class Files:
    """The folders of the jobs of a home."""

    def __init__(self, home: Path) -> None:
        self.database = home / "jobs.db"
        self.folder = home / "jobs"

    def of(self, id: str) -> Path:  # noqa: A002
        return self.folder / id

    def make(self, id: str, variables: Mapping[str, Any], order: Mapping[str, Any]) -> None:  # noqa: A002
        """The folder of a new job."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.of(id).mkdir(mode=0o700)
        write(self.of(id) / "variables.json", variables)
        write(self.of(id) / "order.json", order)

    def variables(self, id: str) -> dict[str, Any]:  # noqa: A002
        """The variables with their secrets; {} when they are gone."""
        return read(self.of(id) / "variables.json")

    def order(self, id: str) -> dict[str, Any]:  # noqa: A002
        return read(self.of(id) / "order.json")

    def errors_path(self, id: str) -> Path:  # noqa: A002
        return self.of(id) / "errors"

    def errors(self, id: str) -> str:  # noqa: A002
        """The last line that its process wrote on standard error."""
        try:
            lines = self.errors_path(id).read_text(errors="replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1][:300] if lines else ""

    def private(self, id: str) -> Path:  # noqa: A002
        """A fresh folder for one run, 0700. Raises OSError."""
        memory = os.environ.get("XDG_RUNTIME_DIR", "")
        base = memory if _is_ours(memory) else str(self.of(id))
        return Path(tempfile.mkdtemp(prefix=f"{_PRIVATE}{id[:8]}-", dir=base))

    def remove(self, id: str, private: str = "") -> None:  # noqa: A002
        """Everything of a job that has ended."""
        if Path(private).name.startswith(_PRIVATE):
            shutil.rmtree(private, ignore_errors=True)
        shutil.rmtree(self.of(id), ignore_errors=True)

    def others(self, active: set[str]) -> list[str]:
        """Jobs that have a folder and neither wait nor run."""
        try:
            names = os.listdir(self.folder)
        except OSError:
            return []
        return [name for name in names if name not in active]


def socket_folder(private: Path) -> Path:
    """A folder for sockets: in the private one, where a path in there is short enough."""
    if len(str(private)) <= _LONGEST:
        return private / "cp"
    return Path(tempfile.mkdtemp(prefix=_PRIVATE))


def write(path: Path, data: Any) -> None:
    """A new file that only this user can read."""
    extra_vars.write(path, json.dumps(data))


def read(path: Path) -> dict[str, Any]:
    """{} when it is not there or not whole."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _is_ours(folder: str) -> bool:
    """Whether it is a folder that only we can enter, as XDG_RUNTIME_DIR has to be."""
    try:
        found = os.stat(folder) if folder else None
    except OSError:
        return False
    private = found and found.st_uid == os.geteuid() and not found.st_mode & 0o077
    return bool(private and stat.S_ISDIR(found.st_mode) if found else False)
