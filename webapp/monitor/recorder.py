# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is seen of registered instances, told to the registry, which makes the events of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ...plugins.module_utils._model import ClawPilotError
from ...plugins.plugin_utils.registry import Registry
from .seen import StateChange

ORIGIN = "dashboard"
_log = logging.getLogger(__name__)
# What the registry takes of an observation, and what it knows the instance by.
_TOLD = ("slug", "openclaw_home", "state_dir", "state", "port", "openclaw_version")
_Key = tuple[str, str, str]


class Recorder:
    """Keeps what has changed until it is written: the last state of each instance."""

    def __init__(self, registry: Path) -> None:
        self._registry = registry
        self._lock = threading.Lock()
        self._waiting: dict[_Key, dict[str, Any]] = {}

    @property
    def waits(self) -> bool:
        return bool(self._waiting)

    def take(self, changes: Iterable[StateChange]) -> None:
        with self._lock:
            for change in changes:
                told = {key: change.instance.get(key) for key in _TOLD}
                key = change.host, str(told["openclaw_home"]), str(told["slug"])
                self._waiting[key] = told

    def write(self) -> None:
        """Tell the registry, in one transaction; what cannot be told now is told the next time."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        entries: dict[str, list[dict[str, Any]]] = {}
        for (host, _home, _slug), told in waiting.items():
            entries.setdefault(host, []).append({"event": "observed", "instance": told})
        reports = [
            {"server": {"hostname": host}, "entries": found} for host, found in entries.items()
        ]
        try:
            with Registry(self._registry, actor=ORIGIN, origin=ORIGIN) as registry:
                registry.record(reports)
        except ClawPilotError as error:
            _log.warning("The registry is not told what was seen: %s", error.message)
            with self._lock:
                self._waiting = {**waiting, **self._waiting}
