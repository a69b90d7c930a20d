# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a pass over a host comes across, before it is known which belongs to which. Pure values.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._commands import GatewayCommand

Warnings = list[dict[str, str]]  # {"code", "path", "message"}


@dataclass(frozen=True)
class Account:
    """A user of the host."""

    name: str
    uid: int
    gid: int
    home: str


@dataclass(frozen=True)
class ServiceState:
    """What the service manager says of one gateway; pid 0 when there is none."""

    defined: bool = False
    enabled: bool = False
    active: bool = False
    failed: bool = False
    pid: int = 0
    exit_code: int | None = None
    restarts: int = 0


@dataclass(frozen=True)
class Service:
    """A service that runs a gateway. asked: whether its manager has said how it is.

    told_by: the uid of who has written its definition, 0 for root.
    """

    manager: str
    scope: str
    name: str
    definition_path: str
    user: str
    command: GatewayCommand
    state: ServiceState = ServiceState()
    asked: bool = False
    told_by: int = 0


@dataclass(frozen=True)
class Process:
    """One gateway process. environment: None where it may not be read; unit: of its cgroup.

    memory_bytes and cpu_seconds are its own and those of all processes below it; started: clock
    ticks after boot, as OpenClaw's lock files have it; container: id, '' for none.
    """

    pid: int
    uid: int
    argv: tuple[str, ...]
    environment: Mapping[str, str] | None
    cwd: str
    started: int
    uptime_seconds: int
    memory_bytes: int
    cpu_seconds: float
    unit: str
    scope: str
    container: str = ""


@dataclass(frozen=True)
class Sighting:
    """One trace of an instance. kind: directory, legacy, container, service, process, listener.

    state_dir: resolved, '' when it does not tell; home, user: whose it is, '' when unknown;
    slug: the name that it suggests; told_by: the uid whose word all that is, 0 for root's, or
    where it was found and not told.
    """

    kind: str
    detail: str
    state_dir: str = ""
    config_path: str = ""
    home: str = ""
    user: str = ""
    slug: str = ""
    port: int = 0
    variables: frozenset[str] = frozenset()
    include_roots: tuple[str, ...] = ()
    told_by: int = 0
    service: Service | None = None
    process: Process | None = None
    container: Mapping[str, Any] | None = None

    @property
    def keys(self) -> list[tuple[object, ...]]:
        """What it has in common with other traces of the same instance."""
        keys: list[tuple[object, ...]] = []
        if self.state_dir:
            keys.append(("directory", self.state_dir))
        if self.process:
            keys.append(("pid", self.process.pid))
        if self.service and self.service.manager == "systemd":
            keys.append(_unit_key(self.service.scope, self.service.name, self.user))
        # What an agent starts runs in the unit of its gateway, but in a directory of its own.
        if self.process and self.process.unit and not self.state_dir:
            keys.append(_unit_key(self.process.scope, self.process.unit, self.user))
        if self.service and self.service.state.pid and not self.state_dir:
            keys.append(("pid", self.service.state.pid))
        if self.container and self.container.get("id"):
            keys.append(("container", self.container["id"]))
        return keys


def _unit_key(scope: str, name: str, user: str) -> tuple[object, ...]:
    return ("unit", scope, name, user if scope == "user" else "")


@dataclass(frozen=True)
class ConfigFile:
    """An openclaw.json as found: its value, or what is wrong with it."""

    value: Mapping[str, Any] | None = None
    mode: int | None = None
    uid: int = -1
    problem: dict[str, str] | None = None


@dataclass(frozen=True)
class Lock:
    """A gateway's lock file: who holds its state directory, as of when uid wrote it."""

    path: str
    pid: int = 0
    started: int = 0
    state_dir: str = ""
    port: int = 0
    uid: int = -1


@dataclass(frozen=True)
class StateFiles:
    """What one state directory holds, but for its secrets.

    variables: names set in its .env; env_known: whether that could be read, or there is none.
    """

    config: ConfigFile = ConfigFile()
    uid: int = -1
    mode: int | None = None
    env_mode: int | None = None
    env_known: bool = True
    variables: frozenset[str] = frozenset()
    has_database: bool = False
    marker: Mapping[str, Any] = field(default_factory=dict)
    locks: tuple[Lock, ...] = ()
