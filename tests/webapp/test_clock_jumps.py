# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine's clock is put on or back by hours, and nothing is lost, kept or ended by it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.clock import Calendar
from ansible_collections.claw.pilot.webapp.doors import Doors, access
from ansible_collections.claw.pilot.webapp.jobs import Jobs, Request, processes
from ansible_collections.claw.pilot.webapp.jobs.model import stamp
from ansible_collections.claw.pilot.webapp.jobs.supervisor import Supervisor
from ansible_collections.claw.pilot.webapp.monitor.history import History
from ansible_collections.claw.pilot.webapp.settings import Settings

from tests.job_room import Room

NOON = 1_795_262_400.0  # the begin of an hour and of a bucket of the history
HOUR, DAY = 3600.0, 86400.0
ACME = "00000000000a"
JUMPS = pytest.mark.parametrize("jump", [-5 * HOUR, 5 * HOUR, -3 * DAY], ids=str)


class Clock:
    """wall() jumps; steady() goes on with each pass()."""

    def __init__(self) -> None:
        self.passed, self.ahead = 1000.0, 0.0

    def wall(self) -> float:
        return NOON + self.passed + self.ahead

    def steady(self) -> float:
        return self.passed


@pytest.fixture
def clock() -> Clock:
    return Clock()


# --- sessions and login links


@pytest.fixture
def doors(tmp_path: Path, clock: Clock) -> Iterator[Doors]:
    made = Doors.of(Settings(tmp_path, tmp_path / "registry.db"), clock.wall)
    yield made
    made.store.close()


def test_a_session_made_while_the_clock_was_ahead_ends_like_any_other(
    doors: Doors, clock: Clock
) -> None:
    clock.ahead = 3 * 365 * DAY
    secret = doors.open_session()
    clock.ahead = 0
    assert doors.by_session(secret)
    clock.passed += access.IDLE_SECONDS + 1
    assert doors.by_session(secret) is None


def test_a_session_lasts_no_longer_than_a_month_though_it_is_used_every_day(
    doors: Doors, clock: Clock
) -> None:
    clock.ahead = 365 * DAY
    secret = doors.open_session()
    clock.ahead = 0
    days = 0
    while doors.by_session(secret):
        days += 1
        clock.passed += DAY
    assert days == access.SESSION_SECONDS / DAY + 1


def test_a_session_outlives_a_clock_that_is_put_back_by_an_hour(doors: Doors, clock: Clock) -> None:
    secret = doors.open_session()
    clock.ahead = -HOUR
    assert doors.by_session(secret)


def test_a_link_is_no_good_after_the_clock_was_put_back(doors: Doors, clock: Clock) -> None:
    code = doors.make_link()
    clock.ahead = -5 * HOUR
    clock.passed += access.LINK_SECONDS + 1
    assert not doors.use_link(code)


def test_a_link_of_before_does_not_come_back_with_the_time(doors: Doors, clock: Clock) -> None:
    code = doors.make_link()
    clock.ahead = -HOUR
    doors.make_link()
    clock.passed += HOUR
    assert not doors.use_link(code)


def test_a_use_after_the_clock_was_put_back_is_put_down(doors: Doors, clock: Clock) -> None:
    token = doors.make_token("ci", "read")
    assert doors.by_token(token)
    before = doors.tokens()[0]["used_at"]
    clock.ahead = -5 * HOUR
    assert doors.by_token(token)
    assert doors.tokens()[0]["used_at"] < before


# --- what is old is dropped


def test_a_jump_ahead_counts_when_it_has_lasted(clock: Clock) -> None:
    calendar = Calendar(clock.wall, clock.steady)
    clock.ahead = 40 * DAY
    clock.passed += HOUR
    assert calendar.now() == NOON + clock.passed
    clock.passed += HOUR
    assert calendar.now() == NOON + clock.passed + 40 * DAY


def test_a_clock_that_is_wrong_for_a_moment_and_one_put_back_count_for_nothing(
    clock: Clock,
) -> None:
    calendar = Calendar(clock.wall, clock.steady)
    clock.ahead = 40 * DAY
    calendar.now()
    clock.ahead = 0.0
    assert calendar.now() == NOON + clock.passed
    clock.ahead = -HOUR
    assert calendar.now() == NOON + clock.passed - HOUR


def test_jobs_outlive_a_clock_that_is_wrong_for_a_while(
    supervisor: Supervisor, queue: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = queue.submit(Request("hello", {}, actor="ann"))
    queue.store.claim(9, "")
    queue.store.finish(job.number, "failed")
    wall = time.time
    monkeypatch.setattr(time, "time", lambda: wall() + 100 * DAY)
    supervisor._calendar._wall = time.time
    supervisor._clear_up()
    assert [one.number for one in queue.list()] == [job.number]
    supervisor._clear_up()
    assert queue.list() == [], "it has lasted"


def test_the_history_outlives_a_clock_that_is_wrong_for_a_while(
    history: History, clock: Clock
) -> None:
    run(history, clock, 2 * HOUR)
    history.flush()
    clock.ahead = 100 * DAY
    clock.passed += HOUR + 1
    history.flush()
    clock.ahead = 0
    history.flush()
    assert len(history.series(ACME, 48)) == 3, "hours are kept"


# --- jobs


@pytest.fixture
def room(tmp_path: Path) -> Room:
    made = Room(tmp_path)
    made.has("hello")
    return made


@pytest.fixture
def queue(room: Room) -> Iterator[Jobs]:
    jobs = room.jobs()
    yield jobs
    jobs.stop()


@pytest.fixture
def supervisor(queue: Jobs, room: Room) -> Supervisor:
    return Supervisor(room.settings(), queue.store, queue.policy, id, id)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The signals that processes get."""
    found: list[int] = []
    monkeypatch.setattr(processes, "send", lambda _who, number: bool(found.append(number)) or True)
    monkeypatch.setattr(processes, "end", lambda *_a, **_k: True)
    return found


def moved(hours: float) -> str:
    return stamp(datetime.now(UTC) + timedelta(hours=hours))


def running(queue: Jobs, **columns: Any) -> dict[str, Any]:
    """The row of a job that runs, with these columns."""
    job = queue.submit(Request("hello", {}, actor="ann"))
    queue.store.claim(9, "")
    for name, value in columns.items():
        queue.store._do(f"UPDATE jobs SET {name} = ? WHERE number = ?", value, job.number)
    return dict(queue.store.row(job.id))


def test_a_job_has_its_time_to_end_though_the_clock_is_put_on(
    supervisor: Supervisor, queue: Jobs, sent: list[int]
) -> None:
    me = processes.identity(os.getpid())
    row = running(queue, process=me, canceled_at=moved(-5), canceled_by="ann")
    for _look in range(3):
        supervisor._look_after(row)
    assert sent == [signal.SIGTERM]
    assert queue.get(row["id"]).state == "running"


def test_a_deaf_job_is_ended_though_the_clock_is_put_back(
    supervisor: Supervisor, queue: Jobs, sent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    me = processes.identity(os.getpid())
    row = running(queue, process=me, canceled_at=moved(5), canceled_by="ann")
    supervisor._look_after(row)
    steady = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: steady() + 3600)
    supervisor._look_after(row)
    assert sent == [signal.SIGTERM, signal.SIGKILL]
    assert queue.get(row["id"]).state == "canceled"


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_job_that_another_process_starts_is_given_the_same_time(
    supervisor: Supervisor, queue: Jobs, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = processes.identity(os.getppid())
    row = running(queue, process="", holder=other, started_at=moved(hours))
    assert supervisor._is_there(row)
    steady = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: steady() + 60)
    assert not supervisor._is_there(row)


# --- the history


@pytest.fixture
def history(tmp_path: Path, clock: Clock) -> Iterator[History]:
    made = History(tmp_path / "history.db", clock.wall, clock.steady)
    made.open()
    yield made
    made.close()


def run(history: History, clock: Clock, seconds: float, state: str = "running") -> None:
    for _turn in range(int(seconds // 10)):
        clock.passed += 10
        history.tick([{"id": ACME, "state": state, "memory_bytes": 1000, "cpu_percent": 2.0}])


@JUMPS
def test_the_beats_go_on_from_the_clocks_new_time(
    history: History, clock: Clock, jump: float
) -> None:
    run(history, clock, 2 * HOUR)
    clock.ahead = jump
    run(history, clock, 2 * HOUR, "stopped")
    codes, percent = history.beats(ACME)
    assert codes[-1] == codes[-3] == "s", "the last hour is that of the stopped one"
    assert percent is not None and percent <= 50.0


@JUMPS
def test_samples_are_taken_on_after_a_jump(history: History, clock: Clock, jump: float) -> None:
    run(history, clock, HOUR)
    clock.ahead = jump
    run(history, clock, HOUR)
    history.flush()
    since = clock.wall() - HOUR + 10
    recent = [one for one in history._store.samples(ACME, since) if one.at <= clock.wall()]
    assert len(recent) >= 11, "one every five minutes"


@JUMPS
def test_what_has_passed_is_counted_by_what_has_passed(
    history: History, clock: Clock, jump: float
) -> None:
    run(history, clock, 300)
    before = passed_of(history)
    clock.ahead = jump
    run(history, clock, 10)
    assert passed_of(history) in (before + 10, 10.0), "ten seconds, not a minute and not none"


def passed_of(history: History) -> float:
    beats = history._known[ACME].beats
    return sum(beats.of(beats.bucket))


def test_there_and_back_leaves_no_beats_of_the_future(history: History, clock: Clock) -> None:
    run(history, clock, 2 * HOUR)
    clock.ahead = 10 * HOUR
    run(history, clock, HOUR, "stopped")
    clock.ahead = 0.0
    run(history, clock, HOUR)
    codes, percent = history.beats(ACME)
    assert codes[-1] == "u" and "s" not in codes
    assert percent == 100.0
