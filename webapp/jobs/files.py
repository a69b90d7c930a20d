# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the files of jobs are. A job that waits or runs has a folder; one that ended has none.

home/jobs/ID/variables.json   0600  its variables, for ansible-playbook to read; secrets among them
home/jobs/ID/order.json       0600  which playbook, and the limits
home/jobs/ID/errors           0600  what its process wrote on standard error
home/jobs/ID/elsewhere        0600  its folders at other places, noted before they are made
and, while it runs, a private data directory of ansible-runner: in memory where the user has such
a folder, else below home/jobs/ID. Whenever a job is killed, what it leaves is found by these.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import extra_vars

_PRIVATE, _ELSEWHERE = "claw-pilot-job-", "elsewhere"
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
        return self._elsewhere(id, Path(memory) if _is_ours(memory) else self.of(id))

    def sockets(self, id: str, private: Path) -> Path:  # noqa: A002
        """A folder for sockets, perhaps to be made: in the private one where a path in there is
        short enough. Raises OSError.
        """
        if len(str(private)) <= _LONGEST:
            return private / "cp"
        return self._elsewhere(id, Path(tempfile.gettempdir()))

    def _elsewhere(self, id: str, base: Path) -> Path:  # noqa: A002
        folder = base / f"{_PRIVATE}{id[:8]}-{secrets.token_hex(4)}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with os.fdopen(os.open(self.of(id) / _ELSEWHERE, flags, 0o600), "w") as notes:
            notes.write(f"{json.dumps(str(folder))}\n")
        folder.mkdir(mode=0o700)
        return folder

    def remove(self, id: str) -> None:  # noqa: A002
        """Everything of a job that has ended."""
        with contextlib.suppress(OSError, ValueError):
            for line in (self.of(id) / _ELSEWHERE).read_text().splitlines():
                folder = Path(json.loads(line))
                if folder.name.startswith(_PRIVATE):
                    shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(self.of(id), ignore_errors=True)

    def others(self, active: set[str]) -> list[str]:
        """Jobs that have a folder and neither wait nor run."""
        try:
            names = os.listdir(self.folder)
        except OSError:
            return []
        return [name for name in names if name not in active]


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
