# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that fills up, and a database that goes bad, while the dashboard runs."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.claw.pilot.webapp.jobs import Jobs
from flask.testing import FlaskClient

from tests.job_room import Room
from tests.mounts import namespace
from tests.webapp import on_a_full_disk

Ask = Callable[[], Any]


@contextmanager
def no_room() -> Iterator[None]:
    """Nothing can be written to a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked(path: Path, connection: sqlite3.Connection) -> Iterator[None]:
    """Another program writes for longer than anybody waits."""
    connection.execute("PRAGMA busy_timeout = 50").fetchall()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.fixture
def jobs(services: Any, tmp_path: Path) -> Iterator[Jobs]:
    """Those of the dashboard, real ones that nobody runs."""
    room = Room(tmp_path)
    room.has("hello")
    services.jobs = room.jobs()
    yield services.jobs
    services.jobs.stop()


@pytest.fixture
def submit(client: FlaskClient, jobs: Jobs) -> Ask:
    assert jobs.list() == []
    return lambda: client.post("/api/jobs", json={"playbook": "hello"})


def left(jobs: Jobs) -> list[Path]:
    """What there is of any job."""
    return [*jobs.files.folder.glob("*")]


def test_a_login_without_room_says_why_and_works_once_there_is_some(
    anonymous: FlaskClient, token: str
) -> None:
    with no_room():
        answer = anonymous.post("/login", data={"token": token})
    assert answer.status_code == 503
    assert "DASHBOARD_DATABASE" in answer.text and "<title>" in answer.text
    assert anonymous.post("/login", data={"token": token}).status_code == 303


def test_a_job_whose_files_have_no_room_is_not_there_at_all(submit: Ask, jobs: Jobs) -> None:
    with no_room():
        answer = submit()
    assert (answer.status_code, answer.json["error"]["code"]) == (507, "NO_DISK_SPACE")
    assert (jobs.list(), left(jobs)) == ([], [])
    assert submit().status_code == 202


def test_a_job_while_the_database_is_locked_is_not_there_at_all(submit: Ask, jobs: Jobs) -> None:
    with locked(jobs.files.database, jobs.store._db):
        answer = submit()
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "DASHBOARD_DATABASE")
    assert "locked by another program" in answer.json["error"]["message"]
    assert (jobs.list(), left(jobs)) == ([], [])
    assert submit().status_code == 202


def test_a_job_that_cannot_be_read_back_is_not_there_at_all(
    submit: Ask, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is written and the folder is removed, or neither."""

    def fail(_id: str) -> None:
        raise sqlite3.OperationalError("gone")

    monkeypatch.setattr(jobs.store, "job", fail)
    with pytest.raises(sqlite3.OperationalError):
        submit()
    monkeypatch.undo()
    assert (jobs.list(), left(jobs)) == ([], [])


@pytest.mark.parametrize("path", ["/jobs", "/api/jobs"])
def test_a_damaged_database_is_told_as_that(
    client: FlaskClient, submit: Ask, jobs: Jobs, path: str
) -> None:
    assert submit().status_code == 202
    connection = jobs.store._db
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.execute("PRAGMA shrink_memory").fetchall()
    with jobs.files.database.open("r+b") as file:
        file.write(b"x" * os.path.getsize(jobs.files.database))
    answer = client.get(path)
    assert answer.status_code == 503
    assert "DASHBOARD_DATABASE" in answer.text


def test_another_error_of_the_system_is_a_mistake_of_ours(
    submit: Ask, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(jobs.files, "make", fail)
    with pytest.raises(PermissionError):
        submit()


def test_a_full_disk_is_told_as_that_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    """On a file system of its own that is really full."""
    home = tmp_path / "small"
    home.mkdir()
    mount = f"mount --types tmpfs -o size=4m none {home}"
    command = namespace(mount, sys.executable, "-m", on_a_full_disk.__name__, str(home))
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["full"] == {"login": [507, True], "job": [507, "NO_DISK_SPACE"]}
    assert told["left"] == []
    assert told["free"] == {"login": [303, False], "job": [202, None]}
