# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one statement of what everything takes: which scope, and what is asked before it is done.

Pages, API and the live connection name a right each and hold nothing of it themselves; a job has
the right of what its playbook does. No effects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    "decide": Right("admin"),  # what runs on the host and as whom, and where its keys are sent
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
    # Below a home is also the program that is run.
    "create_instance": {"openclaw_home": "decide", "take_over": "take_over"},
    "discover": {"adopt": "adopt", "prune": "prune"},
    "devices": {**DEVICES, "policy": "run"},
    "pair_telegram": {"owner": "run"},
}
# Who may operate is not a user of the hosts, of which the dashboard's own machine is one. These
# variables would make them one, and these keys in any variable have a stored key sent elsewhere.
_DECIDING = frozenset(
    ["config", "instance_environment", "openclaw_user", "plugins", "prefix", "projects_root"]
)
_DECIDING_KEYS = frozenset(["api_root", "base_url", "ollama_url", "qdrant_host", "workspace"])


def of_run(playbook: str, variables: Mapping[str, Any]) -> str:
    """The right for a run of the playbook; that to run anything where no other is known."""
    found = _PLAYBOOKS.get(playbook, "run")
    for name, right in _BY_VARIABLE.get(playbook, {}).items():
        if variables.get(name):
            found = right
    decides = any(variables.get(name) for name in _DECIDING) or any(_deciding(variables))
    return "decide" if decides and RIGHTS[found].scope != "admin" else found


def _deciding(value: Any) -> Iterator[bool]:
    """Of every key in it, however deep, whether it says where something is or goes."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield key in _DECIDING_KEYS and bool(part)
            yield from _deciding(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _deciding(part)
