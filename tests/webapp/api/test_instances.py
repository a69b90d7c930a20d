# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/api/instances: what there is, what is asked of hosts, and what is started."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry

from tests.webapp import a_fleet
from tests.webapp.api.conftest import Program
from tests.webapp.fakes import LOG, PAIRED, PAIRING, PENDING, FakeJobs, FakeMonitor


@pytest.fixture
def twins(live: Any) -> None:
    """The slug acme-support is on web2, too, and there in two homes."""
    dice = a_fleet.random.Random(1)
    share = [
        a_fleet.instance_facts("acme-support", 20000 + n, dice, openclaw_home=home)
        for n, home in enumerate(("/opt/openclaw", "/srv/claw"))
    ]
    live.observe("web2", a_fleet.observation("web2", share, dice))


def test_all_instances_are_listed_with_the_version(call: Program, live: Any) -> None:
    status, answer = call("GET", "/api/instances")
    assert status == 200
    assert answer["version"] == live.version
    assert answer["instances"] == live.lines()
    assert len(answer["instances"]) == 12


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("host=web1", lambda line: line["host"] == "web1"),
        ("state=running", lambda line: line["state"] == "running"),
        ("tag=client", lambda line: "client" in line["tags"]),
        ("q=ACME", lambda line: "acme" in line["slug"]),
        (
            "host=web1&state=running",
            lambda line: line["host"] == "web1" and line["state"] == "running",
        ),
        ("host=nowhere", lambda line: False),
    ],
)
def test_filters(call: Program, live: Any, query: str, fits: Any) -> None:
    _status, answer = call("GET", f"/api/instances?{query}")
    assert answer["instances"] == [line for line in live.lines() if fits(line)]


def test_the_list_is_packed_and_not_sent_again_when_nothing_is_new(
    call: Program, live: Any
) -> None:
    first = call.raw("GET", "/api/instances", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(first.data))["instances"] == live.lines()
    assert len(first.data) < len(gzip.decompress(first.data)) / 3
    again = {"If-None-Match": first.headers["ETag"]}
    assert call.raw("GET", "/api/instances", headers=again).status_code == 304
    line = live.lines()[0]
    live.set_pending(line["host"], {line["state_dir"]: 7})
    fresh = call.raw("GET", "/api/instances", headers=again)
    assert fresh.status_code == 200
    assert {one["id"]: one["pending"] for one in fresh.json["instances"]}[line["id"]] == 7


def test_one_instance_with_its_facts(call: Program, live: Any) -> None:
    line = live.lines()[0]
    _status, answer = call("GET", f"/api/instances/{line['slug']}")
    assert answer == {"instance": line, "facts": live.facts(line["id"])}
    assert answer["facts"]["slug"] == line["slug"]


def test_an_unknown_instance_is_not_found_anywhere(call: Program) -> None:
    for method, path in (
        ("GET", ""),
        ("GET", "/agents"),
        ("GET", "/devices"),
        ("POST", "/start"),
        ("DELETE", "?confirm=nobody"),
    ):
        status, answer = call(method, f"/api/instances/nobody{path}")
        assert (status, answer["error"]["code"]) == (404, "INSTANCE_NOT_FOUND")


def test_a_slug_in_several_places_answers_with_the_choices(
    call: Program, twins: None, fake_jobs: FakeJobs
) -> None:
    status, answer = call("POST", "/api/instances/acme-support/stop")
    assert (status, answer["error"]["code"]) == (409, "INSTANCE_AMBIGUOUS")
    assert answer["error"]["choices"] == [
        {"host": "localhost", "openclaw_home": "/opt/openclaw"},
        {"host": "web2", "openclaw_home": "/opt/openclaw"},
        {"host": "web2", "openclaw_home": "/srv/claw"},
    ]
    assert fake_jobs.requests == []
    assert call("POST", "/api/instances/acme-support/stop?host=web2")[0] == 409
    query = "host=web2&home=/srv/claw"
    assert call("POST", f"/api/instances/acme-support/stop?{query}")[0] == 202
    assert fake_jobs.requests[0].host == "web2"
    assert fake_jobs.requests[0].openclaw_home == "/srv/claw"


@pytest.mark.parametrize("verb", ["start", "stop", "restart"])
def test_a_plain_action_is_a_job_with_its_address(
    call: Program, fake_jobs: FakeJobs, verb: str
) -> None:
    answer = call.raw("POST", f"/api/instances/acme-support/{verb}")
    assert answer.status_code == 202
    job = answer.json["job"]
    assert answer.headers["Location"] == f"/api/jobs/{job['id']}"
    assert (job["playbook"], job["state"], job["instance"]) == (
        f"{verb}_instance",
        "queued",
        "acme-support",
    )
    request = fake_jobs.requests[0]
    assert request.variables == {"slug": "acme-support"}
    assert request.all_variables == {"slug": "acme-support", "openclaw_home": "/opt/openclaw"}
    assert call("GET", answer.headers["Location"])[1]["job"]["id"] == job["id"]


def test_removing_takes_the_slug_again(call: Program, fake_jobs: FakeJobs) -> None:
    assert call("DELETE", "/api/instances/acme-support")[0] == 400
    status, answer = call("DELETE", "/api/instances/acme-support?confirm=acme")
    assert (status, answer["error"]["code"]) == (400, "NOT_CONFIRMED")
    assert fake_jobs.requests == []
    query = "confirm=acme-support&backup=true"
    assert call("DELETE", f"/api/instances/acme-support?{query}")[0] == 202
    assert fake_jobs.requests[0].variables == {
        "slug": "acme-support",
        "confirm": "acme-support",
        "backup": True,
    }
    assert call("DELETE", "/api/instances/acme-support?confirm=acme-support")[0] == 202
    assert "backup" not in fake_jobs.requests[1].variables


def test_creating_is_a_job_and_so_is_its_preview(call: Program, fake_jobs: FakeJobs) -> None:
    body = {"slug": "new-one", "host": "web1", "variables": {"gateway_port": 20100}, "check": True}
    status, answer = call("POST", "/api/instances", json=body)
    assert (status, answer["job"]["instance"]) == (202, "new-one")
    request = fake_jobs.requests[0]
    assert (request.playbook, request.host, request.check, request.diff) == (
        "create_instance",
        "web1",
        True,
        True,
    )
    assert request.all_variables == {"slug": "new-one", "gateway_port": 20100, "target": "web1"}
    status, answer = call("POST", "/api/instances", json={"slug": "new-one", "host": "nowhere"})
    assert (status, answer["error"]["code"]) == (404, "HOST_NOT_FOUND")


def test_several_at_once_and_what_could_not_be(
    call: Program, live: Any, fake_jobs: FakeJobs
) -> None:
    ids = [line["id"] for line in live.lines()[:3]]
    body = {"action": "restart", "ids": [*ids, ids[0], "0" * 12]}
    status, answer = call("POST", "/api/instances/actions", json=body)
    assert status == 202
    assert len(answer["jobs"]) == len(fake_jobs.requests) == 3
    assert [(e["id"], e["error"]["code"]) for e in answer["errors"]] == [
        ("0" * 12, "INSTANCE_NOT_FOUND")
    ]


def test_what_a_host_is_asked(call: Program, live: Any, fake_monitor: FakeMonitor) -> None:
    line = live.lines()[0]
    place = f"/api/instances/{line['slug']}"
    assert call("GET", f"{place}/devices")[1] == {"pending": [PENDING], "paired": [PAIRED]}
    assert call("GET", f"{place}/pairings")[1] == {"pending": [PAIRING]}
    assert call("GET", f"{place}/logs?lines=5")[1] == {"lines": LOG}
    assert call("GET", f"{place}/config")[1]["drift"] == []
    assert [(host, question["ask"]) for host, question in fake_monitor.questions] == [
        (line["host"], name) for name in ("devices", "pairings", "logs", "config")
    ]
    assert fake_monitor.questions[2][1]["lines"] == 5


def test_a_host_that_does_not_answer_is_no_error_of_ours(
    call: Program, fake_monitor: FakeMonitor
) -> None:
    for code, expected in (("HOST_UNREACHABLE", 502), ("GATEWAY_TIMEOUT", 504)):
        fake_monitor.answers["devices"] = ClawPilotError(code, "No.", "Wait.")
        status, answer = call("GET", "/api/instances/acme-support/devices")
        assert (status, answer["error"]["code"]) == (expected, code)


def test_health_agents_and_the_past(call: Program, live: Any) -> None:
    line = live.find("acme-support")
    _status, health = call("GET", "/api/instances/acme-support/health?hours=3")
    assert health["state"] == line["state"]
    assert len(health["series"]) == 3
    _status, agents = call("GET", "/api/instances/acme-support/agents")
    assert agents["agents"][0]["id"] == "main"


@pytest.mark.parametrize("verb", ["approve", "reject", "remove", "rotate"])
def test_devices_are_answered_by_a_job(call: Program, fake_jobs: FakeJobs, verb: str) -> None:
    status, _answer = call("POST", "/api/instances/acme-support/devices", json={verb: "abc"})
    assert status == 202
    assert fake_jobs.requests[0].playbook == "devices"
    assert fake_jobs.requests[0].variables == {"slug": "acme-support", verb: ["abc"]}


def test_a_sender_is_let_in_by_a_job(call: Program, fake_jobs: FakeJobs) -> None:
    assert call("POST", "/api/instances/acme-support/pairings", json={"code": "ABC"})[0] == 202
    assert fake_jobs.requests[0].variables == {"slug": "acme-support", "code": "ABC"}


def test_tags_go_into_the_registry_and_events_come_out(
    call: Program, live: Any, services: Any, fake_monitor: FakeMonitor
) -> None:
    line = next(line for line in live.lines() if line["registry"] == "created")
    entry = {"event": "created", "instance": live.facts(line["id"])}
    with Registry(services.settings.registry) as registry:
        registry.record([{"server": {"hostname": line["host"]}, "entries": [entry]}])
    place = f"/api/instances/{line['slug']}"
    assert call("POST", f"{place}/tags", json={"tags": ["Web", "client"]}) == (
        200,
        {"tags": ["client", "web"]},
    )
    assert fake_monitor.refreshed == [line["host"]]
    status, answer = call("POST", f"{place}/tags", json={"tags": ["no spaces"]})
    assert (status, answer["error"]["code"]) == (400, "INVALID_TAG")
    _status, events = call("GET", f"{place}/events")
    assert [event["event_type"] for event in events["events"]] == ["tagged", "created"]
    older = events["events"][0]["id"]
    assert len(call("GET", f"{place}/events?before={older}")[1]["events"]) == 1


def test_what_is_not_adopted_has_no_tags(call: Program, live: Any) -> None:
    line = next((line for line in live.lines() if line["registry"] == "none"), None)
    if line is None:
        live.set_rows([])
        line = live.lines()[0]
    status, answer = call("POST", f"/api/instances/{line['slug']}/tags", json={"tags": []})
    assert (status, answer["error"]["code"]) == (409, "NOT_ADOPTED")
