# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Make a host ready for instances: preflight, lingering, Node, OpenClaw, supervisor.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from ._capacity import check_capacity
from ._host import Host
from ._installer import Installer
from ._journal import read_marker
from ._model import (
    OPENCLAW_VERSION,
    ClawPilotError,
    Layout,
    check_slug,
)
from ._module import account, home_of, prefix_of
from ._runtime import check_version, find, manifest_path
from ._services import has_user_systemd
from ._unit import Runtime

LINGER_DIR = "/var/lib/systemd/linger"
SYSTEMD_BOOTED = "/run/systemd/system"
BUS_WAIT_SECONDS = 20.0


class Preparation:
    """The openclaw_runtime module's work for its options."""

    def __init__(
        self, params: Mapping[str, Any], check_mode: bool, host: Host | None = None
    ) -> None:
        self.params = dict(params)
        self.check_mode = check_mode
        self.host = host or Host()
        self.steps: list[str] = []

    def as_root(self) -> None:
        """As root for another user: have its prefix, and its systemd without a session."""
        user = self.params.get("openclaw_user")
        if not user or os.geteuid() != 0:
            return
        self._have_prefix(user)
        if self.params["service_manager"] == "supervisor":
            return
        if not self.host.exists(SYSTEMD_BOOTED) or self._lingers(user):
            return
        self.steps.append("linger")
        if not self.check_mode:
            self._enable_linger(user)

    def _have_prefix(self, user: str) -> None:
        """A prefix outside of the home, such as /opt/claw-pilot, is made for the user."""
        prefix, home = prefix_of(self.params), home_of(self.params)
        if self.host.exists(prefix) or prefix.startswith(home + os.sep) or self.check_mode:
            return
        above = os.path.dirname(prefix)
        while not self.host.exists(above):
            above = os.path.dirname(above)
        if os.lstat(above).st_uid != 0:
            return  # somebody else's folder: root keeps out, and the user makes it or is refused
        os.makedirs(prefix, mode=0o755)
        os.chown(prefix, account(user).pw_uid, account(user).pw_gid, follow_symlinks=False)

    def have_runtime(self) -> dict[str, Any]:
        """Install what is missing; the module's result."""
        version = check_version(self._version())
        prefix = prefix_of(self.params)
        kind = self._service_manager()
        runtime = self._installed(prefix, version, kind)
        if runtime is None:
            check_capacity(
                self.host,
                prefix,
                self.params["minimum_disk_mb"],
                self.params["minimum_memory_mb"],
            )
            self.steps.append(f"install openclaw {version}")
            if not self.check_mode:
                runtime = self._install(prefix, version, kind)
        shown = asdict(runtime) if runtime else {"openclaw_version": version}
        return {
            "changed": bool(self.steps),
            "steps": self.steps,
            "diff": {"before": {"steps": []}, "after": {"steps": self.steps}},
            "runtime": {**shown, "prefix": prefix, "service_manager": kind},
        }

    def _version(self) -> str:
        """The wanted version: given, or that of the instance that it is for, or the tested one."""
        slug = self.params.get("slug")
        marker = None
        if slug and not self.params["openclaw_version"]:
            marker = read_marker(self.host, Layout(home_of(self.params), check_slug(slug)))
        given = self.params["openclaw_version"] or (marker or {}).get("openclaw_version")
        return str(given or OPENCLAW_VERSION)

    def unprepared(self) -> dict[str, Any]:
        """The result in check mode on a host that has not even the user yet."""
        version = self.params["openclaw_version"] or OPENCLAW_VERSION
        steps = [f"install openclaw {version}"]
        return {"changed": True, "steps": steps, "runtime": {"openclaw_version": version}}

    def _installed(self, prefix: str, version: str, kind: str) -> Runtime | None:
        """The runtime when it is whole and has all that is asked for; starts no process."""
        if not self.host.exists(manifest_path(prefix, version)):
            return None
        try:
            runtime = find(self.host, prefix, version)
        except ClawPilotError:
            return None
        lacks_supervisor = kind == "supervisor" and not self.host.exists(
            runtime.supervisor_python or os.devnull + "/none"
        )
        return None if lacks_supervisor or self._wants_other_node(runtime) else runtime

    def _wants_other_node(self, runtime: Runtime) -> bool:
        if self.params["node_source"] == "wheel":
            return runtime.node_version != str(self.params["node_version"])
        found = shutil.which("node")
        return found is not None and os.path.realpath(found) != runtime.node

    def _install(self, prefix: str, version: str, kind: str) -> Runtime:
        installer = Installer(self.host, prefix, self.params["environment"])
        os.makedirs(prefix, mode=0o755, exist_ok=True)
        with self.host.lock(prefix, timeout=3600):
            node, npm = self._node(installer)
            runtime = installer.openclaw(version, node, npm)
            if kind == "supervisor":
                python = installer.supervisord()
                runtime = replace(runtime, supervisor_python=python)
            installer.write_manifest(runtime)
        return runtime

    def _node(self, installer: Installer) -> tuple[str, tuple[str, ...]]:
        """Path of node, and the command that is npm with that node."""
        if self.params["node_source"] == "wheel":
            node = installer.node_from_wheel(self.params["node_version"])
            root = os.path.dirname(os.path.dirname(node))
            return node, (node, os.path.join(root, "lib/node_modules/npm/bin/npm-cli.js"))
        found, npm = shutil.which("node"), shutil.which("npm")
        if found is None or npm is None:
            raise ClawPilotError(
                "NODE_NOT_FOUND",
                "There is no node or no npm in the PATH of this host.",
                "Install Node, or use openclaw_host_node_source=wheel, which needs no root.",
            )
        return os.path.realpath(found), (npm,)

    def _service_manager(self) -> str:
        """systemd or supervisor, checked: a gateway must outlive the session that starts it."""
        kind = str(self.params["service_manager"])
        if "linger" in self.steps and self.check_mode:
            return "systemd"
        if kind == "supervisor" or (kind == "auto" and not has_user_systemd(self.host)):
            return "supervisor"
        if not has_user_systemd(self.host):
            raise ClawPilotError(
                "NO_USER_SYSTEMD",
                "There is no user bus: the user's systemd does not answer.",
                f"Run as root: loginctl enable-linger {account(None).pw_name}; "
                "or use service_manager=supervisor.",
            )
        self._check_lingering()
        return "systemd"

    def _check_lingering(self) -> None:
        user = account(None).pw_name
        if self._lingers(user) or not self.host.exists(SYSTEMD_BOOTED):
            return
        self.steps.append("linger")
        if not self.check_mode:
            self._enable_linger(user)

    def _lingers(self, user: str) -> bool:
        return self.host.exists(os.path.join(LINGER_DIR, user))

    def _enable_linger(self, user: str) -> None:
        result = self.host.run(("loginctl", "enable-linger", "--", user))
        bus = f"/run/user/{account(user).pw_uid}/systemd/private"
        deadline = time.monotonic() + BUS_WAIT_SECONDS
        while result.code == 0 and not self.host.exists(bus):
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
        else:
            if result.code == 0:
                return
        raise ClawPilotError(
            "NO_LINGER",
            f"Lingering could not be turned on for {user}: {result.text or 'no user bus came'}.",
            f"Run as root: loginctl enable-linger {user}; or use service_manager=supervisor.",
        )
