# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of an instance: its tabs, what it says when nobody answers, and its actions."""

from __future__ import annotations

import random
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.webapp.pages.chart import COLUMNS, WIDTH, chart
from flask.testing import FlaskClient

from tests.webapp import a_fleet

if TYPE_CHECKING:
    from ansible_collections.claw.pilot.webapp.monitor import Live
    from ansible_collections.claw.pilot.webapp.services import Services

    from tests.webapp.fakes import FakeJobs, FakeMonitor

HTMX = {"HX-Request": "true"}
NOW = 1_795_000_000.0  # 2026-11-18
PENDING = {
    "request_id": "req-1",
    "device_id": "d" * 64,
    "name": "<Ada>",
    "client_id": "openclaw-ios",
    "platform": "iOS",
    "role": "operator",
    "requested_scopes": ["operator.read", "operator.admin"],
    "approved_scopes": ["operator.read"],
    "why": "scope-upgrade",
    "remote_address": "203.0.113.7",
    "age_seconds": 60,
    "seconds_left": 240,
}


def of_state(live: Live, state: str) -> dict[str, Any]:
    """An instance in that state, on a host of its own."""
    dice = random.Random(3)
    made = a_fleet.instance_facts("quiet", 20109, dice, state=state)
    live.observe("localhost", a_fleet.observation("localhost", [made], dice))
    return dict(live.find("quiet", "localhost"))


@pytest.fixture
def line(live: Live) -> dict[str, Any]:
    return of_state(live, "running")


def path_of(line: dict[str, Any], tab: str = "") -> str:
    return f"/hosts/{line['host']}/{line['slug']}" + (f"/{tab}" if tab else "")


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


@pytest.mark.parametrize("tab", ["", "agents", "devices", "logs", "config", "events"])
@pytest.mark.parametrize("state", ["running", "stopped"])
def test_every_tab_opens(client: FlaskClient, live: Live, tab: str, state: str) -> None:
    line = of_state(live, state)
    text = text_of(client, path_of(line, tab))
    assert f"<h1>{line['display_name']}</h1>" in text
    assert f"state-{state} pill" in text
    assert text.count('aria-current="page"') == 1


def test_the_first_tab_has_the_facts(client: FlaskClient, live: Live, line: dict[str, Any]) -> None:
    text = text_of(client, path_of(line))
    facts = live.facts(line["id"])
    for word in (facts["config_path"], facts["service"]["name"], line["model"], line["url"]):
        assert word in text
    assert 'class="chart"' in text and "24 h" in text


def test_the_head_alone_for_the_script(client: FlaskClient, line: dict[str, Any]) -> None:
    text = text_of(client, path_of(line) + "?part=live")
    assert text.lstrip().startswith('<div id="live"') and "<html" not in text


def test_problems_come_with_what_to_do() -> None:
    from ansible_collections.claw.pilot.webapp.pages.fixes import problems

    facts = {
        "problems": [{"code": "PORT_TAKEN", "message": "Somebody else listens."}],
        "auth": {"secret": "literal"},
        "service": {"manager": "systemd", "enabled": False},
    }
    found = problems(facts)
    assert [one["code"] for one in found] == ["PORT_TAKEN", "TOKEN_LITERAL", "NOT_ENABLED"]
    assert all(one["fix"] for one in found)
    assert problems({}) == []


def test_actions_fit_the_state(client: FlaskClient, live: Live) -> None:
    running = text_of(client, path_of(of_state(live, "running")))
    stopped = text_of(client, path_of(of_state(live, "stopped")))
    assert "/stop?" in running and "/restart?" in running and "/control-ui?" in running
    assert "/start?" not in running
    assert "/start?" in stopped
    assert "/stop?" not in stopped and "/control-ui?" not in stopped


def test_an_unreachable_host_is_said(client: FlaskClient, live: Live, line: dict[str, Any]) -> None:
    live.lost(line["host"], "Connection timed out")
    text = text_of(client, path_of(line))
    assert f"{line['host']} cannot be reached." in text and "Connection timed out" in text
    assert "state-unknown pill" in text


def test_one_that_is_not_there_is_a_designed_404(client: FlaskClient) -> None:
    answer = client.get("/hosts/localhost/nobody")
    assert answer.status_code == 404
    assert "INSTANCE_NOT_FOUND" in answer.text and 'class="rail"' in answer.text


def test_starting_and_stopping(
    client: FlaskClient, fake_jobs: FakeJobs, line: dict[str, Any]
) -> None:
    start = client.post(path_of(line, "start"))
    assert start.status_code == 303 and start.location.startswith("/jobs/")
    asked = client.post(path_of(line, "stop"))
    assert asked.status_code == 200 and "Stop 1 instance?" in asked.text
    assert client.get(path_of(line, "stop")).status_code == 200
    assert [one.playbook for one in fake_jobs.requests] == ["start_instance"]
    note = client.post(path_of(line, "stop"), data={"confirm": "yes"}, headers=HTMX)
    assert f"Stopping {line['slug']}." in note.text
    assert [one.playbook for one in fake_jobs.requests] == ["start_instance", "stop_instance"]


def test_tags_of_one_that_the_registry_does_not_have_are_refused(
    client: FlaskClient, fake_monitor: FakeMonitor, line: dict[str, Any]
) -> None:
    answer = client.post(path_of(line, "tags"), data={"tags": "client"})
    assert answer.status_code == 409
    assert fake_monitor.refreshed == []


def test_tags_and_events_are_the_registrys(
    client: FlaskClient, services: Services, fake_monitor: FakeMonitor
) -> None:
    line = next(one for one in services.live.lines() if one["registry"] == "created")
    instance = {"slug": line["slug"], "openclaw_home": line["openclaw_home"]}
    entry = {"event": "created", "instance": instance}
    with services.registry() as registry:
        registry.record([{"server": {"hostname": line["host"]}, "entries": [entry]}])
    answer = client.post(path_of(line, "tags"), data={"tags": "web, client ,"})
    assert answer.status_code == 303 and answer.location.startswith(path_of(line))
    with services.registry() as registry:
        assert registry.instance(line["slug"])["tags"] == ["client", "web"]
    assert fake_monitor.refreshed == [line["host"]]
    note = client.post(path_of(line, "tags"), data={"tags": ""}, headers=HTMX)
    assert "Tags saved." in note.text
    events = text_of(client, path_of(line, "events"))
    assert "client, web" in events and "tagged" in events and "created" in events
    refused = client.post(path_of(line, "tags"), data={"tags": "Two words"}, headers=HTMX)
    assert refused.status_code == 400 and "toast bad" in refused.text


def test_devices_are_asked_for_later(client: FlaskClient, line: dict[str, Any]) -> None:
    text = text_of(client, path_of(line, "devices"))
    assert "part=panel" in text and "skeleton" in text and "Ada" not in text


def test_devices_with_what_they_want(
    client: FlaskClient, fake_monitor: FakeMonitor, line: dict[str, Any]
) -> None:
    fake_monitor.answers["devices"] = {"pending": [PENDING], "paired": []}
    answer = client.get(path_of(line, "devices") + "?part=panel")
    text = answer.text
    assert "<Ada>" not in text and "&lt;Ada&gt;" in text
    assert (
        "wants more rights" in text and "+ operator.admin" in text and "+ operator.read" not in text
    )
    assert "4:00 left" in text and "data-until" in text
    assert "No device is paired." in text
    whole = client.get(path_of(line, "devices") + "?now=1").text
    assert "wants more rights" in whole and "<html" in whole


@pytest.mark.parametrize("verb", ["approve", "reject", "remove", "rotate"])
def test_answering_a_device_is_a_job(
    client: FlaskClient, fake_jobs: FakeJobs, line: dict[str, Any], verb: str
) -> None:
    answer = client.post(path_of(line, "devices"), data={verb: "req-1", "confirm": "yes"})
    assert answer.status_code == 303
    assert fake_jobs.requests[0].playbook == "devices"
    assert fake_jobs.requests[0].variables[verb] == ["req-1"]


def test_answering_no_device_is_refused(client: FlaskClient, line: dict[str, Any]) -> None:
    assert client.post(path_of(line, "devices"), data={"kill": "x"}).status_code == 400


def test_a_sender_is_let_in_by_code(
    client: FlaskClient, fake_jobs: FakeJobs, line: dict[str, Any]
) -> None:
    client.post(path_of(line, "pairings"), data={"code": "ABCD2345"})
    assert fake_jobs.requests[0].playbook == "pair_telegram"
    assert fake_jobs.requests[0].variables["code"] == "ABCD2345"


@pytest.mark.parametrize("tab", ["devices", "config"])
def test_a_host_that_does_not_answer_is_said(
    client: FlaskClient, fake_monitor: FakeMonitor, line: dict[str, Any], tab: str
) -> None:
    for question in ("devices", "config"):
        fake_monitor.answers[question] = ClawPilotError("HOST_UNREACHABLE", "It is away.", "Wait.")
    answer = client.get(path_of(line, tab) + "?part=panel")
    assert answer.status_code == 200
    assert "It is away." in answer.text and "HOST_UNREACHABLE" in answer.text


def test_a_stopped_gateway_has_no_devices_to_tell(
    client: FlaskClient, live: Live, fake_monitor: FakeMonitor
) -> None:
    fake_monitor.answers["devices"] = ClawPilotError("GATEWAY_UNREACHABLE", "Nobody there.", "")
    answer = client.get(path_of(of_state(live, "stopped"), "devices") + "?part=panel")
    assert "The gateway is stopped" in answer.text and "/start?" in answer.text


def test_config_has_line_numbers_and_drift(
    client: FlaskClient, fake_monitor: FakeMonitor, line: dict[str, Any]
) -> None:
    drift = [{"path": "gateway.port", "now": 1, "wanted": None}]
    fake_monitor.answers["config"] = {"text": '{\n  "a": "<b>"\n}', "drift": drift}
    text = client.get(path_of(line, "config") + "?part=panel").text
    assert text.count("<li><code>") == 3 and "<b>" not in text.partition("<ol")[2]
    assert "gateway.port" in text and "not there" in text and "1 place" in text


def test_the_log_without_javascript_and_as_a_file(
    client: FlaskClient, line: dict[str, Any]
) -> None:
    assert "heartbeat: started" not in text_of(client, path_of(line, "logs"))
    assert "heartbeat: started" in text_of(client, path_of(line, "logs") + "?now=1")
    file = client.get(path_of(line, "logs.txt"))
    assert file.mimetype == "text/plain"
    assert f'filename="{line["slug"]}.log"' in file.headers["Content-Disposition"]
    assert "2026-11-21T08:00:01Z warn  log: catalog is old\n" in file.text


def test_the_way_to_the_control_ui_keeps_the_token_out_of_addresses(
    client: FlaskClient, live: Live, line: dict[str, Any]
) -> None:
    answer = client.post(path_of(line, "control-ui"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    text = unescape(answer.text)
    assert text.count("canary-gateway-token") == 1
    assert 'data-token="canary-gateway-token"' in text
    assert not re.search(r'(href|src|action)="[^"]*canary', text)
    for tab in ("", "config", "logs"):
        assert "canary" not in text_of(client, path_of(line, tab))
    assert client.get(path_of(line, "control-ui")).status_code == 405


def test_a_gateway_of_another_host_needs_a_tunnel(client: FlaskClient, live: Live) -> None:
    far = next(
        one for one in live.lines() if one["host"] != "localhost" and one["state"] == "running"
    )
    text = unescape(client.post(path_of(dict(far), "control-ui")).text)
    assert f"ssh -N -L {far['port']}:127.0.0.1:{far['port']} {far['host']}" in text
    assert 'data-direct="0"' in text


def test_the_name_of_an_instance_is_no_script(client: FlaskClient) -> None:
    answer = client.get("/hosts/localhost/%3Cscript%3E")
    assert answer.status_code == 404 and "<script>" not in answer.text


# --- the chart


def sample(ago: float, **more: Any) -> dict[str, Any]:
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(NOW - ago, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"at": at, "state": "running", "memory_bytes": 5e8, "cpu_percent": 2.0, **more}


def test_a_chart_without_samples() -> None:
    made = chart([], 24, NOW)
    assert (made.memory, made.cpu, made.bands, made.samples) == ("", "", (), 0)
    assert len(made.ticks) == 5


def test_a_gap_stays_a_gap() -> None:
    series = [sample(ago) for ago in range(0, 86400, 60) if not 20000 < ago < 40000]
    made = chart(series, 24, NOW - 1)
    assert made.memory.count("M") == 2
    assert len(made.bands) == 2 and {band[0] for band in made.bands} == {"running"}
    assert made.bands[-1][1] + made.bands[-1][2] <= WIDTH


def test_the_worst_state_of_a_column_shows() -> None:
    made = chart([sample(100), sample(101, state="error"), sample(102)], 24, NOW)
    assert [band[0] for band in made.bands] == ["error"]


def test_hourly_samples_have_no_gaps_between() -> None:
    made = chart([sample(ago) for ago in range(0, 7 * 86400, 3600)], 168, NOW - 1)
    assert made.memory.count("M") == 1
    assert made.memory_top >= 5e8


def test_samples_from_before_or_after_are_left_out() -> None:
    assert chart([sample(90000), sample(-60)], 24, NOW).samples == 0


def test_many_samples_stay_small() -> None:
    made = chart([sample(ago) for ago in range(0, 86400, 10)], 24, NOW)
    assert len(made.memory) < COLUMNS * 14
