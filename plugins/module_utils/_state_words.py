# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The state words, and the one function that derives them. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

from dataclasses import dataclass

from ._sightings import ServiceState

STATE_WORDS = ("running", "starting", "degraded", "stopped", "error", "unknown")


@dataclass(frozen=True)
class Health:
    """live: /healthz answers as OpenClaw's does; ready: /readyz is green; failing: what is not;
    version: of the running OpenClaw, '' when nobody asked or it does not tell.
    """

    live: bool = False
    ready: bool = False
    failing: tuple[str, ...] = ()
    version: str = ""


def state_word(service: ServiceState, health: Health, locked_out: bool = False) -> str:
    """The one state word of an instance (DESIGN: running, starting, degraded, stopped, error).

    locked_out: whether its token is known not to work, so that nobody can use it.
    """
    if health.ready and service.active:
        return "degraded" if locked_out else "running"
    if health.live:
        return "starting" if "startup-sidecars" in health.failing else "degraded"
    if service.failed or (service.active and service.restarts > 2):
        return "error"
    return "starting" if service.active else "stopped"
