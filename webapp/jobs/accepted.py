# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which variables a job may be given: those that its playbook takes, by accepted.yml. Reads files.

What they say is data in any case (extra_vars.py). This is about their names: a variable such as
ansible_ssh_common_args would have Ansible run something, whatever is data in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ...plugins.module_utils._hostile import shown
from ...plugins.module_utils._model import ClawPilotError

_OWN = Path(__file__).with_suffix(".yml")
# Names that mean something to Ansible itself.
_OF_ANSIBLE = ("ansible_", "__ansible_")
_LONGEST = 80  # of a name that is told back


@dataclass(frozen=True)
class Accepted:
    """playbooks: name -> its variables; at_a_terminal: those that no job is given; files: those
    whose text is the path of something here; structures: name -> its form, by accepted.yml."""

    playbooks: Mapping[str, frozenset[str]]
    at_a_terminal: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    structures: Mapping[str, Any] = field(default_factory=dict)

    def check(
        self, playbook: str, variables: Mapping[str, Any], job_files: Sequence[str] = ()
    ) -> None:
        """job_files: paths that the person who runs the dashboard has named.

        Raises VARIABLE_REFUSED.
        """
        taken = self.playbooks.get(playbook, frozenset())
        for name, value in variables.items():
            if name not in taken:
                raise _refused(
                    f"{playbook} takes no variable {shown(name, _LONGEST)!r}.",
                    "docs/playbooks.md names all that there are.",
                )
            if name in self.at_a_terminal:
                raise _refused(
                    f"{name} can be given at a terminal only.",
                    "Run the playbook by ansible-playbook or claw-pilot for it.",
                )
            if name in self.files and isinstance(value, str) and not is_one_of(value, job_files):
                raise _refused(
                    f"{name} names a file or folder of this machine that jobs may not use.",
                    "Whoever starts the dashboard names it in CLAW_PILOT_JOB_FILES.",
                )
            if not has_form(value, self.structures.get(name)):
                raise _refused(
                    f"{name} is not made as docs/playbooks.md shows it.",
                    "Give mappings as objects and lists as lists, not as a text.",
                )
        key = next((key for key in keys(variables) if key.startswith(_OF_ANSIBLE)), None)
        if key is not None:
            raise _refused(
                f"A variable has the key {shown(key, _LONGEST)!r}, which means something to"
                " Ansible itself.",
                "Leave it out.",
            )


def has_form(value: Any, form: Any) -> bool:
    """Whether it is a mapping or a list where the form has one; null says nothing."""
    if form is None or value is None:
        return True
    if isinstance(form, list):
        return isinstance(value, (list, tuple)) and all(has_form(one, form[0]) for one in value)
    return isinstance(value, Mapping) and all(has_form(value.get(key), form[key]) for key in form)


def is_one_of(text: str, paths: Sequence[str]) -> bool:
    """Whether it is the absolute path of one of them. No text names nothing."""
    path = os.path.expanduser(text)
    real = {os.path.realpath(os.path.expanduser(one)) for one in paths}
    try:
        return not text or (os.path.isabs(path) and os.path.realpath(path) in real)
    except ValueError:  # NUL
        return False


def keys(value: Any) -> Iterator[str]:
    """Every key in it, however deep."""
    if isinstance(value, Mapping):
        yield from map(str, value)
        parts: Any = value.values()
    else:
        parts = value if isinstance(value, (list, tuple)) else ()
    for part in parts:
        yield from keys(part)


@cache
def own() -> Accepted:
    """What the playbooks of this collection take."""
    import yaml  # late: the process of a job does not need it

    found = yaml.safe_load(_OWN.read_text(encoding="utf-8"))
    everywhere = found["everywhere"]
    return Accepted(
        {name: frozenset([*everywhere, *mine]) for name, mine in found["playbooks"].items()},
        frozenset(found["at_a_terminal"]),
        frozenset(found["files"]),
        found["structures"],
    )


def _refused(message: str, hint: str) -> ClawPilotError:
    return ClawPilotError("VARIABLE_REFUSED", message, hint)
