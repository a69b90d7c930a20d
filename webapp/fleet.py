# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of the inventory and of the registry, and how a playbook is told to go to one.

Nothing here touches a host. The inventory is read by ansible-inventory, the registry by Registry.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sysconfig
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..plugins.module_utils._model import ClawPilotError
from ..plugins.plugin_utils.registry import Registry
from . import playbook
from .cli import place
from .places import LOCALHOST, HostPlace, Listed, listed, places, registered

__all__ = ["LOCALHOST", "Fleet", "HostPlace", "Reach"]

log = logging.getLogger(__name__)
Row = dict[str, Any]
AGAIN_SECONDS = 60.0  # an inventory may be a program, which changes without any file changing
LIST_SECONDS = 60.0
_MARK = "__ansible_unsafe"


@dataclass(frozen=True)
class Reach:
    """How a playbook gets to an instance or a host.

    variables: target, openclaw_home, openclaw_user as needed; inventory: for -i, or empty;
    registry: path of the registry that is to be the inventory, or empty.
    """

    variables: dict[str, Any] = field(default_factory=dict)
    inventory: str = ""
    registry: str = ""


class Fleet:
    """Hosts and rows, for any thread; read again when a file changes, and every minute.

    inventory: for ansible's -i, several with commas between them; empty for this machine and the
    hosts of the registry. problem: why the inventory cannot be read now, or empty.
    """

    def __init__(
        self, registry: Path, inventory: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.problem = ""
        self._registry = registry
        self._inventory = inventory
        self._clock = clock
        self._lock = threading.RLock()
        self._reading = threading.Lock()  # of the inventory, which takes a second
        self._rows: list[Row] = []
        self._servers: list[Row] = []
        self._rows_mark: object = None
        self._listed: dict[str, Listed] | None = None
        self._listed_mark: object = None
        self._listed_at = 0.0
        self._places: list[HostPlace] = []
        self._places_mark: object = None

    def hosts(self) -> list[HostPlace]:
        """Every host, sorted by name."""
        self._read_inventory()
        with self._lock:
            self._read_registry()
            mark = (self._rows_mark, self._listed_at)
            if mark != self._places_mark:
                self._places = places(self._listed, registered(self._servers))
                self._places_mark = mark
            return list(self._places)

    def host(self, name: str) -> HostPlace:
        """The host of that name. Raises HOST_NOT_FOUND."""
        for one in self.hosts():
            if one.name == name:
                return one
        raise ClawPilotError(
            "HOST_NOT_FOUND",
            f"Neither the inventory nor the registry knows a host {name!r}.",
            "Add it to the inventory that the dashboard was started with.",
        )

    def rows(self) -> list[Row]:
        """The registry's instances. Raises REGISTRY_*."""
        with self._lock:
            self._read_registry()
            return list(self._rows)

    def reach(
        self, host: str, row: Mapping[str, Any] | None, instance: Mapping[str, Any] | None
    ) -> Reach:
        """How a playbook gets to an instance: by its row, else by its facts; without both to the
        host. Raises HOST_NOT_FOUND and HOST_AMBIGUOUS.
        """
        where = self.host(host)
        known_hosts = self._listed or {}
        inventory = self._inventory if host in known_hosts else ""
        if inventory and any(host in one.groups for one in known_hosts.values()):
            raise ClawPilotError(
                "HOST_AMBIGUOUS",
                f"{host} is a host and a group of the inventory; to Ansible it means the group.",
                "Rename one of them in the inventory.",
            )
        known = row or instance
        if known is None:
            alone = host == LOCALHOST and where.connection == "local" and not inventory
            variables: Row = {} if alone else {"target": host}
            return Reach(variables, inventory, "" if inventory or alone else str(self._registry))
        found = place.of_row(
            {
                "hostname": host,
                "connection": where.connection,
                "openclaw_home": known.get("openclaw_home") or "",
                "openclaw_user": known.get("openclaw_user") or "",
                "ssh_user": where.user,
            },
            str(self._registry),
        )
        if inventory:
            return Reach({**found.variables, "target": host}, inventory)
        return Reach(dict(found.variables), "", found.registry)

    def _read_registry(self) -> None:
        mark = _mark(self._registry, Path(f"{self._registry}-wal"))
        if mark == self._rows_mark:
            return
        rows: list[Row] = []
        servers: list[Row] = []
        if self._registry.exists():  # looking does not make one
            with Registry(self._registry, dry=True) as registry:
                rows, servers = registry.instances(), registry.servers()
            for warning in registry.warnings:
                log.warning("%s", warning)
        self._rows, self._servers, self._rows_mark = rows, servers, mark

    def _read_inventory(self) -> None:
        """Read it where that is due. Meanwhile others go on with what was read before."""
        if not self._inventory or not self._reading.acquire(blocking=self._listed is None):
            return
        try:
            now, mark = self._clock(), _mark(*_files(self._inventory))
            known = self._listed is not None and mark == self._listed_mark
            if known and now - self._listed_at < AGAIN_SECONDS:
                return
            try:
                found, problem = listed(_list(self._inventory)), ""
            except ClawPilotError as error:
                found, problem = self._listed or {}, error.message
            with self._lock:
                self._listed, self.problem = found, problem
                self._listed_mark, self._listed_at = mark, now
        finally:
            self._reading.release()


def _files(inventory: str) -> list[Path]:
    """The files that an inventory is read from, as far as that can be told."""
    found = []
    for part in inventory.split(","):
        path = Path(part)
        if part and path.exists():
            folder = path if path.is_dir() else path.parent
            found += [path, *(path.glob("*") if path.is_dir() else ())]
            found += [*folder.glob("group_vars/**/*"), *folder.glob("host_vars/**/*")]
    return sorted(found)


def _mark(*paths: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What changes when one of the files does."""
    found = []
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        found.append((str(path), status.st_ino, status.st_size, status.st_mtime_ns))
    return tuple(found)


def _unmarked(value: Row) -> Any:
    """A text without the mark that Ansible puts on it when it is no template."""
    return value[_MARK] if set(value) == {_MARK} else value


def _list(inventory: str) -> Row:
    """What `ansible-inventory --list` says. Raises INVENTORY_UNREADABLE."""
    own = Path(sysconfig.get_path("scripts"), "ansible-inventory")
    program = str(own) if own.is_file() else shutil.which("ansible-inventory")
    strict = {"ANSIBLE_NOCOLOR": "1", "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true"}
    try:
        done = subprocess.run(
            [program or "ansible-inventory", "-i", inventory, "--list"],
            env={**os.environ, **playbook.utf8(), **strict},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIST_SECONDS,
            check=True,
        )
        found: Row = json.loads(done.stdout, object_hook=_unmarked)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines() or [""]
        raise ClawPilotError(
            "INVENTORY_UNREADABLE",
            f"The inventory {inventory} cannot be read: {said[-1][:300]}",
            "Try ansible-inventory --list with it.",
        ) from None
    return found
