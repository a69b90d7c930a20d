# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for all pages: weight, nothing inline, icons that exist, contrast, words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.claw.pilot.webapp.pages import words
from flask.testing import FlaskClient

if TYPE_CHECKING:
    from ansible_collections.claw.pilot.webapp.monitor import Live

WEBAPP = Path(__file__).parents[3] / "webapp"
STATIC, TEMPLATES = WEBAPP / "static", WEBAPP / "templates"
HEAVIEST = 120_000  # bytes of a page and all that it loads, without its rows
# Instances and strips of hosts: as many as there are.
ROWS = re.compile(
    r'<tr( hidden)? id="i-.*?</tr>|<li( hidden)? id="i-.*?</li>|<div class="hoststrip.*?</div>',
    re.S,
)
PAGES = ["/", "/?view=cards", "/hosts", "/hosts/localhost/acme-support", "/login", "/nowhere"]
TABS = [f"/hosts/localhost/acme-support/{tab}" for tab in ("agents", "devices", "logs", "config")]


def loaded(text: str) -> set[str]:
    """The static files of a page, with the modules that its modules import."""
    names = set(re.findall(r'(?:src|href)="/static/([^"?#]+)', text))
    todo = [name for name in names if name.endswith(".js")]
    while todo:
        source = (STATIC / todo.pop()).read_text(encoding="utf-8")
        for module in re.findall(r'^import .*"\./(.+?)";$', source, re.MULTILINE):
            if f"js/{module}" not in names:
                names.add(f"js/{module}")
                todo.append(f"js/{module}")
    return names


def test_the_overview_is_light_without_its_rows(client: FlaskClient, live: Live) -> None:
    for view in ("table", "cards"):
        text = client.get(f"/?view={view}").text
        shell = ROWS.sub("", text)
        assert len(shell) < len(text) / 2
        weight = len(shell.encode()) + sum((STATIC / name).stat().st_size for name in loaded(text))
        assert weight < HEAVIEST, (view, weight)


@pytest.mark.parametrize("path", [*PAGES, *TABS])
def test_no_page_has_inline_script_or_style(client: FlaskClient, path: str) -> None:
    text = (
        client.get(path).text
        if path != "/login"
        else client.application.test_client().get(path).text
    )
    assert "<!doctype html>" in text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)


@pytest.mark.parametrize("path", [*PAGES, *TABS])
def test_everything_a_page_loads_is_there(client: FlaskClient, path: str) -> None:
    text = client.get(path).text
    for address in set(re.findall(r'(?:src|href)="(/static/[^"#]+)', text)):
        assert client.get(address).status_code == 200, address


def test_every_icon_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    used = set()
    for path in TEMPLATES.rglob("*.html"):
        used |= set(re.findall(r'\bicon\("([\w-]+)"', path.read_text(encoding="utf-8")))
    used |= {words.state_icon(word) for word in (*words.STATES, *words._STATE_ICONS)}
    used |= set(words._JOB_ICONS.values())
    assert used - known == set()


def test_modules_have_one_address_each(client: FlaskClient) -> None:
    text = client.get("/").text
    assert '<script type="module" src="/static/js/ui.js"></script>' in text
    assert re.search(r'href="/static/css/base\.css\?v=[0-9a-f]{12}"', text)


def test_style_sheets_name_colours_only_in_the_tokens() -> None:
    for name in ("base", "components", "overview", "instance"):
        text = (STATIC / "css" / f"{name}.css").read_text(encoding="utf-8")
        bare = re.sub(r"/\*.*?\*/|light-dark\(.*?\)|color: #fff;", "", text, flags=re.S)
        assert not re.findall(r"(?<![\w-])#[0-9a-f]{3,8}\b(?=[;,) ])", bare), name


def test_no_sheet_or_script_is_too_long() -> None:
    for path in [*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")]:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 600, path.name


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_can_be_read_in_both_themes() -> None:
    tokens = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    pairs = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", tokens))
    colours = {name: tuple(both.split(", ")) for name, both in pairs.items()}
    texts = ["ink", "ink-2", "ink-3", "accent", "green", "blue", "amber", "red", "violet", "grey"]
    on = [(text, ground) for text in texts for ground in ("bg", "surface", "raised", "hover")]
    on += [(hue, f"{hue}-soft") for hue in ("green", "blue", "amber", "red", "violet", "grey")]
    on += [("on-accent", "accent"), ("accent-strong", "accent-soft"), ("ink-2", "grey-soft")]
    for text, ground in on:
        for theme in (0, 1):
            ratio = contrast(colours[text][theme], colours[ground][theme])
            assert ratio >= 4.5, (text, ground, ("light", "dark")[theme], round(ratio, 2))


@pytest.mark.parametrize(
    ("word", "given", "said"),
    [
        ("size", 0, ""),
        ("size", 640e6, "640 MB"),
        ("size", 1.24e9, "1.2 GB"),
        ("size", 2.5e12, "2.5 TB"),
        ("duration", 0, ""),
        ("duration", 59, "59 s"),
        ("duration", 3600, "1 h"),
        ("duration", 90061, "1 d 1 h"),
        ("percent", None, "not known"),
        ("percent", 100, "100 %"),
        ("percent", 99.97, "99.9 %"),
        ("fullness", None, ""),
        ("fullness", 80, "high"),
        ("fullness", 95, "full"),
        ("ago", "no time", ""),
        ("utc", "2026-11-21T07:00:00Z", "2026-11-21 07:00:00 UTC"),
    ],
)
def test_figures_in_words(word: str, given: object, said: str) -> None:
    assert getattr(words, word)(given) == said


def test_numbers_with_their_noun() -> None:
    assert words.number(1, "host") == "1 host"
    assert words.number(1000, "instance") == "1,000 instances"


def test_beats_are_a_few_paths() -> None:
    paths = words.beat_paths(["u"] * 38 + ["d", "-"], 4)
    assert paths == (
        '<path class="u" d="M0 8h152"/><path class="d" d="M152 8h4"/><path class="n" d="M156 8h4"/>'
    )


def test_the_path_of_an_instance_is_safe() -> None:
    line = {"host": "a/b", "slug": "acme", "openclaw_home": "/opt/open claw"}
    assert words.place_path(line, "logs") == "/hosts/a%2Fb/acme/logs?home=/opt/open%20claw"


def test_a_slug_that_the_name_says_is_not_said_again() -> None:
    assert not words.other_slug({"display_name": "Acme Support", "slug": "acme-support"})
    assert words.other_slug({"display_name": "Acme", "slug": "acme-2"})
