# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitor over many gateways at once; stand-ins, started by the real supervisor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Home
from .test_monitor import Watched, probes

MANY, SOME = 12, 3


@pytest.fixture
def watched(stub_home: Home, tmp_path: Path) -> Iterator[Watched]:
    made = Watched(stub_home, tmp_path)
    made.monitor.start()
    yield made
    made.monitor.stop()
    assert probes() == []


def test_many_gateways_are_seen_counted_and_missed(watched: Watched, stub_home: Home) -> None:
    slugs = [f"many-{number}" for number in range(MANY)]
    for slug in slugs:
        stub_home.instance(slug)
    live = watched.monitor.live
    watched.until(lambda: [line["state"] for line in live.lines()] == ["running"] * MANY)
    ports = {line["port"] for line in live.lines()}
    assert len(ports) == MANY and watched.host()["counts"] == {"running": MANY}
    watched.monitor.look("somebody")
    watched.until(lambda: all(line["pending"] for line in live.lines()))
    for slug in slugs[:SOME]:
        stub_home.instance(slug, state="stopped")
    wanted = {"running": MANY - SOME, "stopped": SOME}
    watched.until(lambda: Counter(line["state"] for line in live.lines()) == wanted)
    stopped = {line["slug"] for line in live.lines() if line["state"] == "stopped"}
    assert stopped == set(slugs[:SOME])
    watched.until(lambda: not any(live.find(slug)["pending"] for slug in stopped))
