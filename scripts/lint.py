# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run every linter, one line of result each. It changes nothing in the checkout.

What needs the collection at its real path (mypy's relative imports, ansible-lint, ansible-test)
works in a copy at .cache/lint/ansible_collections/claw/pilot, which ends as a git repository
of its own because ansible-test asks git for the files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREE = ROOT / ".cache" / "lint"
COPY = TREE / "ansible_collections" / "claw" / "pilot"
SCRIPTS = Path(sysconfig.get_path("scripts"))
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
ANSIBLE_LINT = "ansible-lint --profile production --offline --strict"
SANITY = f"ansible-test sanity --local --requirements --python {PYTHON} --color no --truncate 0"


@dataclass(frozen=True)
class Outcome:
    """What a linter said."""

    name: str
    code: int
    output: str
    seconds: float


def files() -> list[str]:
    """What git tracks or would track, and is there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return sorted(name for name in set(listed) if name and os.path.lexists(ROOT / name))


def make_copy() -> None:
    """The files at a path that Ansible's tools accept."""
    shutil.rmtree(COPY, ignore_errors=True)
    for name in files():
        (COPY / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, COPY / name, follow_symlinks=False)
    subprocess.run(["git", "init", "--quiet", str(COPY)], check=True)


def environment() -> dict[str, str]:
    """Tools come from this Python's environment, the collection from the copy."""
    path = f"{SCRIPTS}{os.pathsep}{os.environ.get('PATH', '')}"
    return {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(TREE),
        "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache"),
        "NO_COLOR": "1",
        "PATH": path,
    }


def run(name: str, *command: str, cwd: Path = ROOT) -> Outcome:
    """Run a linter to its end."""
    start = time.monotonic()
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        code, output = done.returncode, done.stdout
    except FileNotFoundError:
        code, output = 127, f"{command[0]} is not installed.\n"
    return Outcome(name, code, output, time.monotonic() - start)


def is_shell(path: Path) -> bool:
    """A script of the shell, by its name or by its first line."""
    if path.suffix == ".sh":
        return True
    if path.suffix or not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.readline().startswith((b"#!/usr/bin/env bash", b"#!/bin/sh", b"#!/bin/bash"))


def shell_scripts() -> list[str]:
    return [name for name in files() if is_shell(ROOT / name)]


def sanity() -> Outcome:
    """ansible-test, with the pip that it would download otherwise."""
    bootstrap = run("ansible-test", sys.executable, str(ROOT / "scripts/ansible_test_bootstrap.py"))
    return bootstrap if bootstrap.code else run("ansible-test", *SANITY.split(), cwd=COPY)


def linters() -> list[Callable[[], Outcome]]:
    """What to run; the slowest first."""
    scripts = shell_scripts()
    return [
        sanity,
        lambda: run("ansible-lint", *ANSIBLE_LINT.split(), cwd=COPY),
        lambda: run("mypy", "mypy", "--config-file", str(COPY / "pyproject.toml"), cwd=TREE),
        lambda: run("ruff check", "ruff", "check", "--quiet"),
        lambda: run("ruff format", "ruff", "format", "--check", "--quiet", "--diff"),
        lambda: run("yamllint", "yamllint", "--strict", "."),
        lambda: run("changelog", "antsibull-changelog", "lint"),
        *([lambda: run("shellcheck", "shellcheck", *scripts)] if scripts else []),
    ]


def report(outcome: Outcome) -> None:
    """One line; what the linter wrote only when it is not content."""
    word = "failed" if outcome.code else "ok"
    print(f"lint: {outcome.name:<13} {word:<7} {outcome.seconds:6.1f} s", flush=True)
    if outcome.code:
        print(outcome.output.rstrip().replace(f"{COPY.relative_to(TREE)}/", ""), flush=True)


def main() -> int:
    make_copy()
    failed = []
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        for future in as_completed([pool.submit(linter) for linter in linters()]):
            outcome = future.result()
            report(outcome)
            failed += [outcome.name] if outcome.code else []
    print(f"lint: failed: {', '.join(sorted(failed))}" if failed else "lint: all is well")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
