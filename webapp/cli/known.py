# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the wizard knows of the host before it asks: instances, ports, services to share."""

from __future__ import annotations

import os

from ...plugins.module_utils import _ports
from ...plugins.module_utils._model import ClawPilotError
from ..answers import Known
from . import local, store
from .options import Ansible
from .place import LOCALHOST


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
