# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the wheel with the lowest versions that pyproject.toml allows, on the lowest Python here.

Makes an environment of its own and removes it. The tools for testing have the versions of
requirements/dev.txt.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from .pip_index import UV, uv_environment

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("hypothesis", "json5", "pytest", "pytest-xdist")
# schemathesis wants a newer jsonschema than the lowest; old versions warn of what they have left.
FLAGS = "-q -W default --tb=short -p no:cacheprovider -n 2 --dist loadfile".split()
SUITES = ("tests/wheel", "tests/webapp", "--ignore=tests/webapp/api/test_schemathesis.py")
PIN = re.compile(r"(?m)^(\S+)==(\S+)")


def lowest_python() -> str:
    """The oldest Python at hand that the project allows, by path."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    low = int(project["requires-python"].rpartition(".")[2])
    names = (f"python3.{minor}" for minor in range(low, sys.version_info.minor))
    return next((path for path in map(shutil.which, names) if path), sys.executable)


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    subprocess.run([str(word) for word in command], cwd=ROOT, env=env, check=True)


def constrain(path: Path, python: str) -> None:
    """Write the lowest direct versions and all that they need."""
    flags = ("--quiet", "--no-header", "--no-annotate", "--resolution", "lowest-direct")
    words = (*flags, "--python", python, "--output-file", path, "pyproject.toml")
    run(UV, "pip", "compile", *words, env=uv_environment())


def install(folder: Path) -> Path:
    """The Python of an environment with the wheel and the tools."""
    python = lowest_python()
    low = folder / "lowest.txt"
    constrain(low, python)
    direct = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split(r"[<>=!~\[ ]", line)[0] for line in direct}
    pinned = dict(PIN.findall(low.read_text()))
    print("lowest:", *(f"{name} {pinned[name]}" for name in sorted(names)), flush=True)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ".")
    tools = dict(PIN.findall((ROOT / "requirements/dev.txt").read_text()))
    wanted = [*map(str, folder.glob("*.whl")), *(f"{name}=={tools[name]}" for name in TOOLS)]
    place = folder / "environment"
    run(UV, "venv", "--quiet", "--python", python, place, env=uv_environment())
    there = place / "bin" / "python"
    words = ("--quiet", "--python", there, "--constraint", low)
    run(UV, "pip", "install", *words, *wanted, env=uv_environment())
    return there


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="claw-pilot-lowest-") as folder:
        try:
            python = install(Path(folder))
        except subprocess.CalledProcessError as error:
            print(f"lowest: `{' '.join(error.cmd[:3])} ...` ended with {error.returncode}.")
            return 1
        path = f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        env = {**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [str(python), "-m", "pytest", *FLAGS, *SUITES]
        return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
