# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inbox: who waits at all instances, and the answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from flask.testing import FlaskClient

if TYPE_CHECKING:
    from ansible_collections.claw.pilot.webapp.services import Services

    from tests.webapp.fakes import FakeJobs, FakeMonitor

DEVICE = {
    "kind": "pending",
    "request_id": "req-1",
    "device_id": "d" * 64,
    "name": "Ada's <phone>",
    "client_id": "openclaw-ios",
    "platform": "iOS 26.1",
    "role": "operator",
    "requested_scopes": ["operator.read", "operator.admin"],
    "approved_scopes": ["operator.read"],
    "why": "scope-upgrade",
    "remote_address": "203.0.113.7",
    "age_seconds": 60,
    "seconds_left": 240,
}
SENDER = {
    "request_id": "x",
    "sender_id": "987654321",
    "name": "Grace",
    "username": "grace",
    "created": "2026-11-21T08:45:44.913Z",
    "expires": "2026-11-21T09:45:44.913Z",
    "code": "",
}


@pytest.fixture
def waiting(services: Services, fake_monitor: FakeMonitor) -> list[dict[str, Any]]:
    """The instances at which somebody waits: a device at each, a sender where there is a bot."""
    fake_monitor.answers["devices"] = {"pending": [DEVICE], "paired": []}
    fake_monitor.answers["pairings"] = {"pending": [SENDER]}
    lines = [dict(line) for line in services.live.lines() if line["pending"]]
    assert lines
    return lines


def test_only_instances_with_somebody_waiting_are_asked(
    client: FlaskClient, waiting: list[dict[str, Any]], fake_monitor: FakeMonitor
) -> None:
    client.get("/inbox")
    asked = {q["state_dir"] for _host, q in fake_monitor.questions if q["ask"] == "devices"}
    assert asked == {line["state_dir"] for line in waiting}
    bots = {q["state_dir"] for _host, q in fake_monitor.questions if q["ask"] == "pairings"}
    assert bots == {line["state_dir"] for line in waiting if line["telegram"]}


def test_a_device_is_shown_with_who_what_and_how_long(
    client: FlaskClient, waiting: list[dict[str, Any]]
) -> None:
    page = client.get("/inbox").get_data(as_text=True)
    for words in (
        "Ada&#39;s &lt;phone&gt;",
        "+operator.admin",
        "Paired already, and wants more than it has",
        "openclaw-ios",
        "203.0.113.7",
    ):
        assert words in page
    assert re.search(r'data-until="20\d\d-\d\d-\d\dT', page)


def test_approving_one_is_one_job_about_that_request(
    client: FlaskClient, waiting: list[dict[str, Any]], fake_jobs: FakeJobs
) -> None:
    line = waiting[0]
    answer = client.post("/inbox", data={"approve": f"{line['id']} device req-1"})
    (request,) = fake_jobs.requests
    assert answer.location == f"/jobs/{next(iter(fake_jobs.all))}"
    assert (request.playbook, request.instance) == ("devices", line["slug"])
    assert request.variables["approve"] == ["req-1"]


def test_a_request_is_rejected(
    client: FlaskClient, waiting: list[dict[str, Any]], fake_jobs: FakeJobs
) -> None:
    client.post("/inbox", data={"reject": f"{waiting[0]['id']} device req-1"})
    assert fake_jobs.requests[0].variables["reject"] == ["req-1"]


def test_several_are_approved_at_once(
    client: FlaskClient, waiting: list[dict[str, Any]], fake_jobs: FakeJobs
) -> None:
    id_ = waiting[0]["id"]
    keys = [f"{id_} device req-1", f"{id_} device req-2", f"{id_} sender 987654321"]
    answer = client.post("/inbox", data={"do": "approve", "ids": keys})
    assert answer.location == "/jobs"
    assert [r.playbook for r in fake_jobs.requests] == ["devices", "devices", "pair_telegram"]
    last = fake_jobs.requests[-1].variables
    assert (last["sender_id"], last["yes"]) == ("987654321", True)


def test_a_telegram_code_is_enough(
    client: FlaskClient, waiting: list[dict[str, Any]], fake_jobs: FakeJobs
) -> None:
    client.post("/inbox", data={"bot": waiting[0]["id"], "code": " abcd2345 "})
    assert fake_jobs.requests[0].variables["code"] == "ABCD2345"


def test_nobody_ticked_and_instances_that_are_gone_are_said(
    client: FlaskClient, fake_jobs: FakeJobs
) -> None:
    assert client.post("/inbox", data={"do": "approve"}).status_code == 400
    assert client.post("/inbox", data={"approve": "gone device req-1"}).status_code == 400
    assert client.post("/inbox", data={"bot": "gone", "code": "ABCD2345"}).status_code == 400
    assert fake_jobs.requests == []


def test_a_host_that_does_not_answer_is_said_and_hides_nobody_else(
    client: FlaskClient, waiting: list[dict[str, Any]], fake_monitor: FakeMonitor
) -> None:
    fake_monitor.answers["devices"] = ClawPilotError(
        "HOST_UNREACHABLE", "It is not reached.", "Look at its network."
    )
    page = client.get("/inbox").get_data(as_text=True)
    assert "did not say who waits" in page and "Look at its network." in page


def test_an_empty_inbox_is_said_kindly(client: FlaskClient, fake_monitor: FakeMonitor) -> None:
    fake_monitor.answers["devices"] = {"pending": [], "paired": []}
    fake_monitor.answers["pairings"] = {"pending": []}
    assert "Nobody waits" in client.get("/inbox").get_data(as_text=True)


def test_the_list_alone_can_be_had_for_the_script(
    client: FlaskClient, waiting: list[dict[str, Any]]
) -> None:
    part = client.get("/inbox?part=list").get_data(as_text=True)
    assert "<html" not in part and 'id="inbox-list"' in part
