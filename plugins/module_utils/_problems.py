# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What is wrong with an instance at first sight: a code and a sentence each. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

from collections.abc import Mapping

from ._discovery import Group
from ._sightings import ConfigFile, Service

NO_CONFIG = "NO_CONFIG"
PORT_TAKEN = "PORT_TAKEN"
TWO_SERVICES = "TWO_SERVICES"
HOSTILE_NAME = "HOSTILE_NAME"
Problem = Mapping[str, str]


def problems(group: Group, config: ConfigFile, port: int, taken: bool) -> tuple[Problem, ...]:
    """All of one instance. config: as found; taken: whether somebody else listens on its port."""
    found: list[Problem] = []
    if config.problem:
        found.append(config.problem)
    elif config.value is None and group.config_path:
        found.append(_problem(NO_CONFIG, f"There is no {group.config_path}."))
    if taken:
        found.append(_problem(PORT_TAKEN, f"Somebody else listens on its port {port}."))
    services = {_words(s.service) for s in group.sightings if s.service and _runs(s.service)}
    if len(services) > 1:
        several = ", ".join(sorted(services))
        found.append(_problem(TWO_SERVICES, f"Several services run it: {several}."))
    return tuple(found)


def _problem(code: str, message: str) -> Problem:
    return {"code": code, "message": message}


def _runs(service: Service) -> bool:
    """Whether it runs, or will at the next start of the host."""
    return service.state.active or service.state.enabled


def _words(service: Service) -> str:
    return f"{service.name} of {service.manager} ({service.scope})"
