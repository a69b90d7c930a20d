# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the pages look and who can use them: both themes, a phone, and the rules of accessibility."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.foreign import free_port

from .a_dashboard import PHONE, WIDE, Watch, chromium

ROOT = Path(__file__).parents[2]
PAGES = {
    "overview": "/?view=table",
    "cards": "/?view=cards",
    "hosts": "/hosts",
    "instance": "/hosts/localhost/{slug}",
    "agents": "/hosts/localhost/{slug}/agents",
    "devices": "/hosts/localhost/{slug}/devices",
    "logs": "/hosts/localhost/{slug}/logs",
    "config": "/hosts/localhost/{slug}/config",
    "events": "/hosts/localhost/{slug}/events",
    "destroy": "/hosts/localhost/{slug}/destroy",
    "create": "/create",
    "discover": "/discover",
    "inbox": "/inbox",
    "jobs": "/jobs",
    "job": "{job}",
    "activity": "/activity",
    "settings": "/settings",
}
# With SHOTS=docs/images the pages of the documentation are taken anew.
SHOTS = os.environ.get("SHOTS", "")
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@dataclass(frozen=True)
class Demo:
    """A dashboard with a made-up fleet of every state."""

    address: str
    token: str


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    words = ["-m", "tests.webapp.demo_fleet", "--port", str(free_port())]
    words += ["--instances", "14", "--hosts", "4"]
    with subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        try:
            link = process.stdout.readline()
            token = process.stdout.readline().split()[-1]
            yield Demo(link.partition("/login")[0], token)
        finally:
            process.terminate()


@pytest.fixture(scope="module", params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=["wide", "phone"])
def page(
    request: pytest.FixtureRequest, browser: Browser, demo: Demo, theme: str
) -> Iterator[Page]:
    size = WIDE if request.param == "wide" else PHONE
    with browser.new_context(viewport=size, color_scheme=theme) as context:  # type: ignore[arg-type]
        watch = Watch(context, demo.address)
        made = context.new_page()
        made.goto(demo.address + "/")
        made.get_by_label("Token").fill(demo.token)
        made.get_by_role("button", name="Sign in").click()
        made.wait_for_url(demo.address + "/")
        yield made
        assert watch.elsewhere == [] and watch.complaints == []


def address_of(page: Page, name: str) -> str:
    """The address of the page of that name, with an instance and a job that are there."""
    base = "/".join(page.url.split("/")[:3])
    path = PAGES[name]
    if "{slug}" in path:
        page.goto(base + "/?view=table&host=localhost")
        link = page.locator("tr.it[data-host=localhost] .c-name a").first.get_attribute("href")
        place, _mark, query = str(link).partition("?")
        tab = path.rpartition("{slug}")[2]
        return f"{base}{place}{tab}{'?' + query if query else ''}"
    if path == "{job}":
        page.goto(base + "/jobs")
        return base + str(page.locator("a[href^='/jobs/']").first.get_attribute("href"))
    return base + path


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_can_be_used_by_everybody(
    page: Page, name: str, axe: str, theme: str
) -> None:
    page.goto(address_of(page, name))
    page.wait_for_load_state("networkidle") if name != "job" else page.wait_for_timeout(500)
    expect(page.locator("h1").first).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "the page scrolls sideways"
    page.evaluate(axe)
    found = page.evaluate("axe.run().then((result) => result.violations)")
    serious = [one for one in found if one["impact"] in SERIOUS]
    assert not serious, [(one["id"], [node["target"] for node in one["nodes"]]) for one in serious]
    if SHOTS:
        size = "phone" if (page.viewport_size or WIDE)["width"] < 500 else "wide"
        page.screenshot(path=str(Path(SHOTS, f"{name}-{theme}-{size}.png")))


def test_the_theme_is_the_one_that_was_chosen(page: Page, theme: str) -> None:
    def background() -> list[int]:
        text = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return [int(part) for part in text.strip("rgba() ").split(",")[:3]]

    page.goto(address_of(page, "settings"))
    assert (sum(background()) < 384) == (theme == "dark")


def test_every_control_is_reached_by_the_keyboard(page: Page) -> None:
    page.goto(address_of(page, "overview"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    seen = set()
    for _press in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        box = "getComputedStyle(document.activeElement).boxShadow"
        is_body = page.evaluate("document.activeElement === document.body")
        assert is_body or page.evaluate(outline) != "none" or page.evaluate(box) != "none"
    assert len(seen) > 20
