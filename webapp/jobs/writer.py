# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of a run on their way into the database: a queue, and one thread that empties it.

Whoever puts events in is the thread that reads the playbook's output, and must not wait.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ...plugins.module_utils._hostile import shown_output
from .model import Event, now, parse_time, stamp
from .secrets import Redactor
from .store import Store

_PLAIN = {
    "playbook_on_play_start": "play",
    "playbook_on_task_start": "task",
    "playbook_on_handler_task_start": "task",
    "runner_on_skipped": "skipped",
    "runner_item_on_skipped": "skipped",
    "runner_on_failed": "failed",
    "runner_item_on_failed": "failed",
    "runner_on_async_failed": "failed",
    "runner_on_unreachable": "unreachable",
    "playbook_on_stats": "stats",
}
_DONE = ("runner_on_ok", "runner_item_on_ok", "runner_on_async_ok")
_ALWAYS = ("play", "task", "failed", "unreachable", "stats")
_PAUSE = 0.05  # between two batches
_MOST = 500
_LAST_WORDS = 5
_LONGEST = 200_000  # of one event


def event_of(raw: Mapping[str, Any], redactor: Redactor) -> Event | None:
    """An event of ansible-runner as we keep it, without a counter; None for what says nothing."""
    name = str(raw.get("event", ""))
    data = raw.get("event_data") or {}
    result = data.get("res")
    changed = bool(isinstance(result, Mapping) and result.get("changed"))
    kind = ("changed" if changed else "ok") if name in _DONE else _PLAIN.get(name, "text")
    text = str(raw.get("stdout") or "")
    if not text.strip() and kind not in _ALWAYS:
        return None
    task = _task(data) if kind != "play" else data.get("play") or data.get("name")
    return Event(
        counter=0,
        at=_time(raw.get("created")),
        kind=kind,
        host=redactor.text(str(data.get("host") or "")),
        task=redactor.text(str(task or "")),
        stdout=shown_output(redactor.text(text)[:_LONGEST]),
        changed=changed,
    )


def _task(data: Mapping[str, Any]) -> str:
    """As ansible-playbook names it: with its role in front."""
    name, role = str(data.get("task") or ""), str(data.get("role") or "")
    return f"{role.rpartition('.')[2]} : {name}" if name and role else name


def _time(created: object) -> str:
    try:
        return stamp(parse_time(str(created)))
    except ValueError:
        return now()


def joined(events: Iterable[Event]) -> list[Event]:
    """Neighbouring lines of text as one event each."""
    found: list[Event] = []
    for event in events:
        last = found[-1] if found else None
        if last and last.kind == event.kind == "text" and last.host == event.host:
            found[-1] = replace(last, stdout=f"{last.stdout}\n{event.stdout}")
        else:
            found.append(event)
    return found


class Writer:
    """put() never blocks and never fails; close() returns when all is written."""

    def __init__(self, store: Store, number: int, redactor: Redactor, most_bytes: int) -> None:
        self._store, self._number, self._redactor = store, number, redactor
        self._left = most_bytes
        self._queue: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
        self._counter = 0
        self._task, self._tasks = "", 0
        self._words: list[str] = []
        self._unwritten = 0
        self.last_event = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)
        self._thread.start()

    def put(self, raw: Mapping[str, Any]) -> bool:
        """False: ansible-runner is to keep no file of the event."""
        self.last_event = time.monotonic()
        self._queue.put(raw)
        return False

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()

    @property
    def last_words(self) -> str:
        """The last lines of text, for a run that ended without a result."""
        return "\n".join(self._words[-_LAST_WORDS:])

    def _run(self) -> None:
        going = True
        while going:
            batch, going = self._batch(self._queue.get())
            try:
                self._write(batch)
            except sqlite3.Error:
                self._unwritten += len(batch)  # as with a full disk: the playbook goes on
            if going:
                time.sleep(_PAUSE)

    def _batch(self, first: Mapping[str, Any] | None) -> tuple[list[Mapping[str, Any]], bool]:
        """What is there now, and whether more will come."""
        batch: list[Mapping[str, Any]] = []
        raw = first
        while raw is not None:
            batch.append(raw)
            if len(batch) >= _MOST:
                return batch, True
            try:
                raw = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _write(self, batch: Iterable[Mapping[str, Any]]) -> None:
        events = [e for raw in batch for e in [self._event(raw)] if e]
        numbered = []
        for event in self._fitting(joined(events)):
            self._counter += 1
            numbered.append(replace(event, counter=self._counter))
        if numbered:
            self._store.record(self._number, numbered, self._task, self._tasks)

    def _event(self, raw: Mapping[str, Any]) -> Event | None:
        event = event_of(raw, self._redactor)
        if event and event.kind == "task":
            self._task, self._tasks = event.task, self._tasks + 1
        if event and event.kind == "text":
            self._words = [*self._words[-_LAST_WORDS:], event.stdout.strip()]
        return event

    def _fitting(self, events: Iterable[Event]) -> Iterable[Event]:
        """What a job may still keep; a job that has printed too much keeps what matters."""
        if self._unwritten:
            yield _note(f"{self._unwritten} events could not be written to the database.")
            self._unwritten = 0
        for event in events:
            before, self._left = self._left, self._left - len(event.stdout)
            if self._left >= 0:
                yield event
                continue
            if before >= 0:
                yield _note("It prints more than is kept of a job: the rest is left out.")
            if event.kind in _ALWAYS:
                yield replace(event, stdout=event.stdout[:1000])


def _note(text: str) -> Event:
    return Event(counter=0, at=now(), kind="text", stdout=f"[claw-pilot: {text}]")
