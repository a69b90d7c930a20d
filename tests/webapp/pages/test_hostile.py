# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that hosts choose: no page is reordered, broken up or run by them."""

from __future__ import annotations

import json
import random
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from flask.testing import FlaskClient

from tests import attacks
from tests.webapp import a_fleet

if TYPE_CHECKING:
    from ansible_collections.claw.pilot.webapp.services import Services

PAGES = ("/", "/?view=cards", "/hosts", "/inbox", "/discover", "/activity", "/jobs", "/create")
TABS = ("", "/agents", "/devices", "/logs", "/config", "/events")


class Titles(HTMLParser):
    """The title of a page, and how many scripts and images are in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.title, self.tags, self._in_title = "", [], False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        self.title += data if self._in_title else ""
        self._in_title = False


@pytest.fixture
def hostile(services: Services) -> str:
    """The path of an instance that is called by every attack on a terminal and on a page."""
    text = "".join(one.value for one in attacks.texts(attacks.TERMINAL, attacks.LINE, attacks.HTML))
    dice = random.Random(1)
    facts = a_fleet.instance_facts(
        "acme",
        20001,
        dice,
        display_name=text,
        openclaw_version=text,
        default_model=text,
        openclaw_user=text,
        reason=text,
        state="degraded",
        agents=[{"id": text, "name": text, "model": text, "workspace": text, "is_default": True}],
        problems=[{"code": "X", "message": text}],
        evidence=[{"kind": text, "detail": text}],
    )
    services.live.set_rows([])  # type: ignore[attr-defined]
    services.live.observe("web1", a_fleet.observation("web1", [facts], dice))  # type: ignore[attr-defined]
    return "/hosts/web1/acme"


def test_no_page_is_steered_by_the_names_in_it(client: FlaskClient, hostile: str) -> None:
    reached = 0
    for path in (*PAGES, *(hostile + tab for tab in TABS)):
        answer = client.get(path)
        assert answer.status_code == 200, path
        page = answer.get_data(as_text=True)
        assert not attacks.hurts_terminal(page.replace("\t", " ")), path
        titles = Titles(page)
        assert "img" not in titles.tags
        reached += "\\u202e" in page
    assert reached >= 6, "the name is on the pages"
    assert "\\u202e" in Titles(client.get(hostile).get_data(as_text=True)).title


def test_what_a_browser_is_sent_later_is_not_steered_either(
    client: FlaskClient, services: Services, hostile: str
) -> None:
    hub = services.hub
    for view in ("row", "card", "host"):
        items = services.live.hosts() if view == "host" else services.live.lines()
        for piece in json.loads(hub.fragments.html(items, view)).values():
            assert not attacks.hurts_terminal(piece.replace("\t", " "))
