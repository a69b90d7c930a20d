# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write anew what is pinned with its hashes: the newest of our own dependencies.

requirements/*.txt: what `make up` and `make dev` install, for every platform. runtime.txt has the
dependencies of the project, in the versions of dev.txt, which has the tools too.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from .pip_index import UV, uv_environment

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "requirements/dev.txt": ("--group", "dev"),
    "requirements/runtime.txt": ("--constraint", "requirements/dev.txt"),
}
# One version each for every Python from the lowest on: what the tests ran with.
COMPILE = "--quiet --universal --fork-strategy fewest --generate-hashes --python-version".split()


def compiled(*words: str, floor: str = "3.11", given: str = "") -> str:
    """What uv resolves, as requirements with hashes for pip."""
    command = (UV, "pip", "compile", *COMPILE, floor, *words)
    env = {**uv_environment(), "UV_CUSTOM_COMPILE_COMMAND": "make pins"}
    done = subprocess.run(
        command, cwd=ROOT, env=env, input=given, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def pin_requirements() -> None:
    """Resolve pyproject.toml."""
    for name, words in LOCKS.items():
        path = ROOT / name
        path.unlink(missing_ok=True)  # what is there would be kept
        path.write_text(compiled(*words, "pyproject.toml"))


if __name__ == "__main__":
    pin_requirements()
