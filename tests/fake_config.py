# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The config of a fake gateway: config.get and config.patch over a file, as OpenClaw does them.

Asserted against the real gateway, too: tests/integration/test_live_config.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from ansible_collections.claw.pilot.plugins.module_utils._merge import array_paths

from tests.fake_gateway import Refuse
from tests.unit.rfc7396 import apply_patch

CONFLICT = "config changed since last load; re-run config.get and retry"
INVALID = "agents.defaults.maxConcurrent: Invalid input: expected number, received string"


def refuse(message: str, code: str = "INVALID_REQUEST", **more: Any) -> Refuse:
    return Refuse({"code": code, "message": message, **more})


@dataclass
class FakeConfig:
    """before: refusals that come first, one for a patch each; patches: what was written."""

    path: Path
    before: list[Refuse] = field(default_factory=list)
    patches: list[dict[str, Any]] = field(default_factory=list)

    @property
    def methods(self) -> dict[str, Any]:
        return {"config.get": self.get, "config.patch": self.patch}

    @property
    def config(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.path.read_text())
        return data

    def write(self, config: dict[str, Any]) -> None:
        self.path.write_text(json.dumps(config))

    def get(self, _params: dict[str, Any]) -> dict[str, Any]:
        return {"hash": self._hash(), "config": self.config, "valid": True}

    def _hash(self) -> str:
        return sha256(self.path.read_bytes()).hexdigest()

    def patch(self, params: dict[str, Any]) -> dict[str, Any]:
        if self.before:
            raise self.before.pop(0)
        if params["baseHash"] != self._hash():
            raise refuse(CONFLICT)
        patch = json.loads(params["raw"])
        gone = _lost(patch, self.config) - set(params.get("replacePaths", ()))
        if gone:
            named = ", ".join(sorted(gone))
            raise refuse(f"config.patch would remove entries from array path(s): {named}.")
        wanted = apply_patch(self.config, patch)
        if isinstance(wanted.get("agents", {}).get("defaults", {}).get("maxConcurrent"), str):
            raise refuse(f"invalid config: {INVALID}")
        self.write(wanted)
        self.patches.append(patch)
        stats = {"requiresRestart": "gateway" in patch}
        return {"ok": True, "sentinel": {"payload": {"stats": stats}}}


def _lost(patch: dict[str, Any], config: dict[str, Any]) -> set[str]:
    """The arrays of the config that the patch does not keep whole."""
    after = apply_patch(config, patch)
    return {p for p in array_paths(patch, config) if not _keeps(_at(config, p), _at(after, p))}


def _at(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _keeps(before: Any, after: Any) -> bool:
    return all(item in (after or []) for item in before or [])
