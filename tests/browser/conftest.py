# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One dashboard and one browser for the tests of a file, over gateways in a home of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.integration.conftest import CACHE, Home, manifest, new_home, real_prefix

from .a_dashboard import WIDE, Dashboard, Watch, chromium, log_in, running

__all__ = ["real_prefix"]

AXE = "axe-core@4.11.0"  # the accessibility checks; no part of what is shipped
HOST = "here"


@dataclass
class Scene:
    """What a walk through the pages needs. said: every address that the browser was at."""

    home: Home
    dashboard: Dashboard
    browser: Browser
    page: Page
    watch: Watch
    said: list[str]

    def go(self, path: str) -> None:
        self.page.goto(self.dashboard.address + path)

    def path(self, slug: str, tab: str = "") -> str:
        return f"/hosts/{HOST}/{slug}{'/' + tab if tab else ''}?home={self.home.path}"

    def job_ends(self, state: str = "successful", seconds: int = 180) -> None:
        """Wait for the end of the job whose page this is, which comes without a reload."""
        self.page.wait_for_url("**/jobs/*")
        ended = self.page.locator("#job-head .state")
        ended.get_by_text(state).wait_for(timeout=seconds * 1000)


@pytest.fixture(scope="module")
def scene(real_prefix: Path) -> Iterator[Scene]:
    home = new_home(real_prefix)
    hosts = {
        HOST: {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "openclaw_home": str(home.path),
            "prefix": str(real_prefix),
            "service_manager": "supervisor",
        }
    }
    try:
        with running(hosts) as dashboard, chromium() as browser:
            link = dashboard.start()
            context = browser.new_context(viewport=WIDE, color_scheme="light")  # type: ignore[arg-type]
            watch = Watch(context, dashboard.address)
            page = log_in(context, link)
            said = [link]
            page.on("framenavigated", lambda frame: said.append(frame.url))
            yield Scene(home, dashboard, browser, page, watch, said)
    finally:
        home.clean_up()


@pytest.fixture(scope="session")
def axe(real_prefix: Path) -> str:
    """The script that finds what keeps people from using a page; from npm, kept in the cache."""
    place = CACHE / "axe" / AXE
    script = place / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        node = Path(manifest(real_prefix)["node"])
        npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        place.mkdir(parents=True, exist_ok=True)
        words = [str(node), str(npm), "install", "--no-audit", "--no-fund", "--prefix", str(place)]
        subprocess.run([*words, AXE], check=True, capture_output=True, text=True, timeout=300)
    return script.read_text(encoding="utf-8")
