# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Beats and the history file, by a clock that the tests turn."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.monitor.beats import (
    BUCKET_SECONDS,
    BUCKETS,
    DEGRADED,
    STOPPED,
    UP,
    Beats,
)
from ansible_collections.claw.pilot.webapp.monitor.history import History

ACME, BETA = "00000000000a", "ffffffffffff"
NOON = 1_795_262_400.0  # the begin of an hour and of a bucket


class Clock:
    now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def history(tmp_path: Path, clock: Clock) -> Iterator[History]:
    made = History(tmp_path / "history.db", clock, clock)
    made.open()
    yield made
    made.close()


def line(one: str = ACME, state: str = "running", **more: Any) -> dict[str, Any]:
    return {"id": one, "state": state, "memory_bytes": 1000, "cpu_percent": 2.0, **more}


def run(history: History, clock: Clock, seconds: float, *lines: dict[str, Any]) -> None:
    """Tick every ten seconds for so long."""
    for _turn in range(int(seconds // 10)):
        clock.now += 10
        history.tick(lines or [line()])


def test_the_clock_of_these_tests_begins_an_hour_and_a_bucket() -> None:
    assert NOON % 3600 == 0 and NOON % BUCKET_SECONDS == 0
    assert BUCKETS * BUCKET_SECONDS == 24 * 3600


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        ({}, "-"),
        ({UP: 100.0}, "u"),
        ({UP: 2000.0, DEGRADED: 15.0}, "d"),
        ({UP: 2000.0, DEGRADED: 5.0}, "u"),
        ({UP: 2000.0, STOPPED: 30.0}, "u"),
        ({UP: 2000.0, STOPPED: 60.0}, "s"),
        ({STOPPED: 10.0}, "s"),
        ({DEGRADED: 20.0, STOPPED: 500.0}, "d"),
        ({3: 500.0, UP: 100.0}, "?"),
        ({4: 20.0}, "u"),
    ],
)
def test_a_bucket_shows_what_was_bad_about_it(seconds: dict[int, float], code: str) -> None:
    beats = Beats(100)
    for kind, passed in seconds.items():
        beats.add(100 * BUCKET_SECONDS, kind, passed)
    assert beats.codes() == ["-"] * 39 + [code]


def test_buckets_leave_after_a_day_and_the_share_goes_with_them() -> None:
    beats = Beats(100)
    beats.add(100 * BUCKET_SECONDS, STOPPED, 300)
    beats.add(101 * BUCKET_SECONDS, UP, 700)
    assert beats.codes()[-2:] == ["s", "u"] and beats.percent() == 70.0
    beats.add(140 * BUCKET_SECONDS, UP, 1)
    assert beats.codes() == ["u"] + ["-"] * 38 + ["u"] and beats.percent() == 100.0
    beats.add(1000 * BUCKET_SECONDS, STOPPED, 1)
    assert beats.codes() == ["-"] * 39 + ["s"] and beats.percent() == 0.0


def test_an_instance_that_is_not_known_has_no_beats(history: History) -> None:
    assert history.beats(ACME) == (["-"] * 40, None)
    assert history.series(ACME) == [] and history.series(ACME, 48) == []


def test_unknown_and_starting_are_neither_up_nor_down(history: History, clock: Clock) -> None:
    history.tick([line()])
    run(history, clock, 100)
    run(history, clock, 50, line(state="unknown"))
    run(history, clock, 50, line(state="starting"))
    assert history.beats(ACME)[1] == 100.0
    run(history, clock, 100, line(state="stopped"))
    assert history.beats(ACME)[1] == 50.0


def test_what_passed_while_nobody_watched_counts_for_nothing(
    history: History, clock: Clock
) -> None:
    history.tick([line()])
    run(history, clock, 60)
    clock.now += 3 * BUCKET_SECONDS
    history.tick([line(state="stopped")])
    codes, percent = history.beats(ACME)
    assert codes[-4:] == ["u", "-", "-", "s"]
    assert percent == 50.0, "a gap is a minute at the most"


def test_only_news_of_the_health_are_told(history: History, clock: Clock) -> None:
    first = history.tick([line()])
    assert first[ACME].state == "running" and first[ACME].since == "2026-11-21T12:00:00Z"
    clock.now += 10
    assert history.tick([line()])[ACME].beats[-1] == "u", "the first time that has passed"
    clock.now += 10
    assert history.tick([line()]) == {}
    clock.now += 10
    news = history.tick([line(state="error")])
    assert news[ACME].since == "2026-11-21T12:00:30Z"
    clock.now += BUCKET_SECONDS
    assert history.tick([line(state="error")])[ACME].beats[-1] == "d"


def test_steady_samples_are_written_every_five_minutes_and_news_at_once(
    history: History, clock: Clock
) -> None:
    history.tick([line()])
    run(history, clock, 600)
    assert len(history.series(ACME)) == 3
    run(history, clock, 10, line(memory_bytes=1100))
    run(history, clock, 10, line(memory_bytes=1110))
    run(history, clock, 10, line(state="stopped", memory_bytes=0, cpu_percent=0.0))
    found = history.series(ACME)
    assert [(one["state"], one["memory_bytes"]) for one in found[3:]] == [
        ("running", 1100),
        ("stopped", 0),
    ]
    history.flush()
    assert history.series(ACME) == found, "the same from the file"
    assert found[-1]["at"] == "2026-11-21T12:10:30Z"


def test_a_new_process_goes_on_where_the_last_one_ended(
    history: History, clock: Clock, tmp_path: Path
) -> None:
    history.tick([line(), line(BETA, "stopped")])
    run(history, clock, BUCKET_SECONDS + 600, line(), line(BETA, "stopped"))
    before = {one: history.beats(one) for one in (ACME, BETA)}
    history.close()
    clock.now += 100
    again = History(tmp_path / "history.db", clock, clock)
    again.open()
    assert {one: again.beats(one) for one in (ACME, BETA)} == before
    health = again.tick([line(), line(BETA)])
    assert health[ACME].since == "2026-11-21T12:00:00Z", "it is running since then"
    assert health[BETA].since == "2026-11-21T12:47:40Z"
    again.close()


def test_beyond_a_day_there_is_an_entry_for_each_hour(history: History, clock: Clock) -> None:
    history.tick([line()])
    run(history, clock, 3600 * 2 - 20)
    run(history, clock, 1800, line(state="stopped", memory_bytes=0, cpu_percent=0.0))
    history.flush()
    found = history.series(ACME, 48)
    assert [one["at"] for one in found] == [f"2026-11-21T{h}:00:00Z" for h in (12, 13, 14)]
    assert [one["state"] for one in found] == ["running", "running", "stopped"]
    assert [one["up_percent"] for one in found] == [100.0, 99.7, 0.0]
    assert [one["memory_bytes"] for one in found] == [1000, 1000, 0]


def test_what_is_too_old_is_dropped(history: History, clock: Clock, tmp_path: Path) -> None:
    history.tick([line()])
    run(history, clock, 7200)
    history.flush()
    clock.now += 25 * 3600
    run(history, clock, 10, line(BETA))
    history.flush()
    with sqlite3.connect(tmp_path / "history.db") as database:
        days = {int(row[0]) for row in database.execute("SELECT DISTINCT id FROM samples")}
        assert days == {int(BETA, 16)}
        assert database.execute("SELECT count(*) FROM hours").fetchone()[0] == 4
    database.close()
    clock.now += 91 * 24 * 3600
    run(history, clock, 10, line(BETA))
    history.flush()
    with sqlite3.connect(tmp_path / "history.db") as database:
        assert database.execute("SELECT count(*) FROM hours").fetchone()[0] == 1
        assert database.execute("SELECT count(*) FROM states").fetchone()[0] == 1
    database.close()
    assert history.beats(ACME) == (["-"] * 40, None)


def test_the_file_is_for_its_user_alone_whatever_the_umask(tmp_path: Path, clock: Clock) -> None:
    umask = os.umask(0)
    try:
        history = History(tmp_path / "new" / "history.db", clock, clock)
        history.open()
        history.tick([line()])
        history.flush()
        made = [*(tmp_path / "new").iterdir(), tmp_path / "new"]
        assert len(made) == 4
        assert [path for path in made if path.stat().st_mode & 0o077] == []
        history.close()
    finally:
        os.umask(umask)


def test_lines_that_have_gone_are_not_counted(history: History, clock: Clock) -> None:
    history.tick([line(state="gone")])
    clock.now += 10
    assert history.tick([line(state="gone")]) == {}
    assert history.beats(ACME) == (["-"] * 40, None)
