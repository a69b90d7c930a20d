# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dashboard as people start it, over a home of its own, and a browser that talks to it only."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

COMMAND = str(Path(sys.executable).with_name("claw-pilot"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# A server that is restarted on purpose is not to be reached for a while; a page that is left before
# it stands has its cross-fade called off by the browser.
EXPECTED = ("ERR_CONNECTION", "WebSocket", "ERR_EMPTY_RESPONSE", "Transition was")
PATIENCE = 20_000  # milliseconds for what takes a moment; a gateway's start gets its own


@dataclass
class Dashboard:
    """One that runs; hosts: the inventory's, by name."""

    hosts: dict[str, dict[str, str]]
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="cp-ui-", dir="/tmp")))
    port: int = 0
    address: str = ""
    process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start it, again on the same port; the link that logs in once."""
        inventory = self.home / "hosts.json"
        inventory.write_text(json.dumps({"all": {"hosts": self.hosts}}))
        words = ["dashboard", "--port", str(self.port), "--inventory", str(inventory)]
        with (self.home / "dashboard.err").open("a") as log:
            self.process = subprocess.Popen(
                [COMMAND, *words],
                env={**os.environ, "CLAW_PILOT_HOME": str(self.home / "data")},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "login?link=" in line:
                link = line.split()[-1]
                self.address = link.partition("/login")[0]
                self.port = urlsplit(link).port or 0
                return link
        raise AssertionError((self.home / "dashboard.err").read_text())

    def stop(self, number: int = signal.SIGTERM) -> None:
        assert self.process is not None and self.process.stdout is not None
        self.process.send_signal(number)
        self.process.wait(timeout=30)
        self.process.stdout.close()

    @property
    def token(self) -> str:
        return (self.home / "data" / "dashboard-token").read_text().strip()


@contextmanager
def running(hosts: dict[str, dict[str, str]]) -> Iterator[Dashboard]:
    dashboard = Dashboard(hosts)
    try:
        yield dashboard
    finally:
        if dashboard.process and dashboard.process.poll() is None:
            dashboard.stop()
        shutil.rmtree(dashboard.home)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """What a browser asked for elsewhere, and what its pages complained of."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        self.known = [address, "data:", "blob:"]
        context.route("**/*", self._route)
        context.on("page", self._listen)

    def _route(self, route: Route) -> None:
        url = route.request.url
        if url.startswith(tuple(self.known)):
            route.continue_()
        else:
            self.elsewhere.append(url)
            route.abort()

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self._hear(page, "error", str(error)))
        page.on("console", lambda said: self._hear(page, said.type, said.text))

    def _hear(self, page: Page, kind: str, text: str) -> None:
        ours = page.url.startswith(self.known[0])
        if ours and kind == "error" and not any(words in text for words in EXPECTED):
            self.complaints.append(text)


def log_in(context: BrowserContext, link: str) -> Page:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(link)
    page.get_by_role("button", name="Open the dashboard").click()
    page.wait_for_selector("h1")
    return page
