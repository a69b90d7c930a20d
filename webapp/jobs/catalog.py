# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which playbooks may be jobs, and who has to wait for whom. Reads playbooks, runs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...plugins.module_utils._hostile import shown
from ...plugins.module_utils._model import ClawPilotError
from .. import extra_vars
from .. import playbook as shared
from . import accepted
from .accepted import Accepted
from .model import Data, Request

# What a job locks while it runs. Nothing that a playbook only looks at needs a lock: a look may be
# taken at any time, and the hosts have locks of their own against what changes at once.
NOTHING, INSTANCE, HOST = "", "instance", "host"
_LOCKS = {"discover": HOST, "doctor": NOTHING, "logs": NOTHING, "status": NOTHING}
# It writes a token on its terminal, and the terminal of a job is kept.
_NEVER = frozenset(["token"])
_DEVICE_CHANGES = ("approve", "reject", "remove", "rotate", "policy")


class Catalog:
    """The playbooks of a folder. That of this collection is the one in use; tests have others.

    job_files: paths of the controller that variables of a job may name.
    """

    def __init__(
        self,
        folder: Path = shared.PLAYBOOKS,
        taken: Accepted | None = None,
        job_files: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self._taken = taken or accepted.own()
        self._job_files = tuple(job_files)

    def check(self, request: Request) -> None:
        """Raises UNKNOWN_PLAYBOOK, INVALID_VARIABLES and VARIABLE_REFUSED."""
        path = self._path(request.playbook)
        variables = extra_vars.plain(request.all_variables)
        missing = [name for name in asked_for(path) if name not in variables]
        if missing:
            raise ClawPilotError(
                "INVALID_VARIABLES",
                f"{request.playbook} needs {', '.join(missing)}, and nobody is asked in a job.",
                "Give a value for it.",
            )
        wrong = [name for name in variables if not name.isidentifier()]
        if wrong:
            raise ClawPilotError(
                "INVALID_VARIABLES",
                f"{shown(wrong[0], 80)!r} is no name of a variable.",
                "Use a-z, 0-9, _.",
            )
        # How to get there is said by us, all else by whoever asks.
        self._taken.check(request.playbook, request.variables, self._job_files)

    def word(self, name: str) -> str:
        """What ansible-playbook is given for the playbook: a full name, or a path."""
        return shared.full_name(name) if self.folder == shared.PLAYBOOKS else str(self._path(name))

    def _path(self, name: str) -> Path:
        path = self.folder / f"{name}.yml"
        if not name.isidentifier() or name in _NEVER or not path.is_file():
            raise ClawPilotError(
                "UNKNOWN_PLAYBOOK",
                f"There is no playbook {name!r} that can be a job.",
                "docs/playbooks.md names all playbooks.",
            )
        return path


@lru_cache(maxsize=64)
def asked_for(path: Path) -> tuple[str, ...]:
    """The variables that a playbook asks a person for when they are missing."""
    import yaml  # late: the process of a job does not need it here

    plays = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    prompts = [p for play in plays for p in play.get("vars_prompt") or []]
    return tuple(prompt["name"] for prompt in prompts if "default" not in prompt)


def lock_of(playbook: str, variables: Mapping[str, Any], check: bool) -> str:
    """What a run locks: NOTHING, its INSTANCE, or its HOST against others of whole hosts."""
    if check:
        return NOTHING
    if playbook == "devices":
        changes = any(variables.get(name) for name in _DEVICE_CHANGES)
        wanted = INSTANCE if variables.get("slug") else HOST
        return wanted if changes else NOTHING
    return _LOCKS.get(playbook, INSTANCE if variables.get("slug") else HOST)


def in_each_others_way(one: Data, other: Data) -> bool:
    """Whether two rows of jobs (lock, host, instance, openclaw_home) may not run at once."""
    if NOTHING in (one["lock"], other["lock"]) or one["lock"] != other["lock"]:
        return False
    if one["host"] != other["host"]:
        return False
    if one["lock"] == HOST:
        return True
    homes = {one["openclaw_home"], other["openclaw_home"]}
    # A home that is not named may be any.
    return one["instance"] == other["instance"] and (len(homes) == 1 or "" in homes)
