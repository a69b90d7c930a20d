# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command and the dashboard share about runs of ansible-playbook. Starts nothing."""

from __future__ import annotations

import json
import locale
import os
import shlex
import shutil
import sysconfig
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..plugins.module_utils._model import ClawPilotError
from ..plugins.module_utils._secrets import redact
from . import extra_vars

COLLECTION = "claw.pilot"
ROOT = Path(__file__).parents[1]  # not resolved: it may be a link into a checkout
PLAYBOOKS = ROOT / "playbooks"
INVENTORY_SUFFIX = ".claw_pilot.yml"  # by which the inventory plugin knows its files
QUIET = {
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
}

# What a host says is no variable, also where it comes from another module or a cache.
GUARDED = {"ANSIBLE_INJECT_FACT_VARS": "false"}


def ansible_playbook() -> str:
    """The ansible-playbook of this Python environment, else the one on PATH.

    Raises ANSIBLE_NOT_FOUND.
    """
    own = Path(sysconfig.get_path("scripts"), "ansible-playbook")
    found = str(own) if own.is_file() else shutil.which("ansible-playbook")
    if not found:
        raise ClawPilotError(
            "ANSIBLE_NOT_FOUND", "ansible-playbook is missing.", "Run pip install ansible-core."
        )
    return found


def full_name(playbook: str) -> str:
    """The name by which Ansible finds a playbook of this collection."""
    return f"{COLLECTION}.{playbook}"


def registry_inventory(registry: str) -> dict[str, Any]:
    """The inventory source that reads a registry; registry: its path.

    It has no groups: then a target that is the name of a host can mean nothing but that host.
    """
    return {"plugin": f"{COLLECTION}.registry", "registry": registry, "grouped": False}


def equivalent(
    playbook: str,
    variables: Mapping[str, Any],
    options: Sequence[str] = (),
    inventory: Mapping[str, Any] | None = None,
    typed: Collection[str] = (),
) -> str:
    """The same run as a command line for a person to read, secrets masked.

    inventory: what stands in the inventory file that the options name, for a second line; typed:
    as extra_vars.files() has it.
    """
    shown = extra_vars.for_a_person(redact(dict(variables)), typed)
    words = ["ansible-playbook", full_name(playbook), *options, "--extra-vars", shown]
    line = shlex.join(words)
    return f"{line}\n# its inventory file holds {json.dumps(inventory)}" if inventory else line


def environment(origin: str, **more: str) -> dict[str, str]:
    """Our own environment for a playbook; origin: from where it is run, for events."""
    return {**QUIET, **os.environ, **GUARDED, **utf8(), "CLAW_PILOT_ORIGIN": origin, **more}


def utf8() -> dict[str, str]:
    """What to change in an environment like ours for Ansible, which refuses all but UTF-8."""
    codeset = locale.nl_langinfo(locale.CODESET).replace("-", "").lower()
    return {} if codeset == "utf8" else {"LC_ALL": "C.UTF-8"}
