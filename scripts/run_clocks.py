# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the unit tests as if it were another day: none may hold only near the day it was written.

The whole of them three years on. At each other moment all but what takes much of the time and
cannot tell one day from another: the properties that Hypothesis tries on hundreds of inputs, and
the files that are marked as timeless, which start Ansible, try attacks or read the sources. One of
them that knows of a day after all fails three years on.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOVED = ROOT / "tests" / "moved_clock"
BEFORE = timedelta(seconds=30)  # the moment itself comes while the tests run
BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"  # in words that need no time zone database
KATHMANDU = "<+0545>-5:45"
IMPORTED = "Module already imported so cannot be rewritten; time_machine"
KNOWING = ("-m", "not (hypothesis or timeless)")
PYTEST = (
    *(sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"),
    *("-p", "no:cacheprovider", "tests/unit", "tests/webapp"),
    # It is a plugin of pytest, too, and there before pytest is.
    *("-W", f"ignore:{IMPORTED}:pytest.PytestAssertRewriteWarning"),
)


@dataclass(frozen=True)
class Clock:
    """Another moment. zone: TZ, empty for that of the machine; only: which tests."""

    name: str
    moment: datetime
    zone: str = ""
    only: Sequence[str] = KNOWING


def clocks(now: datetime) -> list[Clock]:
    """The moments at which the tests run; all of them are after now (UTC)."""
    return [
        Clock("a day on", now + timedelta(days=1)),
        Clock("the end of a month and of a year", new_year(now) - BEFORE),
        Clock("29 February", leap_day(now)),
        Clock("the hour of the change to summer time", summer_time(now) - BEFORE, BERLIN),
        Clock("three years on", now + timedelta(days=3 * 365 + 1), KATHMANDU, ()),
    ]


def new_year(now: datetime) -> datetime:
    """The next one that there is time to wait for."""
    return datetime((now + BEFORE).year + 1, 1, 1, tzinfo=UTC)


def leap_day(now: datetime) -> datetime:
    """Noon of the next 29 February."""
    year = next(y for y in range(now.year, now.year + 9) if _has_leap_day(y, now))
    return datetime(year, 2, 29, 12, tzinfo=UTC)


def _has_leap_day(year: int, now: datetime) -> bool:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return leap and datetime(year, 2, 29, 12, tzinfo=UTC) > now


def summer_time(now: datetime) -> datetime:
    """When Berlin's clocks go from 2 to 3 the next time: on the last Sunday of March."""
    moments = (_last_sunday_of_march(now.year + more) for more in range(2))
    return next(moment for moment in moments if moment > now + BEFORE)


def _last_sunday_of_march(year: int) -> datetime:
    last = datetime(year, 3, 31, 1, tzinfo=UTC)
    return last - timedelta(days=last.isoweekday() % 7)


def environment(clock: Clock, now: datetime) -> dict[str, str]:
    """That of processes for which it is that moment now."""
    ahead = (clock.moment - now).total_seconds() + float(os.environ.get("CLOCK_AHEAD", 0))
    paths = [str(MOVED), os.environ.get("PYTHONPATH", "")]
    moved = {"CLOCK_AHEAD": str(ahead), "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    return {**os.environ, **moved, **({"TZ": clock.zone} if clock.zone else {})}


def check(clock: Clock, env: dict[str, str]) -> None:
    """A test of a clock that does not move would hold on every day but that one."""
    command = [sys.executable, "-c", "import time; print(time.time(), time.timezone)"]
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    moment, west = map(float, told.split())
    east = {"": -float(time.timezone), BERLIN: 3600.0, KATHMANDU: 20_700.0}[clock.zone]
    if abs(moment - clock.moment.timestamp()) > 60 or west != -east:
        sys.exit(f"run_clocks: it is not {clock.moment:%F %T} UTC there, but {told.strip()}.")


def main() -> int:
    failed = []
    for clock in clocks(datetime.now(UTC)):
        now = datetime.now(UTC)
        env = environment(clock, now)
        check(clock, env)
        print(f"-- {clock.name}: {clock.moment:%F %T} UTC {clock.zone}".rstrip(), flush=True)
        code = subprocess.run([*PYTEST, *clock.only], cwd=ROOT, env=env, check=False).returncode
        failed += [clock.name] if code else []
        seconds = (datetime.now(UTC) - now).total_seconds()
        print(f"-- {clock.name}: {'failed' if code else 'ok'}, {seconds:.0f} s", flush=True)
    if failed:
        print(f"run_clocks: tests fail at {'; '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
