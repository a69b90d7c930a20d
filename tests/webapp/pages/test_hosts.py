# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts page."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

from flask.testing import FlaskClient

if TYPE_CHECKING:
    from ansible_collections.claw.pilot.webapp.monitor import Live


def test_each_host_with_its_room_and_programs(client: FlaskClient, live: Live) -> None:
    text = unescape(client.get("/hosts").text)
    for host in live.hosts():
        assert f'id="host-{host["name"]}"' in text
        assert host["os"] in text
        assert f"{host['cpu_percent']:.0f} %" in text or f"{int(host['cpu_percent'])} %" in text
    assert "24.11.1" in text and "/opt/openclaw/bin/openclaw" in text
    assert 'href="/create?host=web1"' in text


def test_states_in_words(client: FlaskClient, live: Live) -> None:
    live.lost("web1", "No route to host", "2026-11-21T08:00:00Z")
    live.unwatched("web2", "Hosts over ssh are not watched yet.")
    text = unescape(client.get("/hosts").text)
    assert "Not reachable since 2026-11-21 08:00:00 UTC." in text and "No route to host" in text
    assert "not watched" in text and "Hosts over ssh are not watched yet." in text
    assert 'href="/create?host=web1"' not in text


def test_the_list_alone_for_the_script(client: FlaskClient) -> None:
    text = client.get("/hosts?part=list").text
    assert text.lstrip().startswith('<div class="hosts') and "<html" not in text


def test_no_hosts(client: FlaskClient, live: Live) -> None:
    live.set_hosts([])
    assert "No hosts" in client.get("/hosts").text
