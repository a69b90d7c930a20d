# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure an instance's life beside a hand-written script, and fleet, pairing and dashboard.

python -m tests.bench [ROUNDS]. Both sides alternate in one run on the same machine; what counts
is their ratio. Exits with 1 when a figure misses its bound.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from ansible_collections.claw.pilot.plugins.module_utils._health import probe

from tests.bench import dashboard, fleet, pairing
from tests.integration.conftest import CACHE, Home, call

ROOT = Path(__file__).parents[2]
PLAIN_PORT, OUR_PORT = 27100, 27400
ANSIBLE = str(Path(sys.executable).with_name("ansible-playbook"))
PLAYBOOKS = ROOT / "playbooks"


@dataclass
class Figures:
    """Seconds (and MB) of one way, a list entry for each round."""

    live: list[float] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    stop: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    destroy: list[float] = field(default_factory=list)


def process_tree(pid: int) -> list[int]:
    """The process and all its descendants."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(words[1]), []).append(int(stat.parent.name))
    tree = [pid]
    for process in tree:
        tree.extend(children.get(process, []))
    return tree


def cost(pid: int) -> tuple[float, float]:
    """CPU seconds and resident MB of the gateway with its helpers."""
    cpu = memory = 0.0
    for process in process_tree(pid):
        try:
            words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        cpu += (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
        memory += int(words[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return cpu, memory


def until_ready(port: int, begin: float) -> float:
    while not probe(port).ready:
        time.sleep(0.1)
    return time.monotonic() - begin


def measure_gateway(figures: Figures, pid: int) -> None:
    cpu, memory = cost(pid)
    figures.cpu.append(cpu)
    figures.memory.append(memory)


def plain(figures: Figures, runtime: dict[str, str], folder: Path) -> None:
    """One round of the hand-written script."""
    script = str(Path(__file__).with_name("plain.sh"))
    begin = time.monotonic()
    arguments = [str(folder / "state"), str(PLAIN_PORT), runtime["node"], runtime["entry"]]
    done = subprocess.run(
        ["sh", script, *arguments], capture_output=True, text=True, check=True, timeout=180
    )
    figures.live.append(time.monotonic() - begin)
    figures.ready.append(until_ready(PLAIN_PORT, begin))
    pid = int(done.stdout)
    measure_gateway(figures, pid)
    begin = time.monotonic()
    os.kill(pid, signal.SIGTERM)
    while probe(PLAIN_PORT).live or Path(f"/proc/{pid}").exists():
        time.sleep(0.02)
    figures.stop.append(time.monotonic() - begin)


def play(name: str, variables: dict[str, object]) -> tuple[float, str]:
    """Run a playbook as a person does; its seconds and output."""
    command = [ANSIBLE, "-i", str(ROOT / "inventory" / "local.yml")]
    command += [str(PLAYBOOKS / f"{name}_instance.yml"), "-e", json.dumps(variables)]
    begin = time.monotonic()
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, cwd=ROOT, check=False
    )
    seconds = time.monotonic() - begin
    if done.returncode != 0:
        raise SystemExit(done.stdout + done.stderr)
    return seconds, done.stdout


def our_pid(home: Home) -> int:
    return int(home.instance("bench", state="started")["instance"]["service"]["pid"])


def ours(figures: Figures, home: Home) -> None:
    """One round of the playbooks: create until live, again, destroy."""
    variables: dict[str, object] = {
        "slug": "bench",
        "port": OUR_PORT,
        "openclaw_home": str(home.path),
        "prefix": str(home.prefix),
        "service_manager": "supervisor",
    }
    begin = time.monotonic()
    seconds, _output = play("create", {**variables, "wait": "live"})
    figures.live.append(seconds)
    figures.ready.append(until_ready(OUR_PORT, begin))
    measure_gateway(figures, our_pid(home))
    seconds, output = play("create", variables)
    if "changed=0" not in output:
        raise SystemExit(output)
    figures.again.append(seconds)
    begin = time.monotonic()
    home.instance("bench", state="stopped")
    figures.stop.append(time.monotonic() - begin)
    home.instance("bench", state="started")
    figures.destroy.append(play("destroy", {**variables, "confirm": "bench"})[0])


def module_alone(figures: Figures, home: Home) -> None:
    """One round of the module without a playbook around it, as a host runs it."""
    options = home.options("bench", port=OUR_PORT, wait="live")
    begin = time.monotonic()
    call("openclaw_instance", options)
    figures.live.append(time.monotonic() - begin)
    figures.ready.append(until_ready(OUR_PORT, begin))
    measure_gateway(figures, our_pid(home))
    call("openclaw_instance", home.options("bench", state="absent"))


def report(script: Figures, playbook: Figures, module: Figures) -> bool:
    """Print the table; whether all bounds hold."""
    print(
        f"\n{'median of ' + str(len(script.live)):28}{'script':>10}{'playbook':>10}{'module':>10}"
    )
    for name in ("live", "ready", "cpu", "memory", "stop"):
        cells = [getattr(f, name) for f in (script, playbook, module)]
        shown = "".join(f"{median(c):>10.1f}" if c else f"{'':>10}" for c in cells)
        print(f"{name + (' (MB)' if name == 'memory' else ' (s)'):28}{shown}")
    beside = median(playbook.destroy) - median(script.stop)
    bounds = (
        ("playbook live / script live", median(playbook.live) / median(script.live), 1.20),
        ("module live / script live", median(module.live) / median(script.live), 1.03),
        ("create again, seconds", median(playbook.again), 5.0),
        ("destroy beside the stop, seconds", beside, 4.0),
    )
    return fleet.report(bounds)


def main(rounds: int) -> int:
    prefix = CACHE / "prefix"
    done = call("openclaw_runtime", {"prefix": str(prefix), "service_manager": "supervisor"})
    runtime = done["runtime"]
    script, playbook, module = Figures(), Figures(), Figures()
    print(f"OpenClaw {runtime['openclaw_version']}, Node {runtime['node_version']}")
    plain(Figures(), runtime, Path(tempfile.mkdtemp(prefix="cp-")))  # warms the disk cache
    for number in range(rounds):
        folder = Path(tempfile.mkdtemp(prefix="cp-", dir="/tmp"))
        home = Home(folder, prefix)
        plain(script, runtime, folder)
        ours(playbook, home)
        module_alone(module, home)
        shutil.rmtree(folder)
        print(f"round {number + 1} of {rounds}", flush=True)
    held = report(script, playbook, module)
    more = [*fleet.bounds(rounds), *pairing.bounds(rounds), *dashboard.bounds(rounds)]
    return 0 if fleet.report(more) and held else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
