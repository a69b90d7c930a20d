# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""dashboard.db: sessions, login links and API tokens. Of every secret it has the hash alone."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from ...plugins.module_utils._model import ClawPilotError
from ...plugins.plugin_utils.migrations import make_private, set_version

Row = dict[str, Any]
VERSION = 1  # of the tables
_BUSY_SECONDS = 10.0
_TABLES: dict[str, Row] = {
    # generation: of the dashboard's token that was given; another token ends the session
    "sessions": {"hash": str, "generation": str, "created_at": float, "used_at": float},
    "links": {"hash": str, "expires_at": float},
    "tokens": {"hash": str, "name": str, "scope": str, "created_at": float, "used_at": float},
    "notes": {"name": str, "text": str},
}
_KEYS = {"sessions": "hash", "links": "hash", "tokens": "name", "notes": "name"}


def digest(secret: str) -> str:
    """What is stored of a secret. It is random and long, so that no salt is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


class Store:
    """The database, for all threads. now: the clock, in seconds."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        self.path = path
        self.now = now
        self._lock = threading.RLock()
        self._db = _opened(path)

    def close(self) -> None:
        with self._lock:
            self._db.conn.close()

    def add(self, table: str, row: Mapping[str, Any]) -> bool:
        """Insert the row; False when its key is there already."""
        with self._lock:
            try:
                self._db.table(table).insert(dict(row))
            except sqlite3.IntegrityError:
                return False
            return True

    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """Insert the row, or put it in the place of the one with its key."""
        with self._lock:
            self._db.table(table).upsert(dict(row), pk=_KEYS[table])

    def put_down(self, table: str, hashed: str, **moments: float) -> None:
        """Put down when something was made or last used; moments: seconds by column."""
        with self._lock:
            words = ", ".join(f"{column} = ?" for column in moments)
            sql = f"UPDATE {table} SET {words} WHERE hash = ?"
            self._db.conn.execute(sql, (*moments.values(), hashed))

    def find(self, table: str, column: str, value: str) -> Row | None:
        with self._lock:
            rows = list(self._db.table(table).rows_where(f"{column} = ?", [value], limit=1))
        return rows[0] if rows else None

    def all(self, table: str, order: str) -> list[Row]:
        with self._lock:
            return list(self._db.table(table).rows_where(order_by=order))

    def drop(self, table: str, column: str, value: Any, how: str = "=") -> bool:
        """Delete the rows; whether there were any."""
        with self._lock:
            sql = f"DELETE FROM {table} WHERE {column} {how} ?"
            return bool(self._db.conn.execute(sql, (value,)).rowcount)


def _opened(path: Path) -> Database:
    try:
        make_private(path)
        connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            return _with_tables(connection)
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise ClawPilotError(
            "DASHBOARD_DATABASE",
            f"The dashboard's database {path} cannot be used: {error}.",
            "Check the folder's owner and space, or move the file away: all log in again then.",
        ) from error


def _with_tables(connection: sqlite3.Connection) -> Database:
    db = Database(connection, execute_plugins=False)
    connection.execute("PRAGMA journal_mode = WAL").fetchone()
    make_tables(db)
    set_version(connection, VERSION)
    return db


def make_tables(db: Database) -> None:
    """Make the tables that are missing."""
    for table, columns in _TABLES.items():
        db.table(table).create(columns, pk=_KEYS[table], if_not_exists=True)
    db.table("tokens").create_index(["hash"], unique=True, if_not_exists=True)
