# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure what looks at many instances: facts, list and doctor over a thousand, and the registry.

python -m tests.bench.fleet [ROUNDS]. The instances are made by tests.bench.generate in memory.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from ansible_collections.claw.pilot.plugins.module_utils._probe import observe
from ansible_collections.claw.pilot.plugins.plugin_utils.comparison import compare, entries
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry

from tests.bench import registry as writers
from tests.bench.generate import generate

MODULE = Path(__file__).parents[1] / "integration" / "call_module.py"
COMMAND = str(Path(sys.executable).with_name("claw-pilot"))
FEW, MANY = 100, 1000
MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Run:
    """A finished process: seconds, and the most memory that it held, in MB."""

    seconds: float
    memory: float
    code: int
    out: str


def run(command: Sequence[str], home: Path, stdin: str = "") -> Run:
    """Run a command whose user lives in that home."""
    environment = {**os.environ, "HOME": str(home), "CLAW_PILOT_HOME": str(home / ".claw-pilot")}
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as out:
        given.write(stdin)
        given.seek(0)
        begin = time.monotonic()
        process = subprocess.Popen(command, stdin=given, stdout=out, env=environment)
        _pid, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        out.seek(0)
        code = os.waitstatus_to_exitcode(status)
        return Run(seconds, used.ru_maxrss / 1024, code, out.read())


def facts(home: Path, count: int) -> Run:
    """The whole openclaw_facts module over the instances of that home."""
    done = run([sys.executable, str(MODULE), "openclaw_facts"], home, json.dumps({}))
    found = json.loads(done.out)["ansible_facts"]["openclaw"]["instances"]
    there = sum(one["openclaw_home"] == str(home) for one in found)
    if there != count:
        raise SystemExit(f"openclaw_facts found {there} of {count} instances")
    return done


def adopt(home: Path) -> None:
    """Put every instance of the home into a registry of its own."""
    seen = observe([str(home)])
    server = {"hostname": "localhost", "connection": "local"}
    report = {"server": server, "entries": entries(compare(seen, []), adopt=True)}
    with Registry(home / ".claw-pilot" / "registry.db") as registry:
        warnings = registry.record([report])["warnings"]
    if warnings:
        raise SystemExit("\n".join(warnings))


def command(home: Path, *words: str) -> Run:
    """A claw-pilot command, with its answer as a person gets it."""
    done = run([COMMAND, *words], home)
    if done.code not in (0, 5) or not done.out:  # 5: findings
        raise SystemExit(f"claw-pilot {' '.join(words)} ended with {done.code}")
    return done


def bounds(rounds: int) -> list[tuple[str, float, float]]:
    """(what, measured, at most) of each figure; medians of the rounds."""
    folder = Path(tempfile.mkdtemp(prefix="cp-bench-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        few, many = folder / "few", folder / "many"
        for home, count in ((few, FEW), (many, MANY)):
            home.mkdir()
            generate(home, count)
        adopt(many)
        hundred = [facts(few, FEW) for _round in range(rounds)]
        thousand = [facts(many, MANY) for _round in range(rounds)]
        listed = [command(many, "list") for _round in range(rounds)]
        examined = [command(many, "doctor") for _round in range(rounds)]
    finally:
        shutil.rmtree(folder)
    written = writers.measure()
    seconds = median(one.seconds for one in thousand)
    return [
        ("facts of 1,000 instances, seconds", seconds, 1.5),
        ("facts of 1,000 instances, MB", median(one.memory for one in thousand), 120.0),
        ("facts, 1,000 against 100", seconds / median(one.seconds for one in hundred), 12.0),
        ("claw-pilot list of 1,000, seconds", median(one.seconds for one in listed), 1.5),
        ("claw-pilot doctor of 1,000, seconds", median(one.seconds for one in examined), 5.0),
        (f"lost of {written['writes']} writes by 50 processes", float(written["lost"]), 0.0),
        ("writes that met a locked registry", float(written["locked"]), 0.0),
    ]


def report(rows: Sequence[tuple[str, float, float]]) -> bool:
    """Print the figures beside their bounds; whether all hold."""
    print(f"\n{'':40}{'measured':>10}{'at most':>10}")
    for name, value, most in rows:
        print(f"{name:40}{value:>10.2f}{most:>10.2f}  {'ok' if value <= most else 'MISSED'}")
    return all(value <= most for _name, value, most in rows)


if __name__ == "__main__":
    sys.exit(0 if report(bounds(int(sys.argv[1]) if len(sys.argv) > 1 else 3)) else 1)
