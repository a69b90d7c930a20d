# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make .venv ready for this checkout; quick when nothing changed. Standard library only."""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "claw-pilot.json"
PYTHON = VENV / "bin" / "python"
FLOOR = (3, 11)
NO_VENV = "this Python cannot make environments. On Debian or Ubuntu: apt install python3-venv"
SCRIPT = """\
#!{python}
import sys

from ansible_collections.claw.pilot.webapp.cli import main

sys.exit(main())
"""


def fail(sentence: str) -> NoReturn:
    """End with a sentence instead of a traceback."""
    sys.exit(f"setup_venv: {sentence}")


def check_python() -> None:
    """Refuse a Python that the controller side does not run on."""
    if sys.version_info < FLOOR:
        have, want = (".".join(map(str, v)) for v in (sys.version_info[:3], FLOOR))
        fail(f"this is Python {have}, {want} or later is needed: make PYTHON=python{want}")


def read_stamp() -> dict[str, object]:
    """What the last finished run wrote; empty when there was none."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return dict(stamp) if PYTHON.exists() else {}


def place() -> str:
    """What an environment cannot be moved away from: its path and its Python."""
    return f"{ROOT} {sys.base_prefix} {sys.version}"


def lock(dev: bool) -> Path:
    """The file that names every package with its version and hashes; `make pins` writes it."""
    return ROOT / "requirements" / ("dev.txt" if dev else "runtime.txt")


def digest(dev: bool) -> str:
    """What is to be in the environment: the packages, as this script installs them."""
    content = lock(dev).read_bytes() + Path(__file__).read_bytes()
    return hashlib.sha256(content).hexdigest()


def run(*command: str | Path) -> None:
    """Run or end; the command has already said why it failed."""
    code = subprocess.run([str(word) for word in command], check=False).returncode
    if code:
        fail(f"`{' '.join(map(str, command[:4]))} ...` ended with {code}.")


def make_venv() -> None:
    """Make an empty environment."""
    print(f"Making {VENV.name} with Python {sys.version.split()[0]} ...", flush=True)
    try:
        import venv
    except ImportError:
        fail(NO_VENV)
    venv.create(VENV, clear=True, symlinks=True, with_pip=has("ensurepip"))


def pip() -> list[str | Path]:
    """The pip of the environment, else this Python's own: Debian's has no ensurepip by itself."""
    if (site_packages() / "pip").is_dir():
        return [PYTHON, "-m", "pip"]
    if not has("pip"):
        fail(NO_VENV)
    return [sys.executable, "-m", "pip", "--python", PYTHON]


def has(module: str) -> bool:
    """Whether this Python has a module."""
    return importlib.util.find_spec(module) is not None


def site_packages() -> Path:
    """Where the environment keeps its packages."""
    version = ".".join(map(str, sys.version_info[:2]))
    return VENV / "lib" / f"python{version}" / "site-packages"


def link_collection() -> None:
    """Python and Ansible then both find this checkout as claw.pilot, with no path set."""
    link = site_packages() / "ansible_collections" / "claw" / "pilot"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not (link.is_symlink() and Path(os.readlink(link)) == ROOT):
        link.unlink(missing_ok=True)
        link.symlink_to(ROOT, target_is_directory=True)


def write_command() -> None:
    """The console script that the wheel would bring."""
    path = VENV / "bin" / "claw-pilot"
    path.write_text(SCRIPT.format(python=PYTHON))
    path.chmod(0o755)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make .venv ready for this checkout.")
    parser.add_argument("--dev", action="store_true", help="with everything for tests and builds")
    check_python()
    stamp = read_stamp()
    # An environment that has the tools keeps them.
    dev = bool(parser.parse_args().dev or stamp.get("dev"))
    wanted: dict[str, object] = {"place": place(), "digest": digest(dev), "dev": dev}
    if stamp == wanted:
        return
    if stamp.get("place") != place():
        make_venv()
    print(f"Installing {'everything for development' if dev else 'what is needed'} ...", flush=True)
    # Nothing that is downloaded runs, not even a setup.py, before its hash was compared.
    flags = "-qq --disable-pip-version-check --require-hashes --only-binary :all:".split()
    run(*pip(), "install", *flags, "--requirement", lock(dev))
    link_collection()
    write_command()
    STAMP.write_text(json.dumps(wanted))


if __name__ == "__main__":
    main()
