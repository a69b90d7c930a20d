# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host says, with its moments by our clock: its own may be wrong, or be put right. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .seen import text_of

Data = dict[str, Any]
NEAR_SECONDS = 10.0  # clocks that are so near are the same: a moment is not to move by itself


def by_our_clock(message: Mapping[str, Any], now: float) -> Data:
    """A message of a host: `full`, `delta` or `beat`, or another one as it is.

    now: seconds since 1970, when it came.
    """
    moved = dict(message)
    if "beat" in message and _ahead(message["beat"], now):
        moved["beat"] = text_of(now)
    for kind in ("full", "delta"):
        if kind in message:
            moved[kind] = _observation(message[kind], now)
    return moved


def _observation(seen: Data, now: float) -> Data:
    ahead = _ahead(seen["observed_at"], now)
    if not ahead:
        return seen
    moved: Data = {**seen, "observed_at": text_of(now)}
    if "booted_at" in (seen.get("host") or {}):
        moved["host"] = {**seen["host"], "booted_at": seen["host"]["booted_at"] - ahead}
    instances = seen.get("instances") or {}
    if isinstance(instances, Mapping):
        moved["instances"] = {name: _instance(one, ahead) for name, one in instances.items()}
    else:
        moved["instances"] = [_instance(one, ahead) for one in instances]
    return moved


def _instance(instance: Data, ahead: int) -> Data:
    process = instance.get("process") or {}
    if not process.get("started_at"):
        return instance
    return {**instance, "process": {**process, "started_at": process["started_at"] - ahead}}


def _ahead(stamp: Any, now: float) -> int:
    """Seconds by which the clock of the host is ahead; 0 where it is near, or says nothing."""
    try:
        ahead = datetime.fromisoformat(str(stamp)).timestamp() - now
    except ValueError:
        return 0
    return int(ahead) if abs(ahead) > NEAR_SECONDS else 0
