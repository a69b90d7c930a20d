# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the registry, and how a file comes to have them. Controller only.

A migration that has been released is never changed: what is new is a new one at the end of STEPS.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..module_utils._model import ClawPilotError
from .registry_config import DEFAULTS

if TYPE_CHECKING:
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

SET_NAME = "registry"  # of our rows in sqlite-utils' table of migrations
BUSY_SECONDS = 60.0  # how long a writer waits for the others
_RETRY_SECONDS = 0.02
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
_UNWRITABLE = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_FULL", "SQLITE_IOERR")

_BASE = (
    """
    CREATE TABLE servers (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      hostname TEXT NOT NULL,
      ip TEXT,
      ssh_user TEXT,
      ssh_port INTEGER,
      connection TEXT,
      openclaw_home TEXT NOT NULL,
      openclaw_bin TEXT,
      openclaw_version TEXT,
      os TEXT,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL,
      UNIQUE (hostname, openclaw_home)
    )""",
    """
    CREATE TABLE instances (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      server_id INTEGER NOT NULL REFERENCES servers(id) ON DELETE CASCADE,
      slug TEXT NOT NULL,
      display_name TEXT,
      port INTEGER,
      state TEXT NOT NULL DEFAULT 'unknown'
        CHECK (state IN ('running', 'starting', 'degraded', 'stopped', 'error', 'unknown')),
      config_path TEXT NOT NULL DEFAULT '',
      state_dir TEXT NOT NULL DEFAULT '',
      systemd_unit TEXT NOT NULL DEFAULT '',
      service_manager TEXT,
      service_scope TEXT,
      openclaw_user TEXT,
      openclaw_version TEXT,
      telegram_bot TEXT,
      default_model TEXT,
      discovered INTEGER NOT NULL DEFAULT 0 CHECK (discovered IN (0, 1)),
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL,
      UNIQUE (server_id, slug),
      UNIQUE (server_id, port)
    )""",
    """
    CREATE TABLE agents (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      instance_id INTEGER NOT NULL REFERENCES instances(id) ON DELETE CASCADE,
      agent_id TEXT NOT NULL,
      name TEXT NOT NULL,
      model TEXT,
      workspace_path TEXT NOT NULL,
      is_default INTEGER NOT NULL DEFAULT 0,
      UNIQUE (instance_id, agent_id)
    )""",
    """
    CREATE TABLE ports (
      server_id INTEGER NOT NULL REFERENCES servers(id) ON DELETE CASCADE,
      port INTEGER NOT NULL,
      instance_slug TEXT NOT NULL,
      PRIMARY KEY (server_id, port)
    )""",
    # The ports follow the instances by themselves, so that the two never differ.
    """
    CREATE TRIGGER port_of_new AFTER INSERT ON instances WHEN new.port IS NOT NULL BEGIN
      INSERT INTO ports VALUES (new.server_id, new.port, new.slug);
    END""",
    """
    CREATE TRIGGER port_of_moved AFTER UPDATE OF port ON instances BEGIN
      DELETE FROM ports WHERE server_id = old.server_id AND port = old.port;
      INSERT INTO ports SELECT new.server_id, new.port, new.slug WHERE new.port IS NOT NULL;
    END""",
    """
    CREATE TRIGGER port_of_gone AFTER DELETE ON instances BEGIN
      DELETE FROM ports WHERE server_id = old.server_id AND port = old.port;
    END""",
    "CREATE TABLE config (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """
    CREATE TABLE events (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      instance_slug TEXT,
      event_type TEXT NOT NULL,
      detail TEXT,
      created_at TEXT NOT NULL
    )""",
)
_ORIGIN = (
    "ALTER TABLE events ADD COLUMN hostname TEXT",
    "ALTER TABLE events ADD COLUMN openclaw_home TEXT",
    "ALTER TABLE events ADD COLUMN actor TEXT",
    "ALTER TABLE events ADD COLUMN origin TEXT",
    "CREATE INDEX events_of_instance ON events (hostname, instance_slug)",
    "CREATE INDEX events_of_host ON events (hostname)",
    "CREATE INDEX events_of_slug ON events (instance_slug)",
    "CREATE INDEX instances_of_slug ON instances (slug)",
)
_TAGS = (
    "ALTER TABLE instances ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'",  # a JSON list
    "CREATE INDEX events_of_type ON events (event_type)",
)


def m001_tables(db: Database) -> None:
    """The tables of the first specification, and the configuration's defaults."""
    for statement in _BASE:
        db.execute(statement)
    for row in DEFAULTS.items():
        db.execute("INSERT INTO config (key, value) VALUES (?, ?)", row)


def m002_origin(db: Database) -> None:
    """Events say on which host, by whom and from where; and lists that stay fast."""
    for statement in _ORIGIN:
        db.execute(statement)


def m003_tags(db: Database) -> None:
    """Words that people give to instances; and events by what happened."""
    for statement in _TAGS:
        db.execute(statement)


STEPS: tuple[Callable[[Database], None], ...] = (m001_tables, m002_origin, m003_tags)


def migrations() -> Migrations:
    """The steps as sqlite-utils runs them. Raises REGISTRY_UNAVAILABLE without that library."""
    try:
        from sqlite_utils.migrations import Migrations
    except ImportError:
        raise ClawPilotError(
            "REGISTRY_UNAVAILABLE",
            "The registry needs the Python package sqlite-utils 4 on the controller.",
            "Run pip install 'sqlite-utils>=4', or set registry=none.",
        ) from None
    steps = Migrations(SET_NAME)
    for step in STEPS:
        steps()(step)
    return steps


def open_database(path: Path, *, dry: bool = False) -> Database:
    """The database with today's tables, made where there is none.

    dry: a copy in memory instead, so that nothing is ever written to the file.
    """
    steps = migrations()
    from sqlite_utils import Database

    with understood(path):
        connection = _copy(path) if dry else _connect(path)
        try:
            db = Database(connection, execute_plugins=False)
            db.execute("PRAGMA foreign_keys = ON")
            _check_ours(db, steps, path)
            _use_wal(db)
            if steps.pending(db):
                with writing(db):
                    _check_ours(db, steps, path)  # another process may just have been here
                    steps.apply(db)
        except BaseException:
            connection.close()
            raise
    return db


@contextmanager
def writing(db: Database) -> Iterator[None]:
    """A transaction that is the only writer from its first statement on; all or nothing."""
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        raise


@contextmanager
def understood(path: Path) -> Iterator[None]:
    """SQLite's and the file system's errors in our words."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(path, error) from error
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error


def _translated(path: Path, error: sqlite3.Error) -> ClawPilotError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_BUSY):
        return ClawPilotError(
            "REGISTRY_BUSY",
            f"The registry {path} was locked by another program for {BUSY_SECONDS:.0f} seconds.",
            "Find the program that has the file open, end it, and run this again.",
        )
    if name.startswith(_UNWRITABLE):
        return _unwritable(path, str(error))
    return broken(path, str(error))


def _unwritable(path: Path, why: str) -> ClawPilotError:
    return ClawPilotError(
        "REGISTRY_UNWRITABLE",
        f"The registry {path} cannot be opened for writing: {why}.",
        "Check the owner and the free space of its folder, or set registry to another path.",
    )


def broken(path: Path, why: str) -> ClawPilotError:
    """The error of a registry that is damaged or none."""
    return ClawPilotError(
        "REGISTRY_BROKEN",
        f"{path} is not a registry of Claw Pilot: {why}.",
        "Put a backup in its place, or move it away; then discover.yml with adopt=true.",
    )


def _connect(path: Path) -> sqlite3.Connection:
    make_private(path)
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)


def make_private(path: Path) -> None:
    """Have a file that only this user can read where there is none, whatever the umask.

    SQLite would leave it to that; what it puts beside a file gets the file's rights.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def set_version(connection: sqlite3.Connection, version: int) -> None:
    """Put down of which version the tables of a new file are, for those who come later."""
    if connection.execute("PRAGMA user_version").fetchone() == (0,):
        connection.execute(f"PRAGMA user_version = {int(version)}")


def _copy(path: Path) -> sqlite3.Connection:
    memory = sqlite3.connect(":memory:", isolation_level=None)
    if path.exists():
        # Not read-only: such a connection leaves SQLite's files for WAL mode behind.
        uri = f"{path.absolute().as_uri()}?mode=rw"
        source = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)
        try:
            source.backup(memory)
        finally:
            source.close()
    return memory


def _check_ours(db: Database, steps: Migrations, path: Path) -> None:
    """Refuse what a newer Claw Pilot made, and what is somebody else's."""
    applied = {step.name for step in steps.applied(db)}
    if not applied and _count(db, "SELECT count(*) FROM sqlite_master"):
        # Asked again: another process may have made the tables in between, all at once.
        applied = {step.name for step in steps.applied(db)}
        if not applied:
            raise broken(path, "it is a database of something else")
    unknown = sorted(applied - {step.__name__ for step in STEPS})
    if unknown:
        raise ClawPilotError(
            "REGISTRY_TOO_NEW",
            f"The registry {path} was made by a newer Claw Pilot ({', '.join(unknown)}).",
            "Install that version here, or set registry to another path.",
        )


def _count(db: Database, sql: str) -> int:
    row: tuple[Any, ...] = db.conn.execute(sql).fetchone()
    return int(row[0])


def _use_wal(db: Database) -> None:
    """Readers and the writer do not wait for each other; a property of the file from then on.

    SQLite does not wait for a lock here by itself.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.conn.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname.startswith(_BUSY) and time.monotonic() < deadline:
                time.sleep(_RETRY_SECONDS)
                continue
            raise
