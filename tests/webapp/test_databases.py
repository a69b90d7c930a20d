# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQLite files before the dashboard starts: which are taken, set aside, or refused."""

from __future__ import annotations

import os
import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from ansible_collections.claw.pilot.plugins.module_utils._model import ClawPilotError
from ansible_collections.claw.pilot.plugins.plugin_utils import registry
from ansible_collections.claw.pilot.webapp import databases, private
from ansible_collections.claw.pilot.webapp.doors.store import Store
from ansible_collections.claw.pilot.webapp.jobs import tables
from ansible_collections.claw.pilot.webapp.monitor.history_store import Store as HistoryStore
from ansible_collections.claw.pilot.webapp.settings import Settings

NAMES = ("dashboard.db", "jobs.db", "history.db")
PAST = ("jobs.db", "history.db")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with all four files, as a dashboard that ran has left them."""
    folder = tmp_path / "pilot"
    monkeypatch.setenv("CLAW_PILOT_HOME", str(folder))
    monkeypatch.setattr(databases, "WAIT_SECONDS", 0.05)
    with registry.Registry():
        pass
    Store(folder / "dashboard.db").close()
    tables.make(folder / "jobs.db")
    history = HistoryStore(folder / "history.db")
    history.open()
    history.close()
    return folder


def check(home: Path) -> list[str]:
    """What is told of it."""
    warnings: list[str] = []
    databases.check_all(Settings(home, home / "registry.db"), warnings.append)
    return warnings


def refused(home: Path) -> ClawPilotError:
    with pytest.raises(ClawPilotError) as error:
        check(home)
    return error.value


def sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement).fetchall()


def garbage(path: Path) -> None:
    path.write_bytes(b"this is no database" * 100)


def torn(path: Path) -> None:
    """Its middle is lost, as by a broken disk: what SQLite reads at once still fits."""
    sql(path, "CREATE TABLE much AS SELECT randomblob(900) AS x FROM sqlite_master, sqlite_master")
    sql(path, "INSERT INTO much SELECT randomblob(900) FROM much, much", "VACUUM")
    sql(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    half = len(data) // 8192 * 4096
    data[half : half + 8192] = b"\xff" * 8192
    path.write_bytes(data)


def test_what_is_in_order_is_taken_and_stays(home: Path) -> None:
    assert check(home) == []
    assert check(home) == []
    assert sorted(p.name for p in home.glob("*.db")) == sorted([*NAMES, "registry.db"])


def test_what_is_not_there_yet_or_empty_is_taken(home: Path) -> None:
    for name in NAMES:
        (home / name).unlink()
    assert check(home) == []
    assert not (home / "jobs.db").exists()
    for name in NAMES:
        (home / name).touch()
    assert check(home) == []


@pytest.mark.parametrize("harm", [garbage, torn], ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("name", PAST)
def test_what_is_damaged_and_past_is_set_aside_and_said(
    home: Path, name: str, harm: Callable[[Path], None]
) -> None:
    harm(home / name)
    before = (home / name).read_bytes()
    (warning,) = check(home)
    (aside,) = home.glob(f"{name}.broken-*Z")
    assert aside.read_bytes() == before
    assert str(home / name) in warning and aside.name in warning and "\n" not in warning
    assert not (home / name).exists()
    assert check(home) == []


@pytest.mark.parametrize("harm", [garbage, torn], ids=lambda harm: harm.__name__)
@pytest.mark.parametrize(
    ("name", "code"), [("dashboard.db", "DASHBOARD_DATABASE"), ("registry.db", "REGISTRY_BROKEN")]
)
def test_what_is_damaged_and_needed_is_refused_and_stays(
    home: Path, name: str, code: str, harm: Callable[[Path], None]
) -> None:
    harm(home / name)
    before = (home / name).read_bytes()
    error = refused(home)
    assert error.code == code and name in error.message
    assert (home / name).read_bytes() == before


OTHERS = {
    "dashboard.db": ("DROP TABLE sessions", "CREATE TABLE sessions (x)"),
    "jobs.db": ("ALTER TABLE jobs RENAME COLUMN title TO label",),
    "history.db": ("ALTER TABLE samples ADD COLUMN more",),
    "registry.db": ("ALTER TABLE instances RENAME COLUMN slug TO word",),
}


@pytest.mark.parametrize("name", OTHERS)
def test_tables_with_other_columns_are_damage(home: Path, name: str) -> None:
    sql(home / name, *OTHERS[name])
    if name in PAST:
        (warning,) = check(home)
        assert "other columns" in warning and not (home / name).exists()
    else:
        error = refused(home)
        assert "other columns" in error.message and "disk" not in error.hint
        assert (home / name).exists()


@pytest.mark.parametrize(
    "others",
    [
        ("DROP TABLE events",),
        ("DELETE FROM _sqlite_migrations",),
        ("DROP TABLE _sqlite_migrations", "CREATE TABLE _sqlite_migrations (x)"),
    ],
)
def test_jobs_whose_tables_are_not_all_there_are_set_aside(
    home: Path, others: tuple[str, ...]
) -> None:
    sql(home / "jobs.db", *others)
    (warning,) = check(home)
    assert "damaged" in warning and not (home / "jobs.db").exists()


def test_tables_that_a_first_start_did_not_come_to_are_made(home: Path) -> None:
    sql(home / "dashboard.db", "DROP TABLE notes", "PRAGMA user_version = 0")
    assert check(home) == []
    Store(home / "dashboard.db").close()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_file_of_ours_is_refused(home: Path, name: str) -> None:
    path = home / name
    path.rename(home / "elsewhere")
    path.symlink_to(home / "elsewhere")
    assert "it is a link" in refused(home).message
    path.unlink()
    path.mkdir()
    assert "it is a folder" in refused(home).message
    path.rmdir()
    os.mkfifo(path)
    assert "it is no file" in refused(home).message
    path.unlink()
    sql(path, "CREATE TABLE accounts (x)")
    assert "of something else" in refused(home).message


def test_a_file_of_another_user_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert "another user" in refused(home).message


@pytest.mark.parametrize(
    ("name", "newer"),
    [
        ("dashboard.db", "PRAGMA user_version = 2"),
        ("history.db", "PRAGMA user_version = 2"),
        ("jobs.db", "INSERT INTO _sqlite_migrations VALUES (9, 'jobs', 'm999_more', 'now')"),
    ],
)
def test_a_file_of_a_newer_version_is_refused_and_stays(home: Path, name: str, newer: str) -> None:
    sql(home / name, newer)
    assert refused(home).code == "DASHBOARD_DATABASE_TOO_NEW"
    assert (home / name).exists()


@pytest.mark.parametrize("name", [*NAMES, "registry.db"])
def test_a_file_that_another_program_keeps_locked_is_refused(home: Path, name: str) -> None:
    with closing(sqlite3.connect(home / name, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        other.execute("BEGIN EXCLUSIVE")
        error = refused(home)
    assert "locked" in error.message
    assert check(home) == []


@pytest.mark.parametrize("name", NAMES)
def test_on_a_full_disk_it_is_refused(home: Path, name: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    kinds = {"dashboard.db": databases.DASHBOARD, "jobs.db": databases.JOBS}
    kind = kinds.get(name, databases.HISTORY)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))  # writing fails, as where there is no room
    try:
        with pytest.raises(ClawPilotError) as error:
            databases.check(home / name, kind, lambda line: None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert error.value.code == "DASHBOARD_DATABASE"
    assert (home / name).exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any file")
@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_may_only_be_read_is_refused(home: Path, name: str) -> None:
    (home / name).chmod(0o400)
    assert refused(home).code == "DASHBOARD_DATABASE"


def test_the_look_at_a_large_file_ends(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torn(home / "history.db")
    monkeypatch.setattr(databases, "LOOK_SECONDS", -1.0)
    monkeypatch.setattr(databases, "_STEPS", 1)
    assert check(home) == []


def test_what_others_could_read_is_closed_and_links_are_left(home: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("")
    theirs.chmod(0o644)
    (home / "link").symlink_to(theirs)
    os.link(theirs, home / "hard-link")
    (home / "jobs" / "1").mkdir(parents=True)
    for path in (home / "jobs", home / "jobs" / "1", home / "history.db", home):
        path.chmod(0o777)
    private.tighten(home)
    open_ = [p for p in (home, *home.rglob("*")) if p.lstat().st_mode & 0o077]
    assert sorted(path.name for path in open_) == ["hard-link", "link"]
    assert theirs.stat().st_mode & 0o777 == 0o644


def test_a_home_with_wide_rights_is_closed_and_one_of_another_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.chmod(0o777)
    registry.home()
    assert home.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    with pytest.raises(ClawPilotError) as error:
        registry.home()
    assert error.value.code == "HOME_OF_ANOTHER"
