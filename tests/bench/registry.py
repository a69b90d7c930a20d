# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many processes writing to one registry at once; and a registry of a thousand instances.

python -m tests.bench.registry prints what measure() found.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry

PROCESSES = 50
SECONDS = 10.0
FIRST_PORT = 10000
STATES = "running stopped degraded error".split()
_FORK = multiprocessing.get_context("fork")


def report(hostname: str, *entries: dict[str, Any]) -> dict[str, Any]:
    """What one host reports."""
    return {"server": {"hostname": hostname, "connection": "local"}, "entries": list(entries)}


def entry(number: int, event: str = "created", **more: Any) -> dict[str, Any]:
    """An entry on the instance of that number, in the shape that modules return it."""
    slug = f"bench-{number}"
    state_dir = f"/opt/openclaw/.openclaw-{slug}"
    instance = {
        "slug": slug,
        "display_name": f"Bench {number}",
        "openclaw_home": "/opt/openclaw",
        "openclaw_user": "openclaw",
        "openclaw_version": "2026.9.6",
        "state": STATES[number % len(STATES)],
        "port": FIRST_PORT + number,
        "state_dir": state_dir,
        "config_path": f"{state_dir}/openclaw.json",
        "default_model": "anthropic/claude-sonnet-4-6",
        "agents": [
            {"id": name, "name": name.capitalize(), "workspace": f"{state_dir}/workspaces/{name}"}
            for name in ("main", "dev")
        ],
        "service": {"manager": "systemd", "scope": "user", "name": f"openclaw-{slug}"},
        **more,
    }
    return {"event": event, "detail": "bench", "instance": instance}


def fill(path: Path, count: int, hosts: int = 1) -> None:
    """A registry of so many instances, spread over host-0, host-1, ... in turn."""
    spread: list[list[dict[str, Any]]] = [[] for _host in range(hosts)]
    for number in range(count):
        spread[number % hosts].append(entry(number))
    reports = [report(f"host-{n}", *entries) for n, entries in enumerate(spread)]
    with Registry(path, actor="bench", origin="bench") as registry:
        registry.record(reports)


def write_for(seconds: float, path: Path, number: int, start: Barrier, results: Any) -> None:
    """One process: open, record, close, as plays do, until the time is over."""
    written = locked = turn = 0
    acknowledged = ""  # the last state that the registry took
    start.wait()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        state = STATES[turn % len(STATES)]
        happened = entry(number, "created" if turn == 0 else "changed", state=state)
        turn += 1
        try:
            with Registry(path, actor=f"process {number}", origin="bench") as registry:
                registry.record([report(f"host-{number}", happened)])
            written, acknowledged = written + 1, state
        except ClawPilotError:
            locked += 1
    results.put((number, written, locked, acknowledged))


def write_at_once(path: Path, processes: int, seconds: float) -> dict[str, int]:
    """{"writes", "lost", "locked", "processes"}: what was acknowledged, and what is not there."""
    start, results = _FORK.Barrier(processes), _FORK.Queue()
    running = [
        _FORK.Process(target=write_for, args=(seconds, path, number, start, results))
        for number in range(processes)
    ]
    for process in running:
        process.start()
    told = [results.get(timeout=seconds + 120) for _process in running]
    for process in running:
        process.join()
    with Registry(path) as registry:
        kept = len(registry.events(limit=10**9))
        states = {row["hostname"]: row["state"] for row in registry.instances()}
    writes = sum(written for _number, written, _locked, _state in told)
    stale = sum(states.get(f"host-{number}", "") != state for number, _w, _l, state in told)
    return {
        "writes": writes,
        "lost": writes - kept + stale,
        "locked": sum(locked for _number, _written, locked, _state in told),
        "processes": processes,
    }


def measure() -> dict[str, int]:
    """Fifty processes for ten seconds, beginning with no file at all."""
    with tempfile.TemporaryDirectory(prefix="claw-pilot-bench-") as folder:
        return write_at_once(Path(folder, "registry.db"), PROCESSES, SECONDS)


if __name__ == "__main__":
    print(json.dumps(measure()))
