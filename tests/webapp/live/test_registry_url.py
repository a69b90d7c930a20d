# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""registry: URL, for real: the client that plays use against a dashboard on a port."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry
from ansible_collections.claw.pilot.plugins.plugin_utils.registry_client import Client
from ansible_collections.claw.pilot.plugins.plugin_utils.registry_door import Door

from tests.webapp.live.conftest import Place

pytestmark = pytest.mark.timeless


def report(hostname: str, slug: str, port: int, event: str = "created") -> dict[str, Any]:
    instance = {"slug": slug, "openclaw_home": "/o", "port": port, "state": "running"}
    return {"server": {"hostname": hostname}, "entries": [{"event": event, "instance": instance}]}


@pytest.fixture
def url(place: Place) -> str:
    return f"http://127.0.0.1:{place.port}"


def test_a_token_that_is_wrong_or_missing_is_refused_and_not_told(url: str) -> None:
    for token in ("canary-wrong-token", ""):
        with pytest.raises(ClawPilotError) as caught:
            Client(url, token).report([report("web1", "acme", 18789)], "ann", "awx")
        assert caught.value.code == "REGISTRY_REFUSED"
        assert "canary" not in f"{caught.value.message} {caught.value.hint}"


def test_a_token_that_may_only_read_cannot_report(url: str, services: Any) -> None:
    client = Client(url, services.doors.make_token("reader", "read"))
    assert client.host("web1")["instances"] == []
    with pytest.raises(ClawPilotError) as caught:
        client.report([report("web1", "acme", 18789)], "ann", "awx")
    assert caught.value.code == "REGISTRY_REFUSED"


def test_a_token_that_may_operate_reports_of_what_is_known_and_is_told_why_no_more(
    url: str, place: Place, services: Any
) -> None:
    client = Client(url, services.doors.make_token("ci", "operate"))
    with pytest.raises(ClawPilotError) as caught:
        client.report([report("web1", "acme", 18789)], "ann", "awx")
    assert caught.value.code == "REGISTRY_REFUSED"
    assert "this takes one that may admin" in caught.value.message
    Client(url, place.token).report([report("web1", "acme", 18789)], "ann", "awx")
    answer = client.report([report("web1", "acme", 18789, "restarted")], "ann", "awx")
    assert [e["actor"] for e in answer["events"]] == ["ci (ann)"]


@pytest.mark.parametrize("hostname", ["web1", "web-1.ü", "a@b+c", "fe80::1"])
def test_what_was_reported_is_known_of_that_host(
    url: str, place: Place, services: Any, hostname: str
) -> None:
    client = Client(url, place.token)
    answer = client.report([report(hostname, "acme", 18789)], "ann", "awx")
    assert answer["changed"] is True
    assert [(e["hostname"], e["actor"], e["origin"]) for e in answer["events"]] == [
        (hostname, "dashboard (ann)", "api (awx)")
    ]
    again = client.report([report(hostname, "acme", 18789, "observed")], "ann", "awx")
    assert again == {"changed": False, "events": [], "warnings": []}
    seen = client.host(hostname)
    assert [(row["slug"], row["port"]) for row in seen["instances"]] == [("acme", 18789)]
    assert seen["config"]["port_step"] == "120"
    with Registry(services.settings.registry) as registry:
        assert registry.instance("acme")["hostname"] == hostname


def test_the_door_of_plays_says_the_same_of_a_url_and_of_the_file(
    url: str, place: Place, services: Any
) -> None:
    far = Door(url, place.token, "ann", "playbook")
    near = Door(str(services.settings.registry), "", "ann", "playbook")
    assert far.record([report("web1", "acme", 18789)])["changed"] is True
    assert far.record([report("web1", "beta", 18909)], check=True)["changed"] is True
    for slug in ("acme", "nobody"):
        assert far.host("web1", slug) == near.host("web1", slug)
    assert far.host("web1", "nobody")["reserved_ports"] == [18789]


def test_what_is_no_report_is_told_in_the_dashboards_words(url: str, place: Place) -> None:
    with pytest.raises(ClawPilotError) as caught:
        Client(url, place.token).report([{"server": {}}], "ann", "awx")
    assert caught.value.code == "REGISTRY_UNREACHABLE"
    assert "HTTP 400 Report 1 has no server with a hostname" in caught.value.message
