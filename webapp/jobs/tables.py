# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of jobs.db, and how a file comes to have them.

A migration that has been released is never changed: what is new is a new one at the end of STEPS.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ...plugins.plugin_utils.migrations import make_private

if TYPE_CHECKING:
    from sqlite_utils import Database

SET_NAME = "jobs"
BUSY_SECONDS = 60.0  # how long a writer waits for the others

_FIRST = (
    """
    CREATE TABLE jobs (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      playbook TEXT NOT NULL,
      title TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN
        ('queued', 'running', 'successful', 'failed', 'unreachable', 'canceled', 'lost')),
      host TEXT NOT NULL,
      instance TEXT NOT NULL,
      openclaw_home TEXT NOT NULL,
      lock TEXT NOT NULL CHECK (lock IN ('', 'instance', 'host')),
      actor TEXT NOT NULL,
      variables TEXT NOT NULL,
      has_secrets INTEGER NOT NULL,
      reach TEXT NOT NULL,
      command TEXT NOT NULL,
      "check" INTEGER NOT NULL,
      diff INTEGER NOT NULL,
      limit_hosts TEXT NOT NULL DEFAULT '[]',
      again_of INTEGER,
      schedule TEXT,
      created_at TEXT NOT NULL,
      started_at TEXT,
      finished_at TEXT,
      canceled_by TEXT NOT NULL DEFAULT '',
      canceled_at TEXT,
      process TEXT NOT NULL DEFAULT '',
      holder TEXT NOT NULL DEFAULT '',
      folder TEXT NOT NULL DEFAULT '',
      cgroup TEXT NOT NULL DEFAULT '',
      code INTEGER,
      result TEXT NOT NULL DEFAULT '{}',
      failures TEXT NOT NULL DEFAULT '[]',
      stats TEXT NOT NULL DEFAULT '{}',
      warnings TEXT NOT NULL DEFAULT '[]',
      task TEXT NOT NULL DEFAULT '',
      tasks INTEGER NOT NULL DEFAULT 0,
      tasks_expected INTEGER,
      bytes INTEGER NOT NULL DEFAULT 0,
      trimmed INTEGER NOT NULL DEFAULT 0,
      version INTEGER NOT NULL DEFAULT 1
    )""",
    "CREATE INDEX jobs_of_state ON jobs (state)",
    "CREATE INDEX jobs_of_instance ON jobs (host, instance)",
    """
    CREATE TABLE events (
      job INTEGER NOT NULL REFERENCES jobs(number) ON DELETE CASCADE,
      counter INTEGER NOT NULL,
      at TEXT NOT NULL,
      kind TEXT NOT NULL,
      host TEXT NOT NULL,
      task TEXT NOT NULL,
      stdout TEXT NOT NULL,
      changed INTEGER NOT NULL,
      PRIMARY KEY (job, counter)
    ) WITHOUT ROWID""",
)


def m001_jobs(db: Database) -> None:
    """Jobs and their events; schedule is there for what may come."""
    for statement in _FIRST:
        db.execute(statement)


STEPS: tuple[Callable[[Database], None], ...] = (m001_jobs,)
NAMES = frozenset(step.__name__ for step in STEPS)


def make(path: Path) -> None:
    """Have the file with today's tables."""
    from sqlite_utils import Database  # late: the process of a job finds the tables made

    make_private(path)
    connection = connect(path)
    try:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # of a file without tables only
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        db = Database(connection, execute_plugins=False)
        with writing_to(connection):
            make_tables(db)
    finally:
        connection.close()


def make_tables(db: Database) -> None:
    """Take the steps that were not taken yet."""
    from sqlite_utils.migrations import Migrations  # late as well

    steps = Migrations(SET_NAME)
    for step in STEPS:
        steps()(step)
    if steps.pending(db):
        steps.apply(db)


def connect(path: Path) -> sqlite3.Connection:
    """A connection for any thread, each statement of which is a transaction unless one is begun."""
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


@contextmanager
def writing_to(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that is the only writer from its first statement on; all or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
