# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an instance fared in the last 24 hours: seconds by state in 40 buckets. No effects."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

BUCKETS = 40
BUCKET_SECONDS = 24 * 3600 // BUCKETS
# What the seconds of a state count as; starting is neither up nor down.
UP, DEGRADED, STOPPED, UNKNOWN, STARTING = range(5)
KINDS = 5
KIND_OF = {
    "running": UP,
    "degraded": DEGRADED,
    "error": DEGRADED,
    "stopped": STOPPED,
    "unknown": UNKNOWN,
    "starting": STARTING,
}
# So long, and a bucket is shown as what is bad about it: a restart alone is no bad beat.
BAD_SECONDS, STOPPED_SECONDS = 15.0, 60.0


class Beats:
    """The buckets of one instance; bucket: the number of the newest, in time since 1970."""

    __slots__ = ("_seconds", "bucket")

    def __init__(self, bucket: int) -> None:
        self.bucket = bucket
        self._seconds = array("f", bytes(4 * KINDS * BUCKETS))

    def add(self, at: float, kind: int, seconds: float) -> bool:
        """Count seconds of a kind that have passed until then; whether a bucket began with it."""
        began = self._go_to(int(at // BUCKET_SECONDS))
        self._seconds[self._place(self.bucket) + kind] += seconds
        return began

    def put(self, bucket: int, seconds: Sequence[float]) -> None:
        """A bucket as it was stored; older than the window: nothing."""
        if bucket > self.bucket:
            self._go_to(bucket)
        if bucket > self.bucket - BUCKETS:
            start = self._place(bucket)
            self._seconds[start : start + KINDS] = array("f", seconds)

    def of(self, bucket: int) -> list[float]:
        """The seconds of a bucket by kind."""
        start = self._place(bucket)
        return list(self._seconds[start : start + KINDS])

    def codes(self) -> list[str]:
        """A code for each bucket, the oldest first."""
        return [_code(self.of(n)) for n in range(self.bucket - BUCKETS + 1, self.bucket + 1)]

    def percent(self) -> float | None:
        """How much of the time that is known it was up, with one decimal; None for no time."""
        up = sum(self._seconds[UP::KINDS])
        known = up + sum(self._seconds[DEGRADED::KINDS]) + sum(self._seconds[STOPPED::KINDS])
        return round(100 * up / known, 1) if known else None

    def _place(self, bucket: int) -> int:
        return bucket % BUCKETS * KINDS

    def _go_to(self, bucket: int) -> bool:
        """Forget the buckets that leave the window; whether it moves.

        A clock that is put back takes it back, and what was counted for later goes.
        """
        if bucket == self.bucket:
            return False
        low, high = sorted((bucket, self.bucket))
        for number in range(max(low + 1, high - BUCKETS + 1), high + 1):
            start = self._place(number)
            self._seconds[start : start + KINDS] = array("f", bytes(4 * KINDS))
        self.bucket = bucket
        return True


def _code(seconds: Sequence[float]) -> str:
    """u up, d degraded or error, s stopped, ? unknown, - no data."""
    if seconds[DEGRADED] >= BAD_SECONDS:
        return "d"
    if seconds[STOPPED] >= STOPPED_SECONDS:
        return "s"
    known = {UP: "u", STARTING: "u", STOPPED: "s", DEGRADED: "d", UNKNOWN: "?"}
    best = max(known, key=lambda kind: seconds[kind])
    return known[best] if seconds[best] > 0 else "-"
