# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When to try again. Pure but for the defaults of clock, sleep and chance, which tests replace."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ...plugins.module_utils._gateway_error import GatewayError

_DOUBLINGS = 16  # more never matter


@dataclass(frozen=True)
class Pace:
    """Seconds: 1, 2, 4 ... 30 between two tries, a quarter more or less by chance.

    pairing: between two tries of a device that waits for its approval; steady: a connection
    that has lasted so long makes the waiting begin anew; chance: from 0 to 1.
    """

    first: float = 1.0
    longest: float = 30.0
    pairing: float = 5.0
    steady: float = 30.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random

    def failures(self, error: GatewayError, before: int, lasted: float) -> int:
        """Failures in a row; lasted: seconds of the connection that has just ended, or 0.

        A gateway that says what it waits for has not failed.
        """
        if error.code == "PAIRING_REQUIRED" or error.retry_after is not None:
            return 0
        return 1 if lasted >= self.steady else before + 1

    def wait(self, error: GatewayError, failures: int) -> float:
        """Seconds until the next try; failures: in a row, this one included."""
        if error.code == "PAIRING_REQUIRED":
            base = self.pairing
        elif error.retry_after is not None:
            base = error.retry_after
        else:
            base = self.first * 2.0 ** min(failures - 1, _DOUBLINGS)
        return min(base, self.longest) * (0.75 + self.chance() / 2)
