# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often a wrong token may be tried: a few times at once, then more and more slowly.

It never stands in the way of a right one: that is looked up before.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE = 5  # wrong ones that cost nothing
LONGEST = 300.0  # seconds
_FORGET = 900.0  # seconds without a wrong one
_MOST = 10_000  # addresses that are remembered


@dataclass
class _Tries:
    count: int = 0
    last: float = 0.0
    until: float = 0.0


class Limit:
    """Wrong tries by key. now: a clock in seconds that does not jump."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def wait(self, key: str) -> int:
        """Seconds until the key may try again, 0 when it may now."""
        with self._lock:
            tries = self._tries.get(key)
            left = tries.until - self._now() if tries else 0.0
        return int(left) + 1 if left > 0 else 0

    def failed(self, key: str) -> None:
        """Count a wrong try."""
        with self._lock:
            now = self._now()
            tries = self._tries.pop(key, None)
            if tries is None or now - tries.last > max(_FORGET, 2 * (tries.until - tries.last)):
                tries = _Tries()
            tries.count, tries.last = tries.count + 1, now
            if tries.count >= FREE:
                tries.until = now + min(LONGEST, 2.0 ** (tries.count - FREE))
            self._tries[key] = tries
            while len(self._tries) > _MOST:
                self._tries.popitem(last=False)
