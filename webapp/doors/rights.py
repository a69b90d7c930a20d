# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one statement of what everything takes: which scope, and what is asked before it is done.

Pages, API and the live connection name a right each and hold nothing of it themselves; a job has
the right of what its playbook does. No effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SCOPES = ("metrics", "read", "operate", "admin")  # each may do what those before it may
OPEN = "open"
NOTHING, YES, NAME = "", "yes", "name"


@dataclass(frozen=True)
class Right:
    """scope: the least that may; OPEN for anybody.

    asks: what a page wants first: NOTHING, a YES, or the NAME once more, which the API wants, too.
    again: the same when a job that did it is repeated. ends: what it does, for the question.
    """

    scope: str
    asks: str = NOTHING
    again: str = NOTHING
    ends: str = ""


def _asked(scope: str, asks: str, ends: str) -> Right:
    return Right(scope, asks, asks, ends)


RIGHTS: Mapping[str, Right] = {
    "enter": Right(OPEN),  # log in, be told that it answers, get static files
    "measure": Right("metrics"),
    "leave": Right("metrics"),
    "see": Right("read"),
    "create": Right("operate"),
    "start": Right("operate"),
    "stop": _asked("operate", YES, "What its agents do just now ends."),
    "restart": _asked("operate", YES, "What its agents do just now ends, and it comes up again."),
    "discover": Right("operate"),
    "adopt": Right("operate"),
    "examine": Right("operate"),
    "tag": Right("operate"),
    "approve": Right("operate", again=YES, ends="Whoever is meant is let in."),
    "reject": Right("operate", again=YES, ends="Whoever is meant has to ask again."),
    "remove_device": _asked("operate", YES, "The device is signed out and has to pair again."),
    "rotate_device": _asked("operate", YES, "The device has to connect anew with its new token."),
    "cancel": _asked("operate", YES, "What it has done so far stays as it is."),
    "repeat": Right("operate"),  # and what the job itself takes
    "report": Right("operate"),
    "destroy": _asked("admin", NAME, "The instance is removed with all its data."),
    "take_over": _asked("admin", NAME, "An instance that others made becomes one of ours."),
    "prune": _asked("admin", YES, "The registry forgets the instances that are gone."),
    "run": _asked("admin", YES, "The playbook runs with the same variables."),
    "control_ui": Right("admin"),
    "configure": Right("admin"),
    "see_tokens": Right("admin"),
    "make_token": Right("admin"),
    "revoke_token": Right("admin", YES),
}
# Channels of the live connection.
CHANNELS: Mapping[str, str] = dict.fromkeys(("fleet", "instance", "logs", "job", "jobs"), "see")
DEVICES: Mapping[str, str] = {  # verbs of the playbook devices
    "approve": "approve",
    "reject": "reject",
    "remove": "remove_device",
    "rotate": "rotate_device",
}
_PLAYBOOKS: Mapping[str, str] = {
    "create_instance": "create",
    "destroy_instance": "destroy",
    "start_instance": "start",
    "stop_instance": "stop",
    "restart_instance": "restart",
    "discover": "discover",
    "doctor": "examine",
    "logs": "examine",
    "status": "examine",
    "devices": "examine",
    "pair_telegram": "approve",
}
# What a variable makes of its playbook; of several, the one that is last here.
_BY_VARIABLE: Mapping[str, Mapping[str, str]] = {
    "create_instance": {"take_over": "take_over"},
    "discover": {"adopt": "adopt", "prune": "prune"},
    "devices": {**DEVICES, "policy": "run"},
    "pair_telegram": {"owner": "run"},
}


def of_run(playbook: str, variables: Mapping[str, Any]) -> str:
    """The right for a run of the playbook; that to run anything where no other is known."""
    found = _PLAYBOOKS.get(playbook, "run")
    for name, right in _BY_VARIABLE.get(playbook, {}).items():
        if variables.get(name):
            found = right
    return found
