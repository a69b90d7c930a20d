# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health of an instance over time as paths of an SVG. Values in, values out.

The window is cut into columns; a column without a sample is a gap, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

COLUMNS = 240
UNIT = 3  # of the view box, per column
WIDTH = COLUMNS * UNIT
HEIGHT = 120  # of the curves; the band of states is below
BAND = 12
# What is worse hides what is better in the same column.
_WORST = ("error", "unreachable", "degraded", "unknown", "stopped", "starting", "running")
Sample = Mapping[str, Any]


@dataclass(frozen=True)
class Chart:
    """area: below memory; memory, cpu: lines (all paths); bands: state, x, width.

    *_top: what the height means (bytes, percent); ticks: UTC times from left to right; samples:
    how many there are.
    """

    area: str
    memory: str
    cpu: str
    bands: tuple[tuple[str, int, int], ...]
    memory_top: float
    cpu_top: float
    ticks: tuple[str, ...]
    samples: int


def chart(series: Iterable[Sample], hours: int, now: float) -> Chart:
    """The last hours up to now (seconds since 1970)."""
    start = now - hours * 3600
    columns: list[list[Sample]] = [[] for _turn in range(COLUMNS)]
    count = 0
    for sample in series:
        place = int((_seconds(str(sample["at"])) - start) / (hours * 3600) * COLUMNS)
        if 0 <= place < COLUMNS:
            columns[place].append(sample)
            count += 1
    reach = _reach(columns)
    memory = _filled([_largest(column, "memory_bytes") for column in columns], reach)
    cpu = _filled([_largest(column, "cpu_percent") for column in columns], reach)
    memory_top = _nice(max((m for m in memory if m), default=0.0), 100e6)
    cpu_top = _nice(max((c for c in cpu if c), default=0.0), 10.0)
    return Chart(
        area=_area(memory, memory_top),
        memory=_line(memory, memory_top),
        cpu=_line(cpu, cpu_top),
        bands=_bands(_filled([_state(column) for column in columns], reach)),
        memory_top=memory_top,
        cpu_top=cpu_top,
        ticks=tuple(_stamp(start + part * hours * 900) for part in range(5)),
        samples=count,
    )


def _reach(columns: Sequence[Sequence[Sample]]) -> int:
    """For how many columns a sample stands: what is sampled by the hour has no gaps between."""
    filled = [place for place, column in enumerate(columns) if column]
    steps = sorted(after - before for before, after in zip(filled, filled[1:], strict=False))
    return min(steps[len(steps) // 2] + 1, COLUMNS // 10) if steps else 1


def _filled(values: Sequence[Any], reach: int) -> list[Any]:
    made: list[Any] = []
    since = reach
    for value in values:
        since = 0 if value is not None else since + 1
        made.append(value if value is not None else made[-1] if since < reach else None)
    return made


def _largest(column: Sequence[Sample], key: str) -> float | None:
    known = [float(one[key]) for one in column if one.get(key) is not None]
    return max(known) if known else None


def _state(column: Sequence[Sample]) -> str | None:
    states = {str(one["state"]) for one in column}
    return next((state for state in _WORST if state in states), None)


def _bands(states: Sequence[str | None]) -> tuple[tuple[str, int, int], ...]:
    bands, at = [], 0
    for state, group in groupby(states):
        width = len(list(group)) * UNIT
        if state:
            bands.append((state, at, width))
        at += width
    return tuple(bands)


def _runs(values: Sequence[float | None]) -> Iterable[list[tuple[int, float]]]:
    for known, group in groupby(enumerate(values), key=lambda one: one[1] is not None):
        if known:
            yield [(place * UNIT, float(value or 0)) for place, value in group]


def _line(values: Sequence[float | None], top: float) -> str:
    return "".join("M" + "L".join(_points(run, top)) for run in _runs(values))


def _area(values: Sequence[float | None], top: float) -> str:
    return "".join(
        f"M{run[0][0]} {HEIGHT}L" + "L".join(_points(run, top)) + f"V{HEIGHT}z"
        for run in _runs(values)
    )


def _points(run: Sequence[tuple[int, float]], top: float) -> list[str]:
    run = [*run, (run[-1][0] + UNIT, run[-1][1])]
    return [f"{x} {HEIGHT - value / top * HEIGHT:.1f}" for x, value in run]


def _nice(value: float, least: float) -> float:
    """A round figure at or above the value."""
    top = least
    while top < value:
        for factor in (2, 2.5, 2):
            if top >= value:
                break
            top *= factor
    return top


def _seconds(stamp: str) -> float:
    moment = datetime.fromisoformat(stamp)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
