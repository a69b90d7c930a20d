# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report takes: jobs and looks go where the registry says, as whom it says."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry
from ansible_collections.claw.pilot.webapp.doors.rights import RIGHTS, SCOPES
from ansible_collections.claw.pilot.webapp.doors.who import Who
from flask.testing import FlaskClient

Row = dict[str, Any]
HOME = "/opt/openclaw"
ACME: Row = {
    "slug": "acme",
    "openclaw_home": HOME,
    "openclaw_user": "openclaw",
    "state_dir": f"{HOME}/.openclaw-acme",
    "config_path": f"{HOME}/.openclaw-acme/openclaw.json",
    "state": "running",
    "port": 18789,
    "managed": True,
    "service": {"manager": "systemd", "scope": "user", "name": "openclaw-acme"},
}
SERVER: Row = {"hostname": "web1", "connection": "local", "openclaw_bin": "/usr/bin/openclaw"}
ELSEWHERE: Row = {
    "connection": "ssh",
    "ip": "203.0.113.9",
    "ssh_user": "mallory",
    "ssh_port": 2222,
    "openclaw_bin": "/tmp/mine",
}
# The right, the event, what is different about the instance, and about the server.
CASES: dict[str, tuple[str, str, Row, Row]] = {
    "how it is": ("report", "observed", {"state": "stopped"}, {}),
    "what was done": ("report", "restarted", {}, {}),
    "a change": ("report", "changed", {"port": 18909, "default_model": "a/b"}, {}),
    "a device": ("report", "device_approved", {}, {}),
    "what nobody knows": ("report", "observed", {"slug": "other", "state_dir": ""}, {}),
    "a new host": ("enroll", "adopted", {}, {"hostname": "mine"}),
    "a new host in a container": (
        "enroll",
        "adopted",
        {},
        {"hostname": "c", "connection": "docker", "ip": "some-container"},
    ),
    "a new home": ("enroll", "created", {"openclaw_home": "/tmp/mine", "state_dir": ""}, {}),
    "a new instance": ("enroll", "created", {"slug": "beta", "state_dir": ""}, {}),
    "one that started": ("enroll", "started", {"slug": "beta", "state_dir": ""}, {}),
    "another user": ("enroll", "changed", {"openclaw_user": "root"}, {}),
    "another user, seen": ("enroll", "observed", {"openclaw_user": "root"}, {}),
    "no user": ("enroll", "observed", {"openclaw_user": ""}, {}),
    "a user by its folder": ("enroll", "changed", {"slug": "alias", "openclaw_user": "root"}, {}),
    "another folder": ("enroll", "changed", {"state_dir": "/root/.openclaw-acme"}, {}),
    "another service": ("enroll", "changed", {"service": {"name": "sshd"}}, {}),
    "an end": ("prune", "destroyed", {}, {}),
    "a row that goes": ("prune", "pruned", {}, {}),
    "an end that never was": ("prune", "destroyed", {"slug": "never", "state_dir": ""}, {}),
}


@pytest.fixture
def registry(services: Any) -> Registry:
    """One host that is this machine, with one instance of ours."""
    made = Registry(services.settings.registry, actor="ann", origin="test")
    with made:
        made.record([report("created", {}, {})])
    return made


def report(event: str, instance: Row, server: Row) -> Row:
    entry = {"event": event, "instance": {**ACME, **instance}}
    return {"server": {**SERVER, **server}, "entries": [entry]}


def everything(registry: Registry) -> tuple[list[Row], list[Row], list[Row]]:
    with registry:
        return registry.servers(), registry.instances(), registry.events()


def header(services: Any, scope: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {services.doors.make_token('ci', scope)}"}


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("case", CASES)
def test_a_report_takes_the_right_of_what_it_says(
    anonymous: FlaskClient, services: Any, registry: Registry, case: str, scope: str
) -> None:
    right, *what = CASES[case]
    before = everything(registry)
    # In front of it one that everybody who reports may make: all is recorded, or nothing.
    reports = [report("observed", {"state": "stopped"}, {}), report(*what)]
    answer = anonymous.post(
        "/api/registry/report", json={"reports": reports}, headers=header(services, scope)
    )
    allowed = Who("", scope).may(RIGHTS[right].scope)
    assert (answer.status_code == 200) is allowed
    if not allowed:
        assert answer.json["error"]["code"] == "SCOPE_MISSING"
        assert everything(registry) == before


@pytest.mark.parametrize("scope", ["operate", "admin"])
def test_how_a_host_is_reached_is_an_admins_word(
    anonymous: FlaskClient, services: Any, registry: Registry, scope: str
) -> None:
    sent = {"reports": [report("observed", {}, {**ELSEWHERE, "os": "Debian 12"})]}
    answer = anonymous.post("/api/registry/report", json=sent, headers=header(services, scope))
    assert answer.status_code == 200
    (row,) = everything(registry)[0]
    wanted = ELSEWHERE if scope == "admin" else {**dict.fromkeys(ELSEWHERE), **SERVER}
    assert row["os"] == "Debian 12"
    assert {key: row[key] or None for key in ELSEWHERE} == {key: wanted[key] for key in ELSEWHERE}


@pytest.mark.parametrize("scope", ["operate", "admin"])
def test_who_reports_is_not_who_it_says_to_be(
    anonymous: FlaskClient, services: Any, registry: Registry, scope: str
) -> None:
    sent = {"reports": [report("restarted", {}, {})], "actor": "alice-admin", "origin": "cli"}
    anonymous.post("/api/registry/report", json=sent, headers=header(services, scope))
    newest = everything(registry)[2][0]
    assert (newest["actor"], newest["origin"]) == ("ci (alice-admin)", "api (cli)")
