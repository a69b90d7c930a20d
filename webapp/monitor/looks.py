# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who looks at what, and so how often each host looks at itself. No effects but the clock's."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NEAR_SECONDS = 2.0  # between two looks at what somebody looks at
FEW_HOSTS = 12  # so many are near when somebody looks at all of them
EXPIRES_SECONDS = 75.0  # a viewer that has not renewed its look since has gone
INBOX_NEAR, INBOX_SEEN, INBOX_UNSEEN = 5.0, 10.0, 300.0  # between two looks who waits


@dataclass(frozen=True)
class Look:
    """What one viewer looks at: a host, or with a state directory one instance of it; "" for all.

    until: on the clock.
    """

    host: str
    state_dir: str
    until: float


class Looks:
    """The viewers, by an opaque name each. Of the monitor's own thread."""

    def __init__(self, interval: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = interval
        self._clock = clock
        self._looks: dict[str, Look] = {}

    def look(self, who: str, host: str = "", state_dir: str = "") -> None:
        self._looks[who] = Look(host, state_dir, self._clock() + EXPIRES_SECONDS)

    def look_away(self, who: str) -> None:
        self._looks.pop(who, None)

    def expire(self) -> None:
        """Forget those who have not said for a while that they still look."""
        now = self._clock()
        self._looks = {who: look for who, look in self._looks.items() if look.until > now}

    def orders(self, host: str, hosts: int) -> dict[str, Any]:
        """interval, metrics, pending and near (seconds by state directory) for that host.

        hosts: how many are watched: all of many at once would keep their machines busy.
        """
        own = [look for look in self._looks.values() if look.host in ("", host)]
        near = any(look.host == host or hosts <= FEW_HOSTS for look in own)
        inbox = INBOX_SEEN if own else INBOX_UNSEEN
        if any(look.host == host and not look.state_dir for look in own):
            inbox = INBOX_NEAR
        return {
            "interval": min(self._interval, NEAR_SECONDS) if near else self._interval,
            "metrics": bool(own),
            "pending": inbox,
            "near": {look.state_dir: INBOX_NEAR for look in own if look.state_dir},
        }
