# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an instance is: from what the user says, else from the registry."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...plugins.module_utils._model import ClawPilotError, Layout
from . import outcome, store
from .options import Ansible

LOCALHOST = "localhost"


@dataclass(frozen=True)
class Place:
    """host: as the registry names it; variables: target, openclaw_home, openclaw_user as needed.

    registry: path of the registry that is to be the inventory, or empty.
    """

    host: str = LOCALHOST
    local: bool = True
    variables: dict[str, Any] = field(default_factory=dict)
    registry: str = ""


def find(
    slug: str, ansible: Ansible, host: str = "", given: Mapping[str, Any] | None = None
) -> Place:
    """The place of an instance. given: the user's own variables, for the home and the registry.

    Raises INSTANCE_NOT_FOUND and INSTANCE_AMBIGUOUS.
    """
    if ansible.chooses_hosts:
        return _chosen(ansible, host)
    given = given or {}
    registry = str(given.get("registry", ""))
    rows = _candidates(slug, registry, str(given.get("openclaw_home", "")))
    if host:
        rows = [row for row in rows if row["hostname"] == host]
        if not rows and host != LOCALHOST:
            raise ClawPilotError(
                "INSTANCE_NOT_FOUND",
                f"The registry knows no instance {slug!r} on {host}.",
                "See claw-pilot list, or run claw-pilot init for that host.",
            )
    if len(rows) > 1:
        raise _ambiguous(slug, rows)
    return of_row(rows[0], registry) if rows else Place()


def of_host(host: str, ansible: Ansible) -> Place:
    """The place of a whole host that the registry knows. Raises HOST_NOT_FOUND."""
    if ansible.chooses_hosts:
        return _chosen(ansible, host)
    if host in ("", LOCALHOST):
        return Place()
    if host not in store.hosts():
        raise ClawPilotError(
            "HOST_NOT_FOUND",
            f"The registry knows no host {host!r}.",
            "Name it with --target and --inventory, or run claw-pilot init for it first.",
        )
    return Place(host, False, {"target": host}, str(store.path_of()))


def _chosen(ansible: Ansible, host: str) -> Place:
    if host:
        raise outcome.usage_error("--host picks from the registry: leave --target and -i out.")
    target = ansible.target
    variables = {"target": target} if target else {}
    return Place(target or LOCALHOST, target in ("", LOCALHOST), variables)


def _candidates(slug: str, registry: str, home: str) -> list[dict[str, Any]]:
    """Rows of that slug, with one for an instance in our own home that the registry misses."""
    rows = store.rows(slug, registry)
    own = os.path.expanduser("~")
    here = {os.path.realpath(str(row["openclaw_home"])) for row in rows if store.is_local(row)}
    if os.path.realpath(own) not in here and os.path.isdir(Layout(own, slug).state_dir):
        rows.append({"hostname": LOCALHOST, "connection": "local", "openclaw_home": own})
    if home:
        wanted = os.path.realpath(os.path.expanduser(home))
        rows = [r for r in rows if os.path.realpath(str(r["openclaw_home"])) == wanted]
    return rows


def of_row(row: Mapping[str, Any], registry: str = "") -> Place:
    """What a playbook needs to work on the instance of a row.

    Raises USER_DIFFERS: a row may not make another user run what is in somebody's home.
    """
    host, local = str(row["hostname"]), store.is_local(dict(row))
    home, user = str(row["openclaw_home"]), str(row.get("openclaw_user") or "")
    if local:
        _check_owner(home, user)
    account = login() if local else str(row.get("ssh_user") or "")
    variables: dict[str, Any] = {}
    if not local or os.path.realpath(home) != os.path.realpath(os.path.expanduser("~")):
        variables["openclaw_home"] = home
        user = user or (_owner(home) if local else "")
    if user and user != account:
        variables["openclaw_user"] = user
    if host == LOCALHOST and local:
        return Place(host, True, variables)
    path = store.path_of(registry)
    return Place(host, local, {"target": host, **variables}, str(path or ""))


def _check_owner(home: str, user: str) -> None:
    """Raise USER_DIFFERS where a home that can be looked at belongs to another account."""
    owner = _owner(home)
    if user and owner and user != owner:
        raise ClawPilotError(
            "USER_DIFFERS",
            f"The registry has {home} run as {user}, but it belongs to {owner}.",
            "Nothing was run. See with ls -ld whose it should be, and give it back.",
        )


def login() -> str:
    """The account that runs this command."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a container's user without an entry
        return ""


def _owner(home: str) -> str:
    """The user whose home it is, as the file system says; empty when it does not say."""
    try:
        return pwd.getpwuid(os.stat(home).st_uid).pw_name
    except (OSError, KeyError):
        return ""


def _ambiguous(slug: str, rows: list[dict[str, Any]]) -> ClawPilotError:
    choices = ", ".join(f"{row['hostname']} ({row['openclaw_home']})" for row in rows)
    one_host = len({row["hostname"] for row in rows}) == 1
    how = (
        f"openclaw_home={rows[0]['openclaw_home']}" if one_host else f"--host {rows[0]['hostname']}"
    )
    return ClawPilotError(
        "INSTANCE_AMBIGUOUS",
        f"The instance {slug!r} is in {len(rows)} places: {choices}.",
        f"Pick one, such as with {how}.",
    )
