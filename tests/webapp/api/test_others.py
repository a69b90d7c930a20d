# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts, jobs, inbox, registry, tokens, settings, and the dashboard's own health."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from flask.testing import FlaskClient

from tests.webapp.api.conftest import Program
from tests.webapp.fakes import FakeJobs, FakeMonitor

REPORT = {
    "server": {"hostname": "web-1.ü"},
    "entries": [
        {"event": "created", "instance": {"slug": "acme", "openclaw_home": "/o", "port": 18789}}
    ],
}


def test_hosts(call: Program, live: Any) -> None:
    assert call("GET", "/api/hosts") == (200, {"version": live.version, "hosts": live.hosts()})
    _status, one = call("GET", "/api/hosts/web1")
    assert one["host"]["name"] == "web1"
    assert {line["host"] for line in one["instances"]} == {"web1"}
    status, answer = call("GET", "/api/hosts/no/where")
    assert (status, answer["error"]["code"]) == (404, "HOST_NOT_FOUND")


def test_discovering_and_adopting(call: Program, live: Any, fake_jobs: FakeJobs) -> None:
    assert call("POST", "/api/discover")[0] == 202
    assert call("POST", "/api/discover", json={"host": "web1"})[0] == 202
    assert [r.host for r in fake_jobs.requests] == ["localhost", "web1"]
    assert {r.variables["adopt"] for r in fake_jobs.requests} == {False}
    assert call("POST", "/api/discover", json={"host": "nowhere"})[0] == 404
    lines = live.lines()
    status, answer = call("POST", "/api/adopt", json={"ids": [line["id"] for line in lines]})
    assert (status, len(answer["jobs"])) == (202, 3)
    only = {r.host: r.variables["only"] for r in fake_jobs.requests[2:]}
    assert only == {
        host: sorted(line["slug"] for line in lines if line["host"] == host)
        for host in ("localhost", "web1", "web2")
    }


def test_jobs_are_listed_in_pages_and_read_event_by_event(
    call: Program, fake_jobs: FakeJobs
) -> None:
    ids = [
        call("POST", "/api/jobs", json={"playbook": "discover"})[1]["job"]["id"]
        for _turn in range(3)
    ]
    fake_jobs.move(ids[1], state="failed")
    fake_jobs.say(ids[0], "one", "two", "three")
    _status, page = call("GET", "/api/jobs?limit=2")
    assert [job["number"] for job in page["jobs"]] == [3, 2]
    assert [job["number"] for job in call("GET", "/api/jobs?before=2")[1]["jobs"]] == [1]
    assert [job["id"] for job in call("GET", "/api/jobs?state=failed")[1]["jobs"]] == [ids[1]]
    _status, events = call("GET", f"/api/jobs/{ids[0]}/events?after=1&limit=1")
    assert [event["stdout"] for event in events["events"]] == ["two"]
    for path in ("", "/events"):
        status, answer = call("GET", f"/api/jobs/nothing{path}")
        assert (status, answer["error"]["code"]) == (404, "JOB_NOT_FOUND")


def test_cancelling_and_repeating(call: Program, fake_jobs: FakeJobs) -> None:
    one = call("POST", "/api/instances/acme-support/stop")[1]["job"]["id"]
    status, answer = call("POST", f"/api/jobs/{one}/cancel")
    assert (status, answer["job"]["state"], answer["job"]["canceled_by"]) == (
        202,
        "canceled",
        "dashboard",
    )
    status, answer = call("POST", f"/api/jobs/{one}/cancel")
    assert (status, answer["error"]["code"]) == (409, "JOB_FINISHED")
    status, answer = call("POST", f"/api/jobs/{one}/again", json={"failed_hosts": True})
    assert (status, answer["job"]["number"]) == (202, 2)
    assert call("POST", f"/api/jobs/{one}/again")[0] == 202


def test_repeating_asks_for_the_secrets(call: Program, fake_jobs: FakeJobs) -> None:
    one = call("POST", "/api/instances", json={"slug": "new"})[1]["job"]["id"]
    fake_jobs.move(one, variables={"slug": "new", "anthropic_api_key": "********"})
    status, answer = call("POST", f"/api/jobs/{one}/again")
    assert (status, answer["error"]["code"]) == (409, "SECRETS_NEEDED")
    assert answer["error"]["secrets"] == ["/anthropic_api_key"]
    secrets = {"/anthropic_api_key": "sk-1"}
    assert call("POST", f"/api/jobs/{one}/again", json={"secrets": secrets})[0] == 202
    assert fake_jobs.requests[-1].variables["anthropic_api_key"] == "sk-1"
    secrets["/slug"] = "other"
    assert call("POST", f"/api/jobs/{one}/again", json={"secrets": secrets})[0] == 400


def test_the_inbox_has_all_who_wait_with_their_place_and_says_who_could_not_be_asked(
    call: Program, live: Any, fake_monitor: FakeMonitor
) -> None:
    waiting = [line for line in live.lines() if line["pending"]]
    _status, inbox = call("GET", "/api/inbox")
    assert [one["instance_id"] for one in inbox["devices"]] == [line["id"] for line in waiting]
    bots = [line["id"] for line in waiting if line["telegram"]]
    assert [one["instance_id"] for one in inbox["pairings"]] == bots
    assert inbox["errors"] == []
    fake_monitor.answers["devices"] = ClawPilotError("HOST_UNREACHABLE", "No.", "Wait.")
    _status, inbox = call("GET", "/api/inbox")
    assert inbox["devices"] == []
    assert {e["error"]["code"] for e in inbox["errors"]} == {"HOST_UNREACHABLE"}
    for line in waiting:
        live.set_pending(line["host"], {line["state_dir"]: 0})
    assert call("GET", "/api/inbox")[1] == {"devices": [], "pairings": [], "errors": []}


def test_a_report_is_recorded_under_who_reports(call: Program) -> None:
    body = {"reports": [REPORT], "actor": "ann", "origin": "awx"}
    status, answer = call("POST", "/api/registry/report", json=body)
    assert (status, answer["changed"], answer["warnings"]) == (200, True, [])
    told = [(e["actor"], e["origin"]) for e in answer["events"]]
    assert told == [("dashboard (ann)", "api (awx)")]
    _status, seen = call("GET", "/api/registry/hosts/web-1.%C3%BC")
    assert [row["slug"] for row in seen["instances"]] == ["acme"]
    assert seen["reserved_ports"] == [18789]
    _status, seen = call("GET", "/api/events?actor=dashboard%20(ann)")
    assert seen["events"][0]["instance_slug"] == "acme"
    assert call("GET", "/api/events?type=destroyed")[1]["events"] == []


def test_a_report_may_be_larger_than_other_bodies(call: Program) -> None:
    entry = {"event": "observed", "instance": {"slug": "a", "openclaw_home": "/o", "x": "y" * 3000}}
    reports = [{"server": {"hostname": f"h{n}"}, "entries": [entry]} for n in range(1000)]
    assert call("POST", "/api/registry/report", json={"reports": reports})[0] == 200


def test_a_report_of_the_wrong_shape_is_refused(call: Program) -> None:
    status, answer = call("POST", "/api/registry/report", json={"reports": [{"server": {}}]})
    assert (status, answer["error"]["code"]) == (400, "REPORT_INVALID")


def test_tokens_are_shown_once_and_revoked(call: Program, anonymous: FlaskClient) -> None:
    status, made = call("POST", "/api/tokens", json={"name": "ci", "scope": "read"})
    assert status == 201
    status, answer = call("POST", "/api/tokens", json={"name": "ci", "scope": "read"})
    assert (status, answer["error"]["code"]) == (409, "TOKEN_EXISTS")
    header = {"Authorization": f"Bearer {made['token']}"}
    assert anonymous.get("/api/hosts", headers=header).status_code == 200
    _status, known = call("GET", "/api/tokens")
    assert [(one["name"], one["scope"]) for one in known["tokens"]] == [("ci", "read")]
    assert known["tokens"][0]["used_at"]
    assert made["token"] not in str(known)
    assert call("DELETE", "/api/tokens/ci")[0] == 204
    assert anonymous.get("/api/hosts", headers=header).status_code == 401
    assert call("DELETE", "/api/tokens/ci")[1]["error"]["code"] == "TOKEN_NOT_FOUND"


@pytest.mark.parametrize("name", ["", "-x", "a" * 41, "dashboard", "a/b", "a\n"])
def test_a_name_that_a_token_cannot_have(call: Program, name: str) -> None:
    assert call("POST", "/api/tokens", json={"name": name, "scope": "read"})[0] == 400


def test_settings_are_read_and_changed_with_their_own_checks(call: Program) -> None:
    assert call("GET", "/api/config")[1]["config"]["port_step"] == "120"
    status, answer = call("PUT", "/api/config", json={"port_step": 200, "openclaw_user": "claw"})
    assert (status, answer["config"]["port_step"]) == (200, "200")
    status, answer = call("PUT", "/api/config", json={"port_step": "0"})
    assert (status, answer["error"]["code"]) == (400, "CONFIG_VALUE_INVALID")
    assert call("PUT", "/api/config", json={"colour": "red"})[0] == 400
    assert call("GET", "/api/config")[1]["config"]["openclaw_user"] == "claw"


def test_settings_that_are_wrong_together_are_all_refused(call: Program) -> None:
    before = call("GET", "/api/config")[1]
    assert call("PUT", "/api/config", json={"port_step": 10, "dashboard_port": 0})[0] == 400
    assert call("GET", "/api/config")[1] == before


def test_the_dashboards_own_health(call: Program, live: Any) -> None:
    _status, well = call("GET", "/api/health")
    assert well["ok"] is True
    assert sum(well["instances"].values()) == 12
    live.lost("web1", "ssh: no route")
    _status, unwell = call("GET", "/api/health")
    assert unwell["ok"] is False
    assert unwell["hosts"] == {"connected": 2, "unreachable": 1}
    assert unwell["instances"]["unknown"] == 4


def test_liveness_is_open_and_says_next_to_nothing(anonymous: FlaskClient) -> None:
    answer = anonymous.get("/healthz")
    assert answer.status_code == 200
    assert set(answer.json) == {"ok", "version"}


def test_figures_for_prometheus(call: Program, live: Any, fake_jobs: FakeJobs) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    call("POST", "/api/discover")
    live.lost("web1", "ssh: no route")
    status, text = call("GET", "/metrics")
    assert status == 200
    families = {family.name: family for family in text_string_to_metric_families(text)}
    values = {
        (sample.name, *sample.labels.values()): sample.value
        for family in families.values()
        for sample in family.samples
    }
    assert values["claw_pilot_instances", "unknown"] == 4
    assert values["claw_pilot_host_up", "web1"] == 0
    assert values["claw_pilot_host_up", "localhost"] == 1
    assert values["claw_pilot_host_seen_age_seconds", "localhost"] < 60
    assert values["claw_pilot_jobs", "queued"] == 1
    assert values["claw_pilot_jobs", "running"] == 0
    assert values["claw_pilot_browsers",] == 0
    assert values["claw_pilot_waiting",] == sum(line["pending"] for line in live.lines())
    labels = {label for f in families.values() for s in f.samples for label in s.labels}
    assert labels == {"version", "state", "host"}  # nothing that grows with the instances
