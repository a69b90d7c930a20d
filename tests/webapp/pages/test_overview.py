# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The overview: what it shows, how it filters and sorts, and what is done to several at once."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient

if TYPE_CHECKING:
    from ansible_collections.claw.pilot.webapp.monitor import Live

    from tests.webapp.fakes import FakeJobs

HTMX = {"HX-Request": "true"}


def page(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def rows(text: str, shown: bool = True) -> list[str]:
    """The ids of the instances that are shown, or hidden, in their order."""
    found = re.findall(r"<(?:tr|li)( hidden)? id=\"i-([0-9a-f]{12})\"", text)
    return [one for hidden, one in found if bool(hidden) is not shown]


def names(live: Live, ids: list[str]) -> list[str]:
    return [str((live.line(one) or {})["slug"]) for one in ids]


def test_all_instances_are_there_by_host(client: FlaskClient, live: Live) -> None:
    text = page(client)
    assert rows(text) == [line["id"] for line in live.lines()]
    for host in live.hosts():
        assert f'data-host-strip="{host["name"]}"' in text
    assert re.findall(r'<tbody data-group="(.+?)">', text) == ["localhost", "web1", "web2"]


def test_a_row_says_what_matters(client: FlaskClient, live: Live) -> None:
    line = next(line for line in live.lines() if line["telegram"] and line["memory_bytes"])
    row = unescape(re.search(rf'<tr id="i-{line["id"]}".*?</tr>', page(client), re.S)[0])  # type: ignore[index]
    for word in (line["display_name"], line["state"], line["version"], line["telegram"]):
        assert word in row
    assert f">{line['port']}<" in row
    assert "#s-" in row and f"state-{line['state']}" in row  # icon, colour and word
    assert f"Last 24 hours: {line['uptime_percent']:.1f} % up" in row
    assert re.search(r">\d+ MB<|>\d\.\d GB<", row)


def test_cards_are_kept_for_the_next_time(client: FlaskClient, live: Live) -> None:
    assert '<ul class="cards"' in page(client, "?view=cards")
    assert '<ul class="cards"' in page(client)
    assert '<table class="fleet' in page(client, "?view=table")
    assert '<table class="fleet' in page(client)
    assert len(rows(page(client, "?view=cards"))) == len(live.lines())


def test_a_view_that_does_not_exist_is_the_table(client: FlaskClient) -> None:
    assert '<table class="fleet' in page(client, "?view=globe&sort=moon&dir=up")


@pytest.mark.parametrize("field", ["state", "host", "q", "tag"])
def test_a_filter_hides_the_others(client: FlaskClient, live: Live, field: str) -> None:
    tagged = next(line for line in live.lines() if line["tags"])
    value = {
        "state": tagged["state"],
        "host": tagged["host"],
        "q": str(tagged["port"]),
        "tag": tagged["tags"][0],
    }[field]
    text = page(client, f"?{field}={value}")
    wanted = [
        line["id"]
        for line in live.lines()
        if {
            "state": line["state"] == value,
            "host": line["host"] == value,
            "q": value in str(line["port"]),
            "tag": value in line["tags"],
        }[field]
    ]
    assert rows(text) == wanted
    assert len(wanted) < len(live.lines())
    assert sorted(rows(text) + rows(text, shown=False)) == sorted(
        line["id"] for line in live.lines()
    )


def test_all_words_of_a_search_have_to_fit(client: FlaskClient, live: Live) -> None:
    line = live.lines()[0]
    assert rows(page(client, f"?q={line['slug']}+{line['port']}+{line['host']}")) == [line["id"]]
    text = page(client, "?q=nothing-is-called-so")
    assert rows(text) == []
    assert 'id="none">' in text


def test_the_order_can_be_chosen(client: FlaskClient, live: Live) -> None:
    text = page(client, "?sort=memory")
    memory = [(live.line(one) or {})["memory_bytes"] for one in rows(text)]
    assert memory == sorted(memory, reverse=True)
    assert 'aria-sort="descending"' in text
    slugs = names(live, rows(page(client, "?sort=name&dir=desc")))
    assert slugs == sorted(slugs, reverse=True)


def test_versions_sort_by_number() -> None:
    from ansible_collections.claw.pilot.webapp.pages.overview import version_key

    assert sorted(["2026.9.10", "2026.9.9", "", "2026.10.1"], key=version_key) == [
        "",
        "2026.9.9",
        "2026.9.10",
        "2026.10.1",
    ]


def test_a_changed_instance_is_shown_changed(client: FlaskClient, live: Live) -> None:
    line = next(line for line in live.lines() if line["state"] == "running")
    page(client)
    live.lost(line["host"], "Connection refused")
    row = re.search(rf'<tr id="i-{line["id"]}".*?</tr>', page(client), re.S)
    assert row and "state-unknown" in row[0]
    assert "Connection refused" in page(client)


def test_what_an_instance_calls_itself_is_no_html(app: Flask, live: Live) -> None:
    from ansible_collections.claw.pilot.webapp.pages import parts

    line = {**live.lines()[0], "display_name": "<img src=x>", "tags": ['a"b'], "reason": "</td>"}
    line["version_seq"] = 10**6
    with app.app_context():
        for view in parts.VIEWS:
            piece = parts.instance(app.jinja_env, view, line)
            assert "<img" not in piece and "&lt;img" in piece
            assert 'a"b' not in piece


def test_an_empty_fleet_says_what_to_do(client: FlaskClient, live: Live) -> None:
    live.set_rows([])
    live.set_hosts([])
    text = page(client)
    assert "No instance yet" in text
    assert 'href="/create"' in text and 'href="/discover"' in text


def test_before_the_first_observation_it_says_so(client: FlaskClient, live: Live) -> None:
    from ansible_collections.claw.pilot.webapp.fleet import HostPlace

    live.set_rows([])
    live.set_hosts([HostPlace("fresh", "local", "fresh")])
    assert "Looking around" in page(client)


def test_the_counters_of_the_rail(client: FlaskClient, live: Live, fake_jobs: FakeJobs) -> None:
    waiting = sum(line["pending"] for line in live.lines())
    assert waiting
    assert client.get("/parts/nav").json == {"inbox": waiting, "jobs": 0}
    ids = [line["id"] for line in live.lines()][:1]
    client.post("/actions", data={"action": "start", "ids": ids})
    assert client.get("/parts/nav").json == {"inbox": waiting, "jobs": 1}


def test_stopping_several_asks_first(client: FlaskClient, live: Live, fake_jobs: FakeJobs) -> None:
    ids = [line["id"] for line in live.lines()][:3]
    answer = client.post("/actions", data={"action": "stop", "ids": ids})
    assert answer.status_code == 200 and "Stop 3 instances?" in answer.text
    assert fake_jobs.requests == []
    form = dict(re.findall(r'name="(action|confirm)" value="(\w+)"', answer.text))
    again = client.post("/actions", data={**form, "ids": ids})
    assert again.status_code == 303 and again.location == "/jobs"
    assert [one.playbook for one in fake_jobs.requests] == ["stop_instance"] * 3
    assert [one.instance for one in fake_jobs.requests] == names(live, ids)


def test_starting_one_leads_to_its_job(
    client: FlaskClient, live: Live, fake_jobs: FakeJobs
) -> None:
    answer = client.post("/actions", data={"action": "start", "ids": live.lines()[0]["id"]})
    assert answer.status_code == 303
    assert answer.location == f"/jobs/{next(iter(fake_jobs.all))}"


def test_htmx_gets_a_note(client: FlaskClient, live: Live, fake_jobs: FakeJobs) -> None:
    ids = [line["id"] for line in live.lines()][:2]
    data = {"action": "restart", "ids": ids, "confirm": "yes"}
    answer = client.post("/actions", data=data, headers=HTMX)
    assert answer.status_code == 200
    assert "Restarting 2 instances." in answer.text and "<html" not in answer.text
    assert len(fake_jobs.requests) == 2


@pytest.mark.parametrize("data", [{}, {"action": "start"}, {"action": "burn", "ids": "x"}])
def test_a_form_that_asks_for_nothing_is_refused(
    client: FlaskClient, fake_jobs: FakeJobs, data: dict[str, str]
) -> None:
    answer = client.post("/actions", data=data)
    assert answer.status_code == 400 and "Nothing was chosen" in answer.text
    assert fake_jobs.requests == []


def test_an_unknown_verb_does_nothing(client: FlaskClient, live: Live, fake_jobs: FakeJobs) -> None:
    data = {"action": "destroy", "ids": live.lines()[0]["id"], "confirm": "yes"}
    assert client.post("/actions", data=data).status_code == 400
    assert fake_jobs.requests == []


def test_nobody_sees_it_without_logging_in(anonymous: FlaskClient) -> None:
    for path in ("/", "/parts/nav", "/hosts", "/hosts/localhost/acme-support"):
        assert anonymous.get(path).status_code in (303, 302, 401)


@pytest.mark.parametrize("version", ["2026.².1", "2026." + "9" * 5000, ""])
def test_a_version_that_a_host_made_up_stops_no_page(version: str) -> None:
    from ansible_collections.claw.pilot.webapp.pages.overview import version_key

    assert version_key(version) < version_key("2026.9.10") < version_key("2027.1")
