# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How instances fared: in memory for the last 24 hours, in a file for 90 days.

tick() counts what Live shows now; flush() writes it, in one transaction; both are of the monitor.
beats() and series() are for any thread. A sample is written when it is another than the one before,
and every five minutes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ..clock import Calendar
from .beats import BUCKET_SECONDS, BUCKETS, KIND_OF, KINDS, STARTING, UP, Beats
from .history_store import HourRow, Sample, Store
from .seen import Health, text_of

HOUR = 3600
RAW_HOURS, HOURLY_DAYS = 24, 90
SAMPLE_SECONDS = 300.0  # a sample is written so often even when nothing is new
CHECK_SECONDS = 60.0  # the beats are made anew so often; and at once when a state changes
GAP_SECONDS = 60.0  # what lies between two ticks beyond that was not seen
MEMORY_SHARE, CPU_POINTS = 0.02, 1.0
Data = dict[str, Any]
Line = Mapping[str, Any]


class _Known:
    """What is remembered of one instance."""

    __slots__ = (
        *("beats", "checked", "dirty", "health", "hour", "hour_of", "sample", "since", "state"),
    )

    def __init__(self, bucket: int, state: str = "", since: float = 0.0) -> None:
        self.beats = Beats(bucket)
        self.state, self.since = state, since
        self.health: Health | None = None
        self.checked = 0.0
        self.sample: Sample | None = None
        self.hour_of = 0
        self.hour = HourRow()
        self.dirty = False


class History:
    """The history of all instances. path: of its SQLite file; clock: seconds since 1970, which may
    jump; steady: seconds that do not, by which is counted what has passed.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = Store(path)
        self._clock, self._steady = clock, steady
        self._calendar = Calendar(clock, steady)
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}
        self._samples: list[Sample] = []
        self._ticked: float | None = None
        self._dropped: float | None = None

    def open(self) -> None:
        """Make the file where it is missing, and remember what it has of the last 24 hours."""
        now = self._clock()
        self._store.open()
        bucket = int(now // BUCKET_SECONDS)
        with self._lock:
            for one, state, since in self._store.states():
                self._known[one] = _Known(bucket, state, since)
            for one, number, seconds in self._store.beats(bucket - BUCKETS):
                if one in self._known and number <= bucket:
                    self._known[one].beats.put(number, seconds)
            hour = int(now // HOUR)
            for one, row in self._store.hour(hour):
                if one in self._known:
                    self._known[one].hour_of, self._known[one].hour = hour, row

    def close(self) -> None:
        """Write what is left, and close the file."""
        self.flush()
        self._store.close()

    # --- for those who show it

    def beats(self, id: str) -> tuple[list[str], float | None]:  # noqa: A002
        """40 codes for the last 24 hours, and how much of them it was up in percent."""
        with self._lock:
            known = self._known.get(id)
            return (
                (known.beats.codes(), known.beats.percent()) if known else (["-"] * BUCKETS, None)
            )

    def series(self, id: str, hours: int = RAW_HOURS) -> list[Data]:  # noqa: A002
        """What it was, the oldest first: {"at" (UTC), "state", "memory_bytes", "cpu_percent"}, and
        beyond 24 hours one for each hour, with "up_percent".
        """
        now = self._clock()
        if hours <= RAW_HOURS:
            with self._lock:
                waiting = [s for s in self._samples if s.id == id]
            kept = [*self._store.samples(id, now - hours * HOUR), *waiting]
            return [
                {
                    "at": text_of(one.at),
                    "state": one.state,
                    "memory_bytes": one.memory_bytes,
                    "cpu_percent": one.cpu_percent,
                }
                for one in kept
            ]
        return [_hour_of(at, row) for at, row in self._store.hours(id, int(now // HOUR) - hours)]

    # --- for the monitor

    def tick(self, lines: Iterable[Line]) -> dict[str, Health]:
        """Count what has passed since the last tick; what is new of the health, by id."""
        now, steady = self._clock(), self._steady()
        passed = 0.0 if self._ticked is None else min(steady - self._ticked, GAP_SECONDS)
        self._ticked = steady
        news = {}
        with self._lock:
            for line in lines:
                kind = KIND_OF.get(line["state"])
                if kind is None:
                    continue
                health = self._count(line, kind, now, passed)
                if health:
                    news[line["id"]] = health
        return news

    def _count(self, line: Line, kind: int, now: float, passed: float) -> Health | None:
        known = self._known.get(line["id"])
        if known is None:
            known = self._known[line["id"]] = _Known(int(now // BUCKET_SECONDS))
        changed = known.state != line["state"]
        if changed:
            known.state, known.since = line["state"], now
        began = known.beats.add(now, kind, passed)
        self._count_hour(known, line, kind, now, passed)
        self._sample(known, line, now)
        known.dirty = True
        due = not 0 <= now - known.checked < CHECK_SECONDS or _is_blank(known.health)
        if not (changed or began or due):
            return None
        known.checked = now
        health = Health(
            known.beats.codes(), known.beats.percent(), known.state, text_of(known.since)
        )
        if health == known.health:
            return None
        known.health = health
        return health

    def _count_hour(self, known: _Known, line: Line, kind: int, now: float, passed: float) -> None:
        hour = int(now // HOUR)
        if known.hour_of != hour:
            self._store.keep_hour(line["id"], known.hour_of, known.hour)
            known.hour_of, known.hour = hour, HourRow()
        known.hour.add(kind, passed, line["memory_bytes"], line["cpu_percent"])

    def _sample(self, known: _Known, line: Line, now: float) -> None:
        new = Sample(line["id"], now, line["state"], line["memory_bytes"], line["cpu_percent"])
        old = known.sample
        if old is None or _is_news(old, new):
            known.sample = new
            self._samples.append(new)

    def flush(self) -> None:
        """Write what is new since the last time, and now and then drop what is too old."""
        with self._lock:
            samples, self._samples = self._samples, []
            dirty = [(one, known) for one, known in self._known.items() if known.dirty]
            states = [(one, known.state, known.since) for one, known in dirty]
            beats = [
                (one, number, known.beats.of(number))
                for one, known in dirty
                for number in (known.beats.bucket - 1, known.beats.bucket)
            ]
            hours = [(one, known.hour_of, known.hour.copy()) for one, known in dirty]
            for _one, known in dirty:
                known.dirty = False
        self._store.write(samples, states, beats, hours)
        steady = self._steady()
        if self._dropped is None or steady - self._dropped > HOUR:
            self._dropped, now = steady, self._calendar.now()
            self._store.drop(
                now - RAW_HOURS * HOUR,
                int(now // BUCKET_SECONDS) - BUCKETS,
                int(now // HOUR) - HOURLY_DAYS * 24,
            )
            self._forget(now - HOURLY_DAYS * 24 * HOUR)

    def _forget(self, before: float) -> None:
        """Instances of which nothing was heard for so long."""
        with self._lock:
            bucket = int(before // BUCKET_SECONDS)
            self._known = {k: v for k, v in self._known.items() if v.beats.bucket > bucket}


def _is_blank(health: Health | None) -> bool:
    """Whether its newest beat shows nothing yet."""
    return health is None or health.beats[-1] == "-"


def _is_news(old: Sample, new: Sample) -> bool:
    return (
        old.state != new.state
        or not 0 <= new.at - old.at < SAMPLE_SECONDS
        or abs(new.memory_bytes - old.memory_bytes) > old.memory_bytes * MEMORY_SHARE
        or abs(new.cpu_percent - old.cpu_percent) >= CPU_POINTS
    )


def _hour_of(at: int, row: HourRow) -> Data:
    known = sum(row.seconds[:STARTING])
    kind = max(range(KINDS), key=lambda one: row.seconds[one])
    words = ("running", "degraded", "stopped", "unknown", "starting")
    return {
        "at": text_of(at * HOUR),
        "state": words[kind],
        "memory_bytes": int(row.memory / row.count) if row.count else 0,
        "cpu_percent": round(row.cpu / row.count, 1) if row.count else 0.0,
        "up_percent": round(100 * row.seconds[UP] / known, 1) if known else None,
    }
