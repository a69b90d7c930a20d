# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQLite files of the dashboard, looked at before it starts: a worker cannot ask what to do.

What is broken and holds only the past is set aside under a name with the time, and said. All else
is refused with a sentence: nothing is lost by that, and nothing is guessed.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from ..plugins.module_utils._model import ClawPilotError
from ..plugins.plugin_utils.migrations import broken, migrations, understood
from .doors import store as doors
from .jobs import tables as jobs
from .monitor import history_store as history
from .settings import Settings

WAIT_SECONDS = 5.0  # for another program that has a file locked
LOOK_SECONDS = 3.0  # that the look at one file may take; a large one is seen in part
_STEPS = 20_000  # of SQLite's machine between two looks at the clock
BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite has beside a file
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
_BROKEN = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR")  # the last: its tables are others
_FREE = "Check its owner and the space of its disk, or move it away: it is made anew then."
_WHOLE = "Put a backup in its place, or move it away: it is made anew then."


@dataclass(frozen=True)
class Kind:
    """A file. holds: what, in words; table: one that it has; make: makes its tables; version: the
    newest user_version that we know; steps: the migrations that we know; past: it holds what was,
    which may be lost.
    """

    holds: str
    table: str
    make: Callable[[Database], object]
    version: int = 0
    steps: frozenset[str] = frozenset()
    past: bool = False


DASHBOARD = Kind("logins and API tokens", "sessions", doors.make_tables, doors.VERSION)
JOBS = Kind("jobs and their output", "jobs", jobs.make_tables, 0, jobs.NAMES, past=True)
HISTORY = Kind("the history", "samples", history.make_tables, history.VERSION, past=True)


Column = tuple[str, int, int]


class _Broken(Exception):
    """It is no database, or a damaged one."""


def check_all(settings: Settings, warn: Callable[[str], None]) -> None:
    """See that every file can be used, or that there is none.

    warn: is told what was set aside. Raises REGISTRY_BROKEN and what check() does.
    """
    check_registry(settings.registry)
    check(settings.database, DASHBOARD, warn)
    check(settings.jobs_database, JOBS, warn)
    check(settings.history, HISTORY, warn)


def check(path: Path, kind: Kind, warn: Callable[[str], None]) -> None:
    """See that one file can be used, or that there is none.

    Raises DASHBOARD_DATABASE, DASHBOARD_DATABASE_TOO_NEW.
    """
    if not _is_there(path, kind):
        return
    try:
        with _understood(path, kind):
            _look(path, kind)
    except _Broken as error:
        if not kind.past:
            why = f"it is damaged, or no database of ours: {error}"
            raise _refused(path, kind, why, _WHOLE) from None
        there = _set_aside(path, kind)
        why = f"{path} ({kind.holds}) was damaged: {error}"
        warn(f"{why}. It is now {there.name}, and a new one is begun.")


def check_registry(path: Path) -> None:
    """See that the registry, which was opened before, is whole. Raises REGISTRY_BROKEN."""
    why = ""
    if path.exists():
        with understood(path), _opened(path) as connection:
            why = _damage(connection)
            try:
                _compare(connection, migrations().apply)
            except _Broken as error:
                why = why or str(error)
    if why:
        raise broken(path, why)


def _is_there(path: Path, kind: Kind) -> bool:
    """Whether there is a file of ours. Raises DASHBOARD_DATABASE for anything else."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _refused(path, kind, error.strerror or str(error)) from None
    if not stat.S_ISREG(found.st_mode):
        what = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder"}
        raise _refused(path, kind, f"it is {what.get(stat.S_IFMT(found.st_mode), 'no file')}")
    if found.st_uid != os.geteuid():
        raise _refused(path, kind, f"it belongs to another user (uid {found.st_uid})")
    return True


def _look(path: Path, kind: Kind) -> None:
    with _opened(path) as connection:
        why = _damage(connection)
        if why:
            raise _Broken(why)
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        steps = _steps_of(connection, names)
        if version > kind.version or not steps <= kind.steps:
            raise ClawPilotError(
                "DASHBOARD_DATABASE_TOO_NEW",
                f"{path} ({kind.holds}) was made by a newer Claw Pilot.",
                "Install that version here, or move the file away.",
            )
        if names and kind.table not in names:
            raise _refused(path, kind, "it is a database of something else", _WHOLE)
        older = 0 < version < kind.version or set() < steps < kind.steps
        if names and not older:
            if kind.steps and not steps:
                raise _Broken("its tables are not ours")
            _compare(connection, kind.make, all_of_them=bool(kind.steps))
        # Only a write shows that one can be written: what is there already, once more.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA user_version = {int(version)}")
        connection.execute("COMMIT")


def _compare(
    connection: sqlite3.Connection, make: Callable[[Database], object], *, all_of_them: bool = True
) -> None:
    """See that the tables have their columns. Raises _Broken.

    all_of_them: none may be missing; otherwise a missing one is made when the file is opened.
    """
    found = _columns(connection)
    for table, columns in _made(make).items():
        if found.get(table, columns) != columns:
            raise _Broken(f"its table {table} has other columns")
        if table not in found and all_of_them:
            raise _Broken(f"its table {table} is missing")


def _made(make: Callable[[Database], object]) -> dict[str, list[Column]]:
    """The tables as they are in a new file."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        make(Database(connection, execute_plugins=False))
        return _columns(connection)


def _columns(connection: sqlite3.Connection) -> dict[str, list[Column]]:
    """The columns of each table of ours: name, whether it must be given, place in the key."""
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '*sqlite_*'"
    tables = connection.execute(sql).fetchall()
    sql = 'SELECT name, "notnull" AND dflt_value IS NULL, pk FROM pragma_table_info(?)'
    return {table: connection.execute(sql, (table,)).fetchall() for (table,) in tables}


def _steps_of(connection: sqlite3.Connection, tables: set[str]) -> set[str]:
    if "_sqlite_migrations" not in tables:
        return set()
    return {row[0] for row in connection.execute("SELECT name FROM _sqlite_migrations")}


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def _damage(connection: sqlite3.Connection) -> str:
    """What is wrong with the file, '' for nothing as far as was seen in the time that there is."""
    deadline = time.monotonic() + LOOK_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    try:
        (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_INTERRUPT":
            raise
        return ""
    finally:
        connection.set_progress_handler(None, 0)
    return "" if answer == "ok" else " ".join(str(answer).split())[:200]


@contextmanager
def _understood(path: Path, kind: Kind) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(_BROKEN):
            raise _Broken(str(error)) from None
        why = "another program has it locked" if name.startswith(_BUSY) else str(error)
        raise _refused(path, kind, why) from None


def _refused(path: Path, kind: Kind, why: str, hint: str = _FREE) -> ClawPilotError:
    return ClawPilotError(
        "DASHBOARD_DATABASE",
        f"{path} ({kind.holds}) cannot be used: {why}.",
        hint,
    )


def _set_aside(path: Path, kind: Kind) -> Path:
    """Give it, and what is beside it, another name. Raises DASHBOARD_DATABASE."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    there = path.with_name(f"{path.name}.broken-{now}")
    try:
        for end in BESIDE:
            with contextlib.suppress(FileNotFoundError):
                os.rename(f"{path}{end}", f"{there}{end}")
    except OSError as error:
        raise _refused(path, kind, error.strerror or str(error)) from None
    return there
