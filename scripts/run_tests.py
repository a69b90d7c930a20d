# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run all stages of `make test` and name what was left out, with the reason.

With CI=true nothing may be left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sysconfig.get_path("scripts"))
PYTEST = (sys.executable, "-m", "pytest", "-q")
# Mostly waiting for gateways or a browser: two at a time. A file's tests may build on each other.
TWO_AT_A_TIME = ("-n", "2", "--dist", "loadfile")
STAGES: Mapping[str, Sequence[str]] = {
    "lint": [sys.executable, "scripts/lint.py"],
    "advisories": [sys.executable, "-m", "scripts.advisories"],
    "unit": [*PYTEST, *TWO_AT_A_TIME, "tests/unit", "tests/webapp"],
    "clocks": [sys.executable, "scripts/run_clocks.py"],
    "lowest": [sys.executable, "-m", "scripts.test_lowest"],
    "integration": [*PYTEST, *TWO_AT_A_TIME, "tests/integration"],
    "browser": [*PYTEST, "tests/browser"],
    "molecule": [sys.executable, "-m", "molecule", "test", "--all"],
}
NEEDS = {
    "unit": "tests/unit",
    "clocks": "tests/moved_clock",
    "lowest": "tests/wheel",
    "integration": "tests/integration",
    "browser": "tests/browser",
    "molecule": "molecule",
}


@dataclass(frozen=True)
class Result:
    """How a stage ended; reason: why it was left out."""

    stage: str
    word: str
    seconds: float = 0.0
    reason: str = ""


def environment() -> dict[str, str]:
    """Stages find the tools of this Python's environment first."""
    return {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ.get('PATH', '')}"}


def docker_answers() -> bool:
    """Whether a Docker engine is there for this user."""
    if not shutil.which("docker"):
        return False
    command = ["docker", "info"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def why_not(stage: str, chosen: Sequence[str]) -> str:
    """The reason to leave a stage out, or nothing."""
    if stage not in chosen:
        return "not asked for"
    if stage in NEEDS and not (ROOT / NEEDS[stage]).is_dir():
        return f"there is no {NEEDS[stage]}"
    if stage == "browser" and not (shutil.which("chromium") or shutil.which("chromium-browser")):
        return "there is no chromium"
    if stage == "molecule" and not docker_answers():
        return "no Docker engine answers `docker info`"
    return ""


def run_stage(stage: str, chosen: Sequence[str]) -> Result:
    """Run one stage to its end."""
    if reason := why_not(stage, chosen):
        return Result(stage, "left out", reason=reason)
    print(f"== {stage}", flush=True)
    start = time.monotonic()
    code = subprocess.run(STAGES[stage], cwd=ROOT, env=environment(), check=False).returncode
    return Result(stage, "failed" if code else "ok", time.monotonic() - start)


def line(result: Result) -> str:
    """One line of the summary."""
    detail = f"({result.reason})" if result.reason else f"{result.seconds:7.1f} s"
    return f"  {result.stage:<12} {result.word:<9} {detail}"


def exit_code(results: Sequence[Result], strict: bool) -> int:
    """Non-zero when a stage failed or, if strict, was left out."""
    bad = {"failed", "left out"} if strict else {"failed"}
    return 1 if any(result.word in bad for result in results) else 0


def main(arguments: Sequence[str]) -> int:
    unknown = sorted(set(arguments) - set(STAGES))
    if unknown:
        print(f"run_tests: no such stage: {', '.join(unknown)}; there are {', '.join(STAGES)}.")
        return 2
    strict = os.environ.get("CI") == "true"
    results = [run_stage(stage, arguments or list(STAGES)) for stage in STAGES]
    print("== summary", *map(line, results), sep="\n")
    code = exit_code(results, strict)
    if strict and any(result.word == "left out" for result in results):
        print("CI=true: no stage may be left out.")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
