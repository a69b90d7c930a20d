# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The state words, and the one function that derives them. Pure.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ._sightings import ServiceState

STATE_WORDS = ("running", "starting", "degraded", "stopped", "error", "unknown")
_STARTING = "startup-sidecars"  # fails in /readyz for as long as a gateway starts


@dataclass(frozen=True)
class Health:
    """live: /healthz answers as OpenClaw's does; ready: /readyz is green; failing: what is not;
    version: of the running OpenClaw, '' when nobody asked or it does not tell; told: whether
    /readyz was answered at all, so that it is the gateway's own word that it is not ready.
    """

    live: bool = False
    ready: bool = False
    failing: tuple[str, ...] = ()
    version: str = ""
    told: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Proof:
    """What waiting has proven of the gateway on this port. pid: of its service at that moment."""

    port: int
    pid: int
    health: Health


def standing(proven: Health, seen: Health) -> Health:
    """The health of a gateway of which one was proven, and then the other seen in one quick look.

    What was proven stands until the gateway itself says otherwise: a look that a busy machine does
    not answer in time says nothing, and a gateway does not start twice.
    """
    refuted = set(seen.failing) - {_STARTING} or (seen.told and not seen.failing)
    if seen.ready or refuted or (seen.live and not proven.ready):
        return seen
    return replace(proven, version=seen.version or proven.version)


def state_word(service: ServiceState, health: Health, locked_out: bool = False) -> str:
    """The one state word of an instance (DESIGN: running, starting, degraded, stopped, error).

    locked_out: whether its token is known not to work, so that nobody can use it.
    """
    if health.ready and service.active:
        return "degraded" if locked_out else "running"
    if health.live:
        return "starting" if _STARTING in health.failing else "degraded"
    if service.failed or (service.active and service.restarts > 2):
        return "error"
    return "starting" if service.active else "stopped"
