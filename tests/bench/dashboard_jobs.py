# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a button to the playbook's first task, and what a job costs beside the module alone.

A real gateway is stopped and started, in turn by the module alone and by the dashboard's jobs.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from ansible_collections.claw.pilot.webapp.jobs.model import ACTIVE, parse_time

from tests.bench.dashboard_fleet import call, get
from tests.browser.a_dashboard import Dashboard, running
from tests.integration.conftest import CACHE, Home, new_home

SLUG, HOST = "bench-job", "here"
POLL, POLL_SELDOM = 0.02, 0.5  # seconds; asking all the time would slow the gateway's start down
PATIENCE = 120.0
SETTLE = 5.0  # before a stop: a gateway that has just started is slower to end


@dataclass
class Taken:
    """Seconds. first: until the first task; job and module: of the same stop or start."""

    first: list[float] = field(default_factory=list)
    job: list[float] = field(default_factory=list)
    module: list[float] = field(default_factory=list)


def press(dashboard: Dashboard, verb: str, taken: Taken) -> None:
    """What the button does, until the job has ended."""
    begin = time.monotonic()
    job = call(dashboard, "POST", f"/api/instances/{SLUG}/{verb}")["job"]
    path = f"/api/jobs/{job['id']}"
    while not any(e["kind"] == "task" for e in get(dashboard, f"{path}/events")["events"]):
        check_patience(begin, verb)
        time.sleep(POLL)
    taken.first.append(time.monotonic() - begin)
    while (job := get(dashboard, path)["job"])["state"] in ACTIVE:
        check_patience(begin, verb)
        time.sleep(POLL_SELDOM)
    if job["state"] != "successful":
        raise SystemExit(f"{verb} ended as {job['state']}: {job['failures']}")
    lasted = parse_time(job["finished_at"]) - parse_time(job["created_at"])
    taken.job.append(lasted.total_seconds())


def check_patience(begin: float, what: str) -> None:
    if time.monotonic() - begin > PATIENCE:
        raise SystemExit(f"{what} takes too long")


def alone(home: Home, state: str, taken: Taken) -> None:
    begin = time.monotonic()
    home.instance(SLUG, state=state)
    taken.module.append(time.monotonic() - begin)


def until_state(dashboard: Dashboard, state: str) -> None:
    """Wait until the dashboard sees it so."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        lines = get(dashboard, "/api/instances")["instances"]
        if [line["state"] for line in lines] == [state]:
            return
        time.sleep(0.2)
    raise SystemExit(f"the dashboard does not see that {SLUG} is {state}")


def hosts_of(home: Path) -> dict[str, dict[str, str]]:
    return {
        HOST: {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "openclaw_home": str(home),
            "prefix": str(CACHE / "prefix"),
            "service_manager": "supervisor",
        }
    }


def bounds(rounds: int) -> list[tuple[str, float, float]]:
    """(what, measured, at most) of each figure; medians of the rounds."""
    home = new_home(CACHE / "prefix")
    stop, start = Taken(), Taken()
    try:
        home.instance(SLUG)
        with running(hosts_of(home.path)) as dashboard:
            dashboard.start()
            for _round in range(rounds):
                until_state(dashboard, "running")
                time.sleep(SETTLE)
                alone(home, "stopped", stop)
                until_state(dashboard, "stopped")
                alone(home, "started", start)
                until_state(dashboard, "running")
                time.sleep(SETTLE)
                press(dashboard, "stop", stop)
                until_state(dashboard, "stopped")
                press(dashboard, "start", start)
    finally:
        home.clean_up()
    beside = {
        verb: median(job - module for job, module in zip(of.job, of.module, strict=True))
        for verb, of in (("stop", stop), ("start", start))
    }
    return [
        ("button to the first task, seconds", median(stop.first + start.first), 2.0),
        ("stop beside the module alone, seconds", beside["stop"], 3.5),
        ("start beside the module alone, seconds", beside["start"], 3.5),
    ]
