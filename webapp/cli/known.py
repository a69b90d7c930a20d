# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the wizard knows of the host before it asks: instances, ports, services to share."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...plugins.module_utils import _ports
from ...plugins.module_utils._model import ClawPilotError
from . import local, store
from .options import Ansible
from .place import LOCALHOST


@dataclass(frozen=True)
class Known:
    """local: whether this is about this machine, which can be looked at.

    slugs: instances of the same home; providers: slug -> the model providers it has, None where
    that is not known; claimed: port -> slug, of all homes; shared: services such as
    ollama, as the host's part of an observation has them; ports: to choose from.
    """

    local: bool = True
    host: str = LOCALHOST
    slugs: frozenset[str] = frozenset()
    providers: Mapping[str, frozenset[str]] | None = None
    listening: frozenset[int] = frozenset()
    claimed: Mapping[int, str] = field(default_factory=dict)
    reserved: Mapping[int, str] = field(default_factory=dict)
    shared: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ports: _ports.PortRange = _ports.PortRange()

    def choose_port(self, wanted: int | None) -> int:
        """The wanted port, or the first that is free. Raises INVALID_PORT and PORT_CONFLICT."""
        return _ports.choose_port(wanted, self.ports, self.listening, self.claimed, self.reserved)

    def with_key_of(self, provider: str) -> list[str]:
        """Instances whose key of that provider may be copied."""
        known = self.providers
        return sorted(s for s in self.slugs if known is None or provider in known.get(s, ()))

    def service(self, name: str) -> str:
        """What was found of a service to share, in words; empty when it does not run."""
        service = self.shared.get(name) or {}
        if not service.get("running"):
            return ""
        return f"{name.capitalize()} {service.get('version') or ''}".strip()


def of(ansible: Ansible) -> Known:
    """What is known of the host that the user names; of this machine when none is named."""
    if ansible.chooses_hosts:
        return of_other(ansible.target or LOCALHOST)
    rows = store.rows()
    seen = local.observe(rows)
    own = os.path.realpath(os.path.expanduser("~"))
    ours = [one for one in seen["instances"] if local.key_of(one)[0] == own]
    return Known(
        slugs=frozenset(str(one["slug"]) for one in ours),
        providers={str(one["slug"]): frozenset(one["providers"]) for one in ours},
        listening=listeners(),
        claimed={int(i["port"]): str(i["slug"]) for i in seen["instances"] if i.get("port")},
        reserved=store.ports(LOCALHOST),
        shared=seen["host"].get("shared") or {},
        ports=port_range(),
    )


def of_other(host: str) -> Known:
    """What the registry knows of another host; the port is left to the host itself."""
    slugs = frozenset(str(row["slug"]) for row in store.rows() if row["hostname"] == host)
    return Known(local=False, host=host, slugs=slugs, reserved=store.ports(host))


def port_range() -> _ports.PortRange:
    """The ports that the registry's settings leave to choose from."""
    if store.path_of() is None:
        return _ports.PortRange()
    values = store.settings()
    start, end, step = (
        int(values[f"port_{name}"]) for name in ("range_start", "range_end", "step")
    )
    return _ports.PortRange(start, end, step)


def listeners() -> frozenset[int]:
    """Ports with a listener; none where that cannot be seen."""
    from ...plugins.module_utils._host import Host

    try:
        return Host().listeners()
    except ClawPilotError:
        return frozenset()
