# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The events of the registry, with filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

if TYPE_CHECKING:
    from ansible_collections.claw.pilot.webapp.services import Services


@pytest.fixture
def events(services: Services) -> None:
    """120 events of one kind, and two that are otherwise."""
    from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry

    rows = [("web1", "acme", "restarted", f"number {n:03}", "ada", "cli") for n in range(120)]
    rows += [
        ("web2", "beta", "state_changed", "running -> error", "", "dashboard"),
        ("web1", "acme", "device_approved", "Ada's phone", "dashboard", "dashboard"),
    ]
    sql = (
        "INSERT INTO events (hostname, instance_slug, event_type, detail, actor, origin,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    with Registry(services.settings.registry) as registry, registry._writing() as db:
        for place, row in enumerate(rows):
            db.conn.execute(sql, (*row, f"2026-11-{1 + place // 60:02}T08:00:{place % 60:02}Z"))


def text(client: FlaskClient, query: str = "") -> str:
    return client.get(f"/activity{query}").get_data(as_text=True)


@pytest.mark.usefixtures("events")
def test_the_newest_come_first_and_older_ones_on_the_next_page(client: FlaskClient) -> None:
    first = text(client)
    assert (
        first.index("Ada&#39;s phone") < first.index("running → error") < first.index("number 119")
    )
    assert "number 005" not in first and "before=" in first
    before = first.split("before=")[1].split('"')[0]
    second = text(client, f"?before={before}")
    assert "number 005" in second and "number 119" not in second and "Newest" in second


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(
    "query",
    ["?host=web2", "?instance=beta", "?kind=state_changed", "?q=RUNNING"],
)
def test_each_filter_leaves_what_fits(client: FlaskClient, query: str) -> None:
    page = text(client, query)
    assert "running → error" in page and "number" not in page
    assert 'href="/activity">Clear' in page


@pytest.mark.usefixtures("events")
def test_filters_offer_what_there_is(client: FlaskClient) -> None:
    page = text(client)
    for words in ('value="web2"', 'value="state_changed"', 'value="ada"'):
        assert words in page


@pytest.mark.usefixtures("events")
def test_time_and_actor_are_filters_too(client: FlaskClient) -> None:
    assert "Nothing fits" in text(client, "?actor=nobody")
    assert "number" in text(client, "?actor=ada")
    assert "Nothing fits" in text(client, "?within=1&actor=nobody")


@pytest.mark.usefixtures("events")
def test_senseless_filters_do_no_harm(client: FlaskClient) -> None:
    for query in ("?before=x", "?before=99999999999999999999999", "?within=0", "?within=x"):
        assert client.get(f"/activity{query}").status_code == 200


def test_nothing_yet_is_said_kindly(client: FlaskClient) -> None:
    assert "Nothing has happened yet" in text(client)
