# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQLite file of the history: samples of a day, beats of a day, hours of 90 days.

An id of 12 hex digits is stored as the number that it is. What is lost with the file is the past
alone, so it is not synced to the disk at every write.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from ...plugins.plugin_utils.migrations import make_private, set_version
from .beats import KINDS

_SECONDS = tuple(f"seconds_{name}" for name in "up degraded stopped unknown starting".split())
VERSION = 1  # of the tables
_KEPT = 20_000  # hours that wait to be written, where the file cannot be


class Sample(NamedTuple):
    """What an instance was at a moment; at: seconds since 1970."""

    id: str
    at: float
    state: str
    memory_bytes: int
    cpu_percent: float


@dataclass
class HourRow:
    """An hour of an instance: seconds by kind, and sums over `count` moments when it ran."""

    seconds: list[float] = field(default_factory=lambda: [0.0] * KINDS)
    memory: float = 0.0
    cpu: float = 0.0
    count: int = 0

    def add(self, kind: int, seconds: float, memory_bytes: int, cpu_percent: float) -> None:
        self.seconds[kind] += seconds
        if memory_bytes:
            self.memory += memory_bytes
            self.cpu += cpu_percent
            self.count += 1

    def copy(self) -> HourRow:
        return replace(self, seconds=list(self.seconds))


Hour = tuple[str, int, HourRow]


class Store:
    """The file. One writer at a time, any thread; a reader has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._db: Database | None = None
        self._hours: list[Hour] = []

    def open(self) -> None:
        """Make the file and its tables where they are missing. Raises sqlite3.Error, OSError."""
        make_private(self._path)
        self._db = self._opened()

    def _opened(self) -> Database:
        connection = sqlite3.connect(self._path, timeout=30, check_same_thread=False)
        try:
            db = Database(connection)
            db.enable_wal()
            connection.execute("PRAGMA synchronous = NORMAL")
            make_tables(db)
            set_version(connection, VERSION)
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return db

    def close(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.conn.close()
                self._db = None

    def keep_hour(self, one: str, hour: int, row: HourRow) -> None:
        """An hour that is over, to be written the next time."""
        if hour and len(self._hours) < _KEPT:
            self._hours.append((one, hour, row))

    def write(
        self,
        samples: Iterable[Sample],
        states: Iterable[tuple[str, str, float]],
        beats: Iterable[tuple[str, int, list[float]]],
        hours: Iterable[Hour],
    ) -> None:
        """All of it in one transaction; what was there is written over."""
        over, self._hours = self._hours, []
        with self._lock:
            if self._db is None:
                return
            with self._db.conn as connection:
                connection.executemany(
                    "INSERT INTO samples VALUES (?, ?, ?, ?, ?)",
                    [
                        (int(s.id, 16), s.at, s.state, s.memory_bytes, s.cpu_percent)
                        for s in samples
                    ],
                )
                connection.executemany(
                    "INSERT OR REPLACE INTO states VALUES (?, ?, ?)",
                    [(int(one, 16), state, since) for one, state, since in states],
                )
                connection.executemany(
                    "INSERT OR REPLACE INTO beats VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [(int(one, 16), number, *seconds) for one, number, seconds in beats],
                )
                connection.executemany(
                    "INSERT OR REPLACE INTO hours VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        (int(one, 16), hour, *row.seconds, row.memory, row.cpu, row.count)
                        for one, hour, row in (*over, *hours)
                    ],
                )

    def drop(self, at: float, bucket: int, hour: int) -> None:
        """What is older than that."""
        with self._lock:
            if self._db is None:
                return
            with self._db.conn as connection:
                connection.execute("DELETE FROM samples WHERE at < ?", (at,))
                connection.execute("DELETE FROM beats WHERE bucket <= ?", (bucket,))
                connection.execute("DELETE FROM hours WHERE hour < ?", (hour,))
                connection.execute(
                    "DELETE FROM states WHERE id NOT IN (SELECT id FROM hours)"
                    " AND id NOT IN (SELECT id FROM beats)"
                )

    # --- reading

    def states(self) -> list[tuple[str, str, float]]:
        """id, state, since."""
        with self._reading() as connection:
            rows = connection.execute("SELECT id, state, since FROM states").fetchall()
        return [(_text(row[0]), str(row[1]), float(row[2])) for row in rows]

    def beats(self, after: int) -> list[tuple[str, int, list[float]]]:
        """id, bucket, seconds by kind; the oldest first."""
        sql = (
            f"SELECT id, bucket, {', '.join(_SECONDS)} FROM beats WHERE bucket > ? ORDER BY bucket"
        )
        with self._reading() as connection:
            rows = connection.execute(sql, (after,)).fetchall()
        return [(_text(row[0]), int(row[1]), list(row[2:])) for row in rows]

    def hour(self, hour: int) -> list[tuple[str, HourRow]]:
        """All instances in that hour."""
        with self._reading() as connection:
            rows = connection.execute("SELECT * FROM hours WHERE hour = ?", (hour,)).fetchall()
        return [(_text(row[0]), _hour(row)) for row in rows]

    def hours(self, one: str, since: int) -> list[tuple[int, HourRow]]:
        """The hours of an instance from then on, the oldest first."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT * FROM hours WHERE id = ? AND hour >= ? ORDER BY hour",
                (int(one, 16), since),
            ).fetchall()
        return [(int(row[1]), _hour(row)) for row in rows]

    def samples(self, one: str, since: float) -> list[Sample]:
        """The samples of an instance from then on, the oldest first."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT at, state, memory_bytes, cpu_percent FROM samples"
                " WHERE id = ? AND at >= ? ORDER BY at",
                (int(one, 16), since),
            ).fetchall()
        return [Sample(one, *row) for row in rows]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=30)
        try:
            yield connection
        finally:
            connection.close()


def make_tables(db: Database) -> None:
    """Make the tables that are missing."""
    seconds = dict.fromkeys(_SECONDS, float)
    sample = {"at": float, "state": str, "memory_bytes": int, "cpu_percent": float}
    made = {"if_not_exists": True}
    db["samples"].create({"id": int, **sample}, **made)  # type: ignore[union-attr, arg-type]
    db["samples"].create_index(["id", "at"], if_not_exists=True)  # type: ignore[union-attr]
    db["samples"].create_index(["at"], if_not_exists=True)  # type: ignore[union-attr]
    db["states"].create({"id": int, "state": str, "since": float}, pk="id", **made)  # type: ignore[union-attr, arg-type]
    db["beats"].create({"id": int, "bucket": int, **seconds}, pk=("id", "bucket"), **made)  # type: ignore[union-attr, arg-type]
    db["hours"].create(  # type: ignore[union-attr]
        {"id": int, "hour": int, **seconds, "memory": float, "cpu": float, "count": int},
        pk=("id", "hour"),
        **made,  # type: ignore[arg-type]
    )


def _text(number: int) -> str:
    return f"{number:012x}"


def _hour(row: tuple[float, ...]) -> HourRow:
    """Of the columns of the table: id, hour, seconds by kind, memory, cpu, count."""
    end = 2 + KINDS
    return HourRow(list(row[2:end]), row[end], row[end + 1], int(row[end + 2]))
