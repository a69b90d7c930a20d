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
    "report": Right("operate"),  # what is known: how it is, and what was done with it
    "destroy": _asked("admin", NAME, "The instance is removed with all its data."),
    "take_over": _asked("admin", NAME, "An instance that others made becomes one of ours."),
    "prune": _asked("admin", YES, "The registry forgets the instances that are gone."),
    "run": _asked("admin", YES, "The playbook runs with the same variables."),
    # What the registry did not know, or as whom and where it runs: jobs go there.
    "enroll": Right("admin"),
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
# Who may operate is not a user of the hosts, of which the dashboard's own machine is one. Hence
# what is not named here decides: with another variable, or another key in one of these, somebody
# could say what runs, as whom, with which tools, or where a stored key is sent. ANY: whatever it
# says; else the keys of a mapping, and in [] those of each in a list.
ANY: Any = None
_AGENT = {"id": ANY, "name": ANY, "model": ANY}
_PROVIDER = {"name": ANY, "api_key": ANY, "models": [{"id": ANY, "name": ANY}]}


def _plain(names: str) -> dict[str, Any]:
    return dict.fromkeys(["slug", *names.split()], ANY)


_START = "service_manager wait start_timeout"
OPERATES: Mapping[str, Mapping[str, Any]] = {
    "create_instance": {
        **_plain(f"{_START} stop_timeout display_name gateway_port default_model"),
        **_plain("anthropic_api_key telegram_bot_token heartbeat heap_limit_mb validate"),
        **_plain("pair wait_timeout yes confirm"),
        "agents": [_AGENT],
        "providers": [_PROVIDER],
    },
    "start_instance": _plain(_START),
    "stop_instance": _plain("service_manager stop_timeout"),
    "restart_instance": _plain(f"{_START} stop_timeout"),
    "discover": dict.fromkeys(["adopt", "only", "openclaw_home"], ANY),
    "doctor": _plain("examine fail_on"),
    "logs": _plain("lines level cursor"),
    "status": _plain(""),
    "devices": _plain(" ".join([*DEVICES, "paired"])),
    "pair_telegram": _plain("code sender_id yes wait_timeout notify_sender"),
}
# Columns of the registry that say where an instance is, as whom it runs, and whether it is ours.
_PLACE = frozenset(
    "openclaw_user state_dir config_path service_manager service_scope systemd_unit".split()
    + ["discovered"]
)


def of_run(playbook: str, variables: Mapping[str, Any]) -> str:
    """The right for a run of the playbook; that to run anything where no other is known.

    A variable counts when it is there: an empty one empties what an admin has set.
    """
    given = {name: value for name, value in variables.items() if value is not False}
    found = _PLAYBOOKS.get(playbook, "run")
    for name, right in _BY_VARIABLE.get(playbook, {}).items():
        if name in given:
            found = right
    if RIGHTS[found].scope == "admin" or _within(variables, OPERATES.get(playbook, {})):
        return found
    return "decide"


def _within(value: Any, named: Any) -> bool:
    """Whether the value is of that form and has no other keys."""
    if isinstance(named, Mapping):
        return isinstance(value, Mapping) and all(
            key in named and _within(part, named[key]) for key, part in value.items()
        )
    if isinstance(named, list):
        return isinstance(value, (list, tuple)) and all(_within(one, named[0]) for one in value)
    return True


def of_entry(event: str, values: Mapping[str, Any], row: Mapping[str, Any] | None) -> str:
    """The right for what a report says of one instance.

    values: the columns that it speaks of; row: what the registry has of it, None for nothing.
    """
    if event in ("destroyed", "pruned"):
        return "prune"
    if row is None:  # an observation of what is not known is not kept
        return "report" if event == "observed" else "enroll"
    moved = any((values[name] or "") != (row[name] or "") for name in _PLACE & values.keys())
    return "enroll" if moved else "report"
