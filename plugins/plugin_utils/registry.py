# Copyright (c) 2026, Claw Pilot contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of what is managed: a SQLite file on the controller.

All its SQL is here and in migrations.py. It knows what was done and what was last seen; what is
now, the hosts know.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..module_utils._hostile import shown
from ..module_utils._model import ClawPilotError
from .migrations import open_database, understood, writing
from .registry_config import check_key, check_values
from .registry_config import sound as sound_config
from .registry_record import Recorder
from .registry_report import read_reports, read_tags
from .registry_words import sound, without_labels

if TYPE_CHECKING:
    from types import TracebackType

    from sqlite_utils import Database

Row = dict[str, Any]
_INSTANCES = """
    SELECT i.*, s.hostname, s.ip, s.ssh_user, s.ssh_port, s.connection, s.openclaw_home,
      (SELECT count(*) FROM agents a WHERE a.instance_id = i.id) AS agent_count
    FROM instances i JOIN servers s ON s.id = i.server_id"""
_RANGES = {
    "since": "created_at >= ?",
    "until": "created_at <= ?",
    "before": "id < ?",
    "text": "instr(lower(detail), lower(?)) > 0",
}


def home() -> Path:
    """$CLAW_PILOT_HOME or ~/.claw-pilot, made when missing, for its owner only.

    Raises REGISTRY_UNWRITABLE, HOME_OF_ANOTHER.
    """
    folder = _home()
    with understood(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
        if found.st_uid != os.geteuid():
            raise ClawPilotError(
                "HOME_OF_ANOTHER",
                f"{folder} belongs to another user (uid {found.st_uid}).",
                "Run this as that user, or set CLAW_PILOT_HOME to a folder of your own.",
            )
        if found.st_mode & 0o077:
            folder.chmod(0o700)
    return folder


def default_path() -> Path:
    """registry.db in the home, which is not made before something is written to it."""
    return _home() / "registry.db"


def _home() -> Path:
    return Path(os.environ.get("CLAW_PILOT_HOME") or "~/.claw-pilot").expanduser().absolute()


class Registry:
    """One open registry; use it in a with statement, in one thread.

    path: the file, made with its folder when missing; actor, origin: who does it and from where,
    for the events; dry: work on a copy in memory, so that nothing is written. Errors are
    ClawPilotError: REGISTRY_UNAVAILABLE, _TOO_NEW, _BROKEN, _UNWRITABLE, _BUSY.

    A row that no report could have written is not returned: warnings then says so. It stays in the
    file, for whoever looks into how it came there.
    """

    def __init__(
        self, path: Path | None = None, *, actor: str = "", origin: str = "", dry: bool = False
    ) -> None:
        self.path = (path or default_path()).expanduser().absolute()
        self._actor = shown(actor, 200)
        self._origin = shown(origin, 200)
        self._dry = dry
        self._db: Database | None = None
        self.warnings: list[str] = []

    def __enter__(self) -> Registry:
        if not self._dry and self.path == default_path():
            home()
        self._db = open_database(self.path, dry=self._dry)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._db is not None:
            self._db.conn.close()
            self._db = None

    def servers(self) -> list[Row]:
        """Every (hostname, openclaw_home), a row each."""
        rows = self._rows("SELECT * FROM servers ORDER BY hostname, openclaw_home")
        return sound(rows, self.warnings)

    def instances(self, hostname: str | None = None, slug: str | None = None) -> list[Row]:
        """The instances with where they are and how many agents they have."""
        where, values = _where({"s.hostname": hostname, "i.slug": slug})
        rows = self._rows(
            f"{_INSTANCES} {where} ORDER BY s.hostname, i.slug, s.openclaw_home", values
        )
        return [{**row, "tags": json.loads(row["tags"])} for row in sound(rows, self.warnings)]

    def instance(
        self, slug: str, hostname: str | None = None, openclaw_home: str | None = None
    ) -> Row:
        """The one instance of that name. Raises INSTANCE_NOT_FOUND, INSTANCE_AMBIGUOUS."""
        return the_one(self.instances(hostname, slug), slug, openclaw_home)

    def agents(self, instance_id: int) -> list[Row]:
        """The agents of an instance, the default agent first."""
        with self._reading() as db:
            return [without_labels(row) for row in _Tables(db).agents(instance_id)]

    def ports(self, hostname: str) -> dict[int, str]:
        """Port -> slug, of all homes of that host."""
        rows = self._rows(
            "SELECT p.port, p.instance_slug FROM ports p JOIN servers s ON s.id = p.server_id"
            " WHERE s.hostname = ? ORDER BY p.port",
            [hostname],
        )
        return {row["port"]: row["instance_slug"] for row in rows}

    def events(
        self,
        limit: int = 100,
        hostname: str | None = None,
        slug: str | None = None,
        **wanted: Any,
    ) -> list[Row]:
        """What happened, newest first.

        wanted: openclaw_home, event_type, actor, origin: the same word; since, until: times in UTC
        as in created_at; before: the id of an event, to go on from there; text: a part of detail.
        """
        columns = ("openclaw_home", "event_type", "actor", "origin")
        same = {column: wanted.pop(column, None) for column in columns}
        where, values = _where({"hostname": hostname, "instance_slug": slug, **same})
        parts = [where.removeprefix("WHERE ")] if where else []
        for name, condition in _RANGES.items():
            value = wanted.pop(name, None)
            if value is not None:
                parts.append(condition)
                values.append(value)
        if wanted:
            raise TypeError(f"events are not filtered by {', '.join(wanted)}")
        where = f"WHERE {' AND '.join(parts)}" if parts else ""
        return self._rows(
            f"SELECT * FROM events {where} ORDER BY id DESC LIMIT ?", [*values, limit]
        )

    def event_words(self) -> dict[str, list[str]]:
        """What events can be filtered by: column -> the words that there are, in order."""
        columns = ("hostname", "event_type", "actor", "origin")
        return {
            column: [
                str(row["word"])
                for row in self._rows(
                    f"SELECT DISTINCT {column} AS word FROM events"
                    f" WHERE {column} <> '' ORDER BY {column}"
                )
            ]
            for column in columns
        }

    def set_tags(
        self,
        slug: str,
        tags: Iterable[str],
        hostname: str | None = None,
        openclaw_home: str | None = None,
    ) -> list[str]:
        """Give an instance exactly these tags, and return them in order; an event when it changes.

        Raises INVALID_TAG, INSTANCE_NOT_FOUND, INSTANCE_AMBIGUOUS.
        """
        wanted = read_tags(tags)
        with self._writing() as db:
            row = self.instance(slug, hostname, openclaw_home)
            if row["tags"] != wanted:
                tables = _Tables(db)
                tables.update("instances", row["id"], {"tags": json.dumps(wanted)})
                tables.insert(
                    "events",
                    {
                        "hostname": row["hostname"],
                        "openclaw_home": row["openclaw_home"],
                        "instance_slug": row["slug"],
                        "event_type": "tagged",
                        "detail": ", ".join(wanted),
                        "actor": self._actor,
                        "origin": self._origin,
                        "created_at": _now(),
                    },
                )
        return wanted

    def config(self) -> dict[str, str]:
        """Every key with its value."""
        stored = {r["key"]: r["value"] for r in self._rows("SELECT key, value FROM config")}
        return sound_config(stored)

    def get_config(self, key: str) -> str:
        """The value of a key. Raises CONFIG_KEY_UNKNOWN."""
        return self.config()[check_key(key)]

    def set_config(self, key: str, value: str) -> None:
        """Store a value. Raises CONFIG_KEY_UNKNOWN, CONFIG_VALUE_INVALID."""
        self.change_config({key: value})

    def change_config(self, values: Mapping[str, Any]) -> None:
        """Store several values that fit each other, or none. Raises what set_config does."""
        given = {key: str(value) for key, value in values.items()}
        with self._writing() as db:
            for key, value in check_values(given, self.config()).items():
                db.conn.execute(
                    "INSERT INTO config (key, value) VALUES (?, ?)"
                    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    (key, value),
                )

    def record(self, reports: list[Row]) -> Row:
        """Take the reports of hosts, in one transaction. Raises REPORT_INVALID.

        Returns {"changed": bool, "events": [rows], "warnings": [sentences]}.
        """
        given = read_reports(reports)
        with self._writing() as db:
            recorder = Recorder(_Tables(db), actor=self._actor, origin=self._origin, now=_now())
            for report in given:
                recorder.record(report)
        return {
            "changed": recorder.changed,
            "events": recorder.events,
            "warnings": recorder.warnings,
        }

    @contextmanager
    def _reading(self) -> Iterator[Database]:
        if self._db is None:
            raise RuntimeError("The registry is used outside of its with statement.")
        with understood(self.path):
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        with self._reading() as db, writing(db):
            yield db

    def _rows(self, sql: str, values: Iterable[Any] = ()) -> list[Row]:
        with self._reading() as db:
            return list(db.query(sql, list(values)))


def the_one(rows: list[Row], slug: str, openclaw_home: str | None = None) -> Row:
    """The instance of that slug among the rows. Raises INSTANCE_NOT_FOUND, INSTANCE_AMBIGUOUS."""
    found = [
        row
        for row in rows
        if row["slug"] == slug and openclaw_home in (None, "", row["openclaw_home"])
    ]
    if not found:
        raise ClawPilotError(
            "INSTANCE_NOT_FOUND",
            f"The registry knows no instance {slug!r} there.",
            "Look at what it knows with claw-pilot list, or run discover.yml with adopt=true.",
        )
    if len(found) > 1:
        places = ", ".join(f"{row['hostname']} in {row['openclaw_home']}" for row in found)
        raise ClawPilotError(
            "INSTANCE_AMBIGUOUS",
            f"There are {len(found)} instances {slug!r}: on {places}.",
            "Name the host, and openclaw_home where it has several.",
        )
    return found[0]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _where(wanted: dict[str, str | None]) -> tuple[str, list[str]]:
    """The WHERE clause for the columns with a value, and those values."""
    given = {column: value for column, value in wanted.items() if value is not None}
    clause = " AND ".join(f"{column} = ?" for column in given)
    return (f"WHERE {clause}" if clause else "", list(given.values()))


class _Tables:
    """The statements that recording takes; column names come from registry_report.py."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def servers(self, hostname: str) -> list[Row]:
        return self._rows("SELECT * FROM servers WHERE hostname = ?", hostname)

    def find_instance(self, hostname: str, home: str, slug: str, state_dir: str) -> Row | None:
        """By its key, else by its state directory: an adopted one may have another name."""
        by_key = f"{_INSTANCES} WHERE s.hostname = ? AND s.openclaw_home = ? AND i.slug = ?"
        by_folder = f"{_INSTANCES} WHERE s.hostname = ? AND i.state_dir = ? AND ? <> ''"
        rows = self._rows(by_key, hostname, home, slug)
        rows = rows or self._rows(by_folder, hostname, state_dir, state_dir)
        return rows[0] if rows else None

    def port_owner(self, server_id: int, port: int) -> Row | None:
        rows = self._rows(
            "SELECT id, slug FROM instances WHERE server_id = ? AND port = ?", server_id, port
        )
        return rows[0] if rows else None

    def agents(self, instance_id: int) -> list[Row]:
        return self._rows(
            "SELECT * FROM agents WHERE instance_id = ? ORDER BY is_default DESC, agent_id",
            instance_id,
        )

    def insert(self, table: str, values: Row) -> int:
        marks = ", ".join("?" * len(values))
        sql = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"
        return int(self._db.conn.execute(sql, tuple(values.values())).lastrowid or 0)

    def update(self, table: str, row_id: int, values: Row) -> None:
        columns = ", ".join(f"{column} = ?" for column in values)
        sql = f"UPDATE {table} SET {columns} WHERE id = ?"
        self._db.conn.execute(sql, (*values.values(), row_id))

    def delete_instance(self, instance_id: int) -> None:
        self._db.conn.execute("DELETE FROM instances WHERE id = ?", (instance_id,))

    def replace_agents(self, instance_id: int, rows: list[Row]) -> None:
        self._db.conn.execute("DELETE FROM agents WHERE instance_id = ?", (instance_id,))
        for row in rows:
            self.insert("agents", {"instance_id": instance_id, **row})

    def _rows(self, sql: str, *values: Any) -> list[Row]:
        cursor = self._db.conn.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]
