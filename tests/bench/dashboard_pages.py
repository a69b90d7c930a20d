# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast the dashboard answers, and its overview in Chromium: first paint and weight."""

from __future__ import annotations

import http.client
import re
import time
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Response

from tests.bench.dashboard_fleet import p95
from tests.browser.a_dashboard import WIDE, Dashboard, chromium

PAUSE = 0.05  # seconds between two requests: what is shown moves on meanwhile
TABLE = "/?view=table"
PAINT = "performance.getEntriesByType('paint').map(one => one.startTime)"
WEIGHTY = ("text/html", "text/css", "text/javascript", "image/svg+xml")
# What there is one of for each host: its strip with its rows, its line in the filter.
_ROWS = re.compile(rb"<tbody data-group=.*?</tbody>\s*|<option>[^<]*</option>", re.DOTALL)


def answers(dashboard: Dashboard, path: str, count: int, whole: bool) -> float:
    """p95 of the seconds until the answer's first byte, or until all of it is there."""
    place = urlsplit(dashboard.address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
    headers = {"Authorization": f"Bearer {dashboard.token}", "Accept-Encoding": "gzip"}
    taken = []
    for _request in range(count):
        begin = time.monotonic()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        first = time.monotonic() - begin
        answer.read()
        taken.append(time.monotonic() - begin if whole else first)
        if answer.status != 200:
            raise SystemExit(f"{path} was answered with {answer.status}")
        time.sleep(PAUSE)
    connection.close()
    return p95(taken)


def paint(page: Page, address: str) -> float:
    """Seconds until there is something to see of the overview, whose files are cached."""
    page.goto(address + TABLE)
    page.wait_for_function("performance.getEntriesByType('paint').length == 2")
    return float(max(page.evaluate(PAINT))) / 1000


def weight(page: Page, address: str) -> float:
    """kB of the overview without hosts and instances and of all that it loads, not compressed."""
    got: list[Response] = []

    def keep(response: Response) -> None:  # playwright takes no built-in method
        got.append(response)

    page.on("response", keep)
    page.goto(address + TABLE, wait_until="networkidle")
    total = 0
    for response in got:
        if response.headers.get("content-type", "").partition(";")[0] in WEIGHTY:
            body = response.body()
            total += len(_ROWS.sub(b"", body) if response.url.endswith(TABLE) else body)
    return total / 1000


def in_chromium(dashboard: Dashboard, rounds: int) -> tuple[float, float]:
    """Seconds until the first paint, median of some; kB of the page."""
    with chromium() as browser:
        kilobytes = weight(logged_in(browser, dashboard), dashboard.address)
        page = logged_in(browser, dashboard)
        paint(page, dashboard.address)  # fills the cache
        return median(paint(page, dashboard.address) for _turn in range(rounds)), kilobytes


def logged_in(browser: Browser, dashboard: Dashboard) -> Page:
    """A page of a browser of its own that has logged in with the token, and loaded nothing else."""
    context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
    headers = {"Origin": dashboard.address}
    form: dict[str, str | float | bool] = {"token": dashboard.token}
    done = context.request.post(
        f"{dashboard.address}/login", form=form, headers=headers, max_redirects=0
    )
    if done.status not in (302, 303):
        raise SystemExit(f"the login was answered with {done.status}")
    return context.new_page()
