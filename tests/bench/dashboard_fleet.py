# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real dashboard over a hundred hosts of ten generated instances each, all of this machine.

A host is a home in memory: a local host of the inventory with `openclaw_home` is that home only,
and has a probe process of its own.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

from tests.bench.dashboard_crowd import Crowd
from tests.bench.fleet import MEMORY
from tests.bench.generate import generate
from tests.browser.a_dashboard import Dashboard, running

HOSTS, EACH = 100, 10
INTERVAL = 10.0  # seconds between two looks at a host, as the dashboard has it by itself
PATIENCE = 120.0  # seconds until all hosts have answered
PLAIN = 2  # of the generated instances of a home: one of ours with a config in plain JSON
PORT = 41000  # from here on: in no generated config
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Place:
    """The dashboard and its hosts. slugs: those that are changed, by home."""

    dashboard: Dashboard
    slugs: dict[Path, str]
    seen_after: float = 0.0  # seconds from the start until every instance was known
    _ports: Iterator[int] = field(default_factory=lambda: iter(range(PORT, 65000)))

    @property
    def worker(self) -> int:
        return worker_of(self.dashboard)

    def change(self, home: Path) -> str:
        """Give an instance of that host another port; how that is told."""
        port = next(self._ports)
        path = home / f".openclaw-{self.slugs[home]}" / "openclaw.json"
        config = json.loads(path.read_text())
        config["gateway"]["port"] = port
        fresh = path.with_suffix(".fresh")
        fresh.write_text(json.dumps(config, indent=2) + "\n")
        fresh.replace(path)
        return f'"port":{port},'


def worker_of(dashboard: Dashboard) -> int:
    """The process below `claw-pilot dashboard` that answers and watches."""
    assert dashboard.process is not None
    pid = dashboard.process.pid
    words = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    if len(words) != 1:
        raise SystemExit(f"the dashboard has {len(words)} workers")
    return int(words[0])


def cpu_seconds(pid: int) -> float:
    """What the process itself has used, without its children."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


def memory_mb(pid: int) -> float:
    """What the process holds now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"process {pid} is gone")


def share(pid: int, seconds: float) -> float:
    """The share of one core that the process takes for so long."""
    before, begin = cpu_seconds(pid), time.monotonic()
    time.sleep(seconds)
    return (cpu_seconds(pid) - before) / (time.monotonic() - begin)


def p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


def get(dashboard: Dashboard, path: str) -> Any:
    """The JSON answer of the REST interface."""
    return call(dashboard, "GET", path)


def call(dashboard: Dashboard, method: str, path: str) -> Any:
    headers = {"Authorization": f"Bearer {dashboard.token}"}
    request = urllib.request.Request(dashboard.address + path, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def worst_change(place: Place, crowd: Crowd, count: int) -> float:
    """Seconds from a change on a host until the browser hears of it; the worst of some.

    They come at moments that have nothing to do with the host's looks at itself.
    """
    made: list[tuple[float, str]] = []
    for home in random.sample(sorted(place.slugs), count):
        made.append((time.monotonic(), place.change(home)))
        time.sleep(random.uniform(0.5, 1.5))
    taken = [crowd.heard(words, at, 4 * INTERVAL)[-1] - at for at, words in made]
    crowd.forget()
    return max(taken)


def _until_seen(dashboard: Dashboard, wanted: int) -> float:
    """Seconds until the dashboard knows so many instances, all with the state that they have."""
    begin = time.monotonic()
    while time.monotonic() - begin < PATIENCE:
        lines = get(dashboard, "/api/instances")["instances"]
        if sum(line["state"] not in ("unknown", "connecting") for line in lines) == wanted:
            return time.monotonic() - begin
        time.sleep(0.5)
    raise SystemExit(f"the dashboard does not know all {wanted} instances")


@contextmanager
def many_hosts() -> Iterator[Place]:
    """A dashboard that knows all of them."""
    folder = Path(tempfile.mkdtemp(prefix="cp-bench-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        hosts, slugs = {}, {}
        for number in range(HOSTS):
            home = folder / f"host-{number:03}"
            home.mkdir()
            slugs[home] = generate(home, EACH, seed=number)[PLAIN]
            hosts[home.name] = {"ansible_connection": "local", "openclaw_home": str(home)}
        with running(hosts) as dashboard:
            dashboard.start()
            place = Place(dashboard, slugs)
            place.seen_after = _until_seen(dashboard, HOSTS * EACH)
            yield place
    finally:
        shutil.rmtree(folder)
