# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time by which what is old is dropped: not by a clock that is wrong for a while.

Waits and limits do not belong here; they are of time.monotonic().
"""

from __future__ import annotations

import time
from collections.abc import Callable


class Calendar:
    """wall: seconds since 1970, which may jump; steady: seconds that do not."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall, self._steady = wall, steady
        self._ahead = wall() - steady()

    def now(self) -> float:
        """Seconds since 1970. A jump ahead counts when it has lasted from one call to the next."""
        steady = self._steady()
        ahead, self._ahead = self._ahead, self._wall() - steady
        return steady + min(ahead, self._ahead)
