# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The moments at which all of these tests run again, and that a moved clock does move."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from scripts import run_clocks


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-29", "2028-02-29 12:00"),
        ("2028-02-29 11:59", "2028-02-29 12:00"),
        ("2028-02-29 12:00", "2032-02-29 12:00"),
        ("2097-01-01", "2104-02-29 12:00"),
    ],
)
def test_the_next_leap_day(now: str, day: str) -> None:
    assert run_clocks.leap_day(at(now)) == at(day)


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        ("2026-11-29", "2027-03-28 01:00"),
        ("2027-03-28 00:59", "2027-03-28 01:00"),
        ("2027-03-28 01:00", "2028-03-26 01:00"),
        ("2030-01-01", "2030-03-31 01:00"),
    ],
)
def test_the_next_change_to_summer_time(now: str, moment: str) -> None:
    assert run_clocks.summer_time(at(now)) == at(moment)


@pytest.mark.parametrize("now", ["2026-11-29", "2026-12-31 23:59:59", "2028-02-29 12:00"])
def test_every_clock_is_ahead_and_one_has_all_tests(now: str) -> None:
    found = run_clocks.clocks(at(now))
    assert all(clock.moment > at(now) for clock in found)
    assert [clock.name for clock in found if not clock.only] == ["three years on"]


@pytest.mark.parametrize("place", range(5))
def test_processes_and_their_children_have_the_moved_clock(place: int) -> None:
    now = datetime.now(UTC)
    clock = run_clocks.clocks(now)[place]
    env = run_clocks.environment(clock, now)
    run_clocks.check(clock, env)
    child = "import time; print(time.time())"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert abs(float(told) - clock.moment.timestamp()) < 60


def test_what_is_waited_for_is_not_moved() -> None:
    """Neither sleep nor monotonic time: limits of time are no matter of the clock."""
    now = datetime.now(UTC)
    env = run_clocks.environment(run_clocks.clocks(now)[0], now)
    code = "import time; a = time.monotonic(); time.sleep(0.1); print(a, time.monotonic())"
    command = [sys.executable, "-c", code]
    before = time.monotonic()
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    began, ended = map(float, told.split())
    assert before <= began <= ended - 0.1 <= time.monotonic()


def test_a_clock_that_does_not_move_is_told() -> None:
    now = datetime.now(UTC)
    clock = run_clocks.clocks(now + timedelta(days=30))[0]
    env = run_clocks.environment(run_clocks.clocks(now)[0], now)
    with pytest.raises(SystemExit, match="it is not"):
        run_clocks.check(clock, env)
