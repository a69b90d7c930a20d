# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""jobs.db: the only SQL of jobs. The web process and the processes of jobs write to it at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...plugins.module_utils._model import ClawPilotError
from . import tables
from .catalog import in_each_others_way
from .model import ACTIVE, QUEUED, RUNNING, SUCCESSFUL, Data, Event, Job, now

_JSON = ("variables", "result", "failures", "stats", "warnings", "limit_hosts", "reach")
_FLAGS = ("check", "diff", "has_secrets", "trimmed")
_JOB = tuple(name for name in Job.__dataclass_fields__ if name != "progress")
_NEW = (
    "id playbook title state host instance openclaw_home lock actor variables has_secrets reach"
    " command check diff limit_hosts again_of schedule created_at"
).split()
MOST_WAITING = 500  # jobs; one may be made for each instance that is ticked
_ENDED = "state NOT IN ('queued', 'running')"


class Store:
    """One connection, used by any thread, one after the other."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._db = tables.connect(path)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # What people see

    def job(self, id: str) -> Job:  # noqa: A002
        """Raises JOB_NOT_FOUND."""
        return as_job(self.row(id))

    def row(self, id: str) -> Data:  # noqa: A002
        """All columns. Raises JOB_NOT_FOUND."""
        found = self._rows("SELECT * FROM jobs WHERE id = ?", id)
        if not found:
            raise ClawPilotError(
                "JOB_NOT_FOUND", "There is no such job.", "Old jobs are removed after a while."
            )
        return found[0]

    def jobs(
        self,
        *,
        state: str = "",
        host: str = "",
        instance: str = "",
        limit: int = 50,
        before: int | None = None,
    ) -> list[Job]:
        """The newest first. state: one, or active; before: the number of a job."""
        wanted = {"host": host, "instance": instance, "state": "" if state == "active" else state}
        conditions = [f"{name} = :{name}" for name, value in wanted.items() if value]
        conditions += ["state IN ('queued', 'running')"] if state == "active" else []
        conditions += ["number < :before"] if before is not None else []
        where = " AND ".join(conditions) or "1"
        values = {**wanted, "before": before, "most": limit}
        rows = self._rows(
            f"SELECT * FROM jobs WHERE {where} ORDER BY number DESC LIMIT :most", values
        )
        return [as_job(row) for row in rows]

    def events(self, id: str, after: int = 0, limit: int = 1000) -> list[Event]:  # noqa: A002
        """Those behind the counter, the oldest first. Raises JOB_NOT_FOUND."""
        number = self.row(id)["number"]
        rows = self._rows(
            "SELECT counter, at, kind, host, task, stdout, changed FROM events"
            " WHERE job = ? AND counter > ? ORDER BY counter LIMIT ?",
            number,
            after,
            limit,
        )
        return [Event(**{**row, "changed": bool(row["changed"])}) for row in rows]

    def counts(self) -> dict[str, int]:
        """State -> number of jobs; those that run or wait are always there."""
        rows = self._rows("SELECT state, count(*) AS n FROM jobs GROUP BY state")
        return {**dict.fromkeys(ACTIVE, 0), **{row["state"]: row["n"] for row in rows}}

    # The queue

    def add(self, row: Data) -> Job:
        """Put a job into the queue; row: every column of _NEW. Raises TOO_MANY_JOBS."""
        names = ", ".join(f'"{name}"' for name in _NEW)
        marks = ", ".join(f":{name}" for name in _NEW)
        with self._writing():
            if self.counts()[QUEUED] >= MOST_WAITING:
                raise ClawPilotError(
                    "TOO_MANY_JOBS",
                    f"{MOST_WAITING} jobs are waiting already.",
                    "Wait until some have run, or cancel some of them.",
                )
            self._do(f"INSERT INTO jobs ({names}) VALUES ({marks})", _as_columns(row))
            return self.job(row["id"])

    def claim(self, limit: int, holder: str) -> Data | None:
        """The next job that may run, marked as running; None when none may.

        A job never overtakes an earlier one that it would have to wait for.
        """
        with self._writing():
            ahead = self._rows("SELECT * FROM jobs WHERE state = ?", RUNNING)
            if len(ahead) >= limit:
                return None
            for row in self._rows("SELECT * FROM jobs WHERE state = ? ORDER BY number", QUEUED):
                if not any(in_each_others_way(row, other) for other in ahead):
                    self._start(row, holder)
                    return row
                ahead.append(row)
        return None

    def _start(self, row: Data, holder: str) -> None:
        expected = self._rows(
            'SELECT tasks FROM jobs WHERE playbook = ? AND "check" = ? AND state = ?'
            " ORDER BY number DESC LIMIT 1",
            row["playbook"],
            row["check"],
            SUCCESSFUL,
        )
        self._do(
            "UPDATE jobs SET state = ?, started_at = ?, holder = ?, tasks_expected = ?,"
            " version = version + 1 WHERE number = ?",
            RUNNING,
            now(),
            holder,
            expected[0]["tasks"] if expected else None,
            row["number"],
        )

    def cancel_queued(self, id: str, actor: str) -> bool:  # noqa: A002
        """Whether it was still waiting, and now is canceled."""
        return bool(
            self._do(
                "UPDATE jobs SET state = 'canceled', canceled_by = ?, canceled_at = ?,"
                " finished_at = ?, version = version + 1 WHERE id = ? AND state = 'queued'",
                actor,
                now(),
                now(),
                id,
            )
        )

    def ask_to_cancel(self, id: str, actor: str) -> bool:  # noqa: A002
        """Whether it still runs; its process sees the wish."""
        return bool(
            self._do(
                "UPDATE jobs SET canceled_by = ?, canceled_at = coalesce(canceled_at, ?),"
                " version = version + 1 WHERE id = ? AND state = 'running'",
                actor,
                now(),
                id,
            )
        )

    # What runs

    def running(self) -> list[Data]:
        return self._rows("SELECT * FROM jobs WHERE state = ?", RUNNING)

    def note_process(self, number: int, process: str) -> None:
        """The process that was started for a job, unless that has said so itself."""
        self._do(
            "UPDATE jobs SET process = ? WHERE number = ? AND process = '' AND state = 'running'",
            process,
            number,
        )

    def begin(self, number: int, process: str, **places: str) -> bool:
        """The process of a job says which it is and where its things are; False: it may not run."""
        names = "".join(f", {name} = :{name}" for name in places)
        sql = f"UPDATE jobs SET process = :process{names}, version = version + 1"
        values = {"process": process, "number": number, **places}
        return bool(self._do(f"{sql} WHERE number = :number AND state = 'running'", values))

    def record(self, number: int, events: Sequence[Event], task: str, tasks: int) -> None:
        """More events, and where the job is."""
        columns = "job, counter, at, kind, host, task, stdout, changed"
        rows = [
            (number, e.counter, e.at, e.kind, e.host, e.task, e.stdout, e.changed) for e in events
        ]
        size = sum(len(event.stdout) for event in events)
        with self._writing():
            self._db.executemany(f"INSERT INTO events ({columns}) VALUES (?,?,?,?,?,?,?,?)", rows)
            self._do(
                "UPDATE jobs SET task = ?, tasks = ?, bytes = bytes + ?, version = version + 1"
                " WHERE number = ?",
                task,
                tasks,
                size,
                number,
            )

    def finish(self, number: int, state: str, **columns: Any) -> bool:
        """The end of a running job; False when somebody else has written it."""
        given = {**_as_columns(columns), "state": state, "finished_at": now(), "number": number}
        names = ", ".join(f'"{name}" = :{name}' for name in given if name != "number")
        sql = f"UPDATE jobs SET {names}, version = version + 1"
        return bool(self._do(f"{sql} WHERE number = :number AND state = 'running'", given))

    def cancel_wanted(self, number: int) -> str:
        """Who wants the job to end, or ''."""
        rows = self._rows("SELECT canceled_by FROM jobs WHERE number = ?", number)
        return str(rows[0]["canceled_by"]) if rows else ""

    # What the supervisor watches

    def data_version(self) -> int:
        """Grows whenever another connection has written; costs next to nothing."""
        return int(self._rows("PRAGMA data_version")[0]["data_version"])

    def versions(self, tracked: Sequence[str]) -> dict[str, tuple[int, str]]:
        """id -> (version, state) of the jobs that run or wait and of those tracked."""
        marks = ", ".join("?" * len(tracked))
        rows = self._rows(
            "SELECT id, version, state FROM jobs"
            f" WHERE state IN ('queued', 'running') OR id IN ({marks})",
            *tracked,
        )
        return {row["id"]: (row["version"], row["state"]) for row in rows}

    # What is kept

    def drop_older(self, limit: str) -> int:
        """Remove jobs that ended before that time; how many."""
        return self._do(f"DELETE FROM jobs WHERE {_ENDED} AND finished_at < ?", limit)

    def trim(self, most: int) -> int:
        """Drop the events of the oldest jobs until all texts together fit; most: in bytes."""
        rows = self._rows(
            f"SELECT number, bytes FROM jobs WHERE {_ENDED} AND bytes > 0 ORDER BY number DESC"
        )
        kept, trimmed = 0, 0
        for row in rows:
            kept += row["bytes"]
            if kept > most:
                self._drop_events(row["number"])
                trimmed += 1
        return trimmed

    def _drop_events(self, number: int) -> None:
        with self._writing():
            self._do("DELETE FROM events WHERE job = ?", number)
            self._do(
                "UPDATE jobs SET bytes = 0, trimmed = 1, version = version + 1 WHERE number = ?",
                number,
            )

    def give_space_back(self) -> None:
        """Let the file shrink by what was dropped."""
        with self._lock:
            self._db.execute("PRAGMA incremental_vacuum").fetchall()

    # SQLite

    def _rows(self, sql: str, *values: Any) -> list[Data]:
        with self._lock:
            return [dict(row) for row in self._db.execute(sql, _values(values))]

    def _do(self, sql: str, *values: Any) -> int:
        with self._lock:
            return self._db.execute(sql, _values(values)).rowcount

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, tables.writing_to(self._db):
            yield


def _values(values: tuple[Any, ...]) -> Any:
    return values[0] if len(values) == 1 and isinstance(values[0], dict) else values


def _as_columns(data: Mapping[str, Any]) -> Data:
    return {
        name: json.dumps(value) if isinstance(value, (dict, list)) else value
        for name, value in data.items()
    }


def as_job(row: Data) -> Job:
    """A job as people see it, of a row with all columns."""
    values = {name: row[name] for name in _JOB}
    values.update({name: json.loads(row[name]) for name in _JSON})
    values.update({name: bool(row[name]) for name in _FLAGS})
    return Job(**values, progress=progress(row))


def progress(row: Data) -> int | None:
    """Percent of the tasks that an earlier run had; 100 only at the end."""
    if row["state"] == SUCCESSFUL:
        return 100
    if row["state"] != RUNNING or not row["tasks_expected"]:
        return None
    return int(min(99, 100 * max(0, row["tasks"] - 1) // row["tasks_expected"]))
