# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the dashboard: a thousand instances on a hundred hosts, fifty browsers, jobs.

python -m tests.bench.dashboard [ROUNDS]. It is started as people start it; the instances are made
by tests.bench.generate in memory. It takes about five minutes, 3 GB and most of two cores.
"""

from __future__ import annotations

import random
import sys
import time

from tests.bench import dashboard_jobs, fleet
from tests.bench.dashboard_crowd import Crowd, looking, stalled
from tests.bench.dashboard_fleet import (
    INTERVAL,
    Place,
    many_hosts,
    memory_mb,
    share,
    worst_change,
)
from tests.bench.dashboard_pages import TABLE, answers, in_chromium

BROWSERS = 50
CPU_SECONDS = 60.0
SETTLE = 2 * INTERVAL  # until what happens but once is over
CHANGES, PUSHES = 12, 5  # of a round
REQUESTS, PAGES = 200, 50
Bounds = list[tuple[str, float, float]]


def watched(place: Place, rounds: int) -> Bounds:
    """What watching costs, with one browser on the overview and with none; how late it tells."""
    token, address = place.dashboard.token, place.dashboard.address
    time.sleep(SETTLE)
    unseen = share(place.worker, CPU_SECONDS)
    with looking(address, token, 1) as crowd:
        time.sleep(SETTLE)
        seen = share(place.worker, CPU_SECONDS)
        crowd.forget()
        late = max(worst_change(place, crowd, CHANGES) for _round in range(rounds))
        listed = answers(place.dashboard, "/api/instances", REQUESTS, whole=True)
        page = answers(place.dashboard, TABLE, PAGES, whole=False)
    return [
        ("1,000 instances, cores, one looks", seen, 0.25),
        ("1,000 instances, cores, nobody looks", unseen, 0.25),
        ("change on a host until told, seconds", late, INTERVAL + 0.5),
        ("GET /api/instances, p95, seconds", listed, 0.06),
        ("overview's first byte, p95, seconds", page, 0.15),
    ]


def spread(place: Place, crowd: Crowd, count: int) -> float:
    """Seconds between the first browser that hears of a change and the last; the worst of some."""
    crowd.forget()
    homes = random.sample(sorted(place.slugs), count)
    begin = time.monotonic()
    heard = [crowd.heard(words, begin, 4 * INTERVAL) for words in [place.change(h) for h in homes]]
    return max(times[-1] - times[0] for times in heard)


def pushed(place: Place, rounds: int) -> Bounds:
    """The same change at fifty browsers, without and with one more that reads nothing."""
    token, address = place.dashboard.token, place.dashboard.address
    with looking(address, token, BROWSERS) as crowd:
        time.sleep(INTERVAL)
        alone = max(spread(place, crowd, PUSHES) for _round in range(rounds))
        beside = 0.0
        for _round in range(rounds):
            with stalled(address, token):
                beside = max(beside, spread(place, crowd, PUSHES))
    return [
        (f"a change, first to last of {BROWSERS}, seconds", alone, 0.3),
        ("the same beside a stalled one, seconds", beside, 0.3),
    ]


def bounds(rounds: int) -> Bounds:
    """(what, measured, at most) of each figure; the worst of the rounds, of paints the median."""
    with many_hosts() as place:
        print(f"{len(place.slugs)} hosts were all seen after {place.seen_after:.1f} s", flush=True)
        found = watched(place, rounds)
        first, kilobytes = in_chromium(place.dashboard, 5 * rounds)
        crowded = pushed(place, rounds)
        memory = memory_mb(place.worker)  # after everything
    return [
        *found,
        ("overview's first paint, seconds", first, 1.0),
        ("overview without its rows, kB", kilobytes, 120.0),
        *crowded,
        ("1,000 instances, 50 browsers, MB", memory, 300.0),
        *dashboard_jobs.bounds(rounds),
    ]


if __name__ == "__main__":
    sys.exit(0 if fleet.report(bounds(int(sys.argv[1]) if len(sys.argv) > 1 else 3)) else 1)
