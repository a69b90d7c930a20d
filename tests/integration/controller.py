# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller for tests of playbooks: an inventory, and a registry that is nobody's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pexpect
from ansible_collections.claw.pilot.plugins.plugin_utils.registry import Registry

ROOT = Path(__file__).parents[2]
ANSIBLE = str(Path(sys.executable).with_name("ansible-playbook"))
ACTOR = "ann"


def private_environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment without anybody's Claw Pilot, HOME and the registry in the folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CLAW_PILOT_", "ANSIBLE_"))}
    own = {"HOME": str(folder), "CLAW_PILOT_HOME": str(folder / "pilot"), "NO_COLOR": "1"}
    return {**kept, **own, **more}


@dataclass
class Controller:
    """folder: HOME and the registry; hosts: name -> variables, all of them this machine."""

    folder: Path
    hosts: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def registry_path(self) -> Path:
        return self.folder / "pilot" / "registry.db"

    def registry(self) -> Registry:
        return Registry(self.registry_path, actor=ACTOR, origin="playbook")

    def rows(self) -> list[tuple[str, str, int]]:
        """(hostname, slug, discovered) of what the registry knows."""
        with self.registry() as registry:
            return [(r["hostname"], r["slug"], r["discovered"]) for r in registry.instances()]

    def events(self) -> list[tuple[str, str, str]]:
        """(hostname, slug, event), the oldest first; all by ACTOR from the origin playbook."""
        with self.registry() as registry:
            found = registry.events()[::-1]
        assert {(e["actor"], e["origin"]) for e in found} <= {(ACTOR, "playbook")}
        return [(e["hostname"], e["instance_slug"], e["event_type"]) for e in found]

    def environment(self, **more: str) -> dict[str, str]:
        return private_environment(self.folder, CLAW_PILOT_ACTOR=ACTOR, **more)

    def command(self, playbook: str, *flags: str, **variables: Any) -> list[str]:
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        inventory = {"all": {"vars": local, "hosts": self.hosts}}
        path = self.folder / "hosts.json"
        path.write_text(json.dumps(inventory))
        given = json.dumps({"target": "all", **variables})
        return [ANSIBLE, f"claw.pilot.{playbook}", "-i", str(path), *flags, "-e", given]

    def run(
        self, playbook: str, *flags: str, env: dict[str, str] | None = None, **variables: Any
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(playbook, *flags, **variables),
            cwd=ROOT,
            env=self.environment(**(env or {})),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def play(self, playbook: str, *flags: str, **variables: Any) -> str:
        """Standard output of a run that has to do well."""
        done = self.run(playbook, *flags, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def document(self, playbook: str, *flags: str, **variables: Any) -> dict[str, Any]:
        """The result of a run as the result callback has it: all of standard output."""
        env = {"ANSIBLE_STDOUT_CALLBACK": "claw.pilot.result", **variables.pop("env", {})}
        done = self.run(playbook, *flags, env=env, **variables)
        assert done.stdout.count("\n") == 1, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        assert found["playbook"] == playbook
        assert found["ok"] is (done.returncode == 0)
        return found

    def terminal(
        self, playbook: str, *flags: str, env: dict[str, str] | None = None, **variables: Any
    ) -> pexpect.spawn:
        """The playbook at a terminal."""
        program, *arguments = self.command(playbook, *flags, **variables)
        words = self.environment(TERM="dumb", **(env or {}))
        return pexpect.spawn(
            program, arguments, cwd=str(ROOT), env=words, encoding="utf-8", timeout=90
        )
