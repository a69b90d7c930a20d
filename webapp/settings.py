# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the dashboard is told: where its files are, where it listens, whom it answers."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..plugins.module_utils._model import ClawPilotError
from ..plugins.plugin_utils import registry

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
HOSTS_VARIABLE = "CLAW_PILOT_ALLOWED_HOSTS"
FILES_VARIABLE = "CLAW_PILOT_JOB_FILES"


@dataclass(frozen=True)
class Settings:
    """home, registry: paths; inventory: for ansible's -i, empty for this machine and the registry.

    allowed_hosts: more names that the Host header may have; trusted_proxies: networks whose
    X-Forwarded-* headers are believed; interval_seconds: between two looks at a host; job_limit:
    playbooks that run at once; job_files: files and folders of this machine that variables of a
    job may name.
    """

    home: Path
    registry: Path
    bind: str = "127.0.0.1"
    port: int = 19000
    inventory: str = ""
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    interval_seconds: float = 10.0
    job_limit: int = 2
    job_files: tuple[str, ...] = ()

    @property
    def token_path(self) -> Path:
        return self.home / "dashboard-token"

    @property
    def database(self) -> Path:
        """API tokens, sessions and login links, all of them as hashes."""
        return self.home / "dashboard.db"

    @property
    def history(self) -> Path:
        return self.home / "history.db"

    @property
    def jobs_database(self) -> Path:
        return self.home / "jobs.db"

    @property
    def jobs_folder(self) -> Path:
        """A folder per job that runs or waits, gone when it has ended."""
        return self.home / "jobs"

    @property
    def host_names(self) -> frozenset[str]:
        """What the Host header may say, without a port, in lower case."""
        return frozenset(
            bracketed(name).lower() for name in (*LOOPBACK, self.bind, *self.allowed_hosts) if name
        )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        try:
            return ipaddress.ip_address(self.bind.strip("[]")).is_loopback
        except ValueError:
            return self.bind == "localhost"

    @property
    def is_everywhere(self) -> bool:
        """Whether it listens on every address, so that nobody can list them."""
        return self.bind.strip("[]") in ("0.0.0.0", "::")


def bracketed(name: str) -> str:
    """An IPv6 address as URLs and Host headers write it; any other name as it is."""
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def load(
    *,
    bind: str = "127.0.0.1",
    port: int | None = None,
    inventory: str = "",
    hosts: Sequence[str] = (),
    proxies: Sequence[str] = (),
) -> Settings:
    """The settings of this user. port: None for the registry's; hosts: more allowed host names;
    proxies: addresses or networks of trusted ones.

    Raises INVALID_PROXY; REGISTRY_ELSEWHERE when the registry is no file of this machine.
    """
    path = registry_path()
    with registry.Registry(path) as opened:
        config = opened.config()
    named = os.environ.get(HOSTS_VARIABLE, "").replace(",", " ").split()
    files = os.environ.get(FILES_VARIABLE, "").split(os.pathsep)
    return Settings(
        home=registry.home(),
        registry=path,
        bind=bind,
        port=int(config["dashboard_port"]) if port is None else port,
        inventory=inventory,
        allowed_hosts=(*hosts, *named),
        trusted_proxies=tuple(map(proxy, proxies)),
        interval_seconds=int(config["health_check_interval_ms"]) / 1000,
        job_files=tuple(path for path in files if path),
    )


def proxy(text: str) -> str:
    """An address or a network of a proxy as it is usually written. Raises INVALID_PROXY."""
    try:
        found = ipaddress.ip_network(text.strip("[]"), strict=False)
    except ValueError:
        raise ClawPilotError(
            "INVALID_PROXY",
            f"{text!r} is no address of a proxy.",
            "Give it as numbers, like 127.0.0.1, ::1 or 10.0.0.0/24.",
        ) from None
    return str(found)


def registry_path() -> Path:
    """The registry's file. Raises REGISTRY_ELSEWHERE."""
    where = os.environ.get("CLAW_PILOT_REGISTRY", "")
    if where == "none" or where.startswith(("http://", "https://")):
        raise ClawPilotError(
            "REGISTRY_ELSEWHERE",
            "CLAW_PILOT_REGISTRY names no file, so a dashboard has nothing to show.",
            "Unset it, or set it to the path of a registry.",
        )
    return Path(where).expanduser().absolute() if where else registry.default_path()
