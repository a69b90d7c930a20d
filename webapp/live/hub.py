# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fan-out: one thread that sees what changed and rings at every browser's connection.

It holds no queue for anybody. A connection remembers the version that its browser has; what is
new since is asked for when the browser can take it, so a slow one gets less, and delays nobody.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask

from ...plugins.module_utils._model import ClawPilotError
from ..services import Services
from .fragments import Fragments
from .frames import Frame
from .messages import Batch, Part, frame

if TYPE_CHECKING:
    from .connection import Connection

LOG = logging.getLogger(__name__)
PACE = 0.05  # seconds between two batches: a burst of changes is one
LOOK_EVERY = 20.0  # seconds; the monitor forgets who looks after 30
MOST = 150  # connections; each holds a thread of the server
MOST_OF_ONE = 60  # of one session or token
MOST_LOGS = 20  # that one session or token follows; a page follows one
_KEPT = 32  # batches


class Hub:
    """All connections of browsers."""

    def __init__(self, app: Flask, services: Services) -> None:
        self.services = services
        self.fragments = Fragments(app, services.live)
        self.stopping = threading.Event()
        self._connections: set[Connection] = set()
        self._logs: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._batches: deque[Batch] = deque(maxlen=_KEPT)
        self._lines: dict[str, Any] = {}
        self._version = 0
        self._snapshots: dict[str, tuple[int, Frame]] = {}
        self._snapshot_lock = threading.Lock()

    @property
    def version(self) -> int:
        """How far browsers are told."""
        return self._version

    @property
    def count(self) -> int:
        """Connections now."""
        return len(self._connections)

    def has_room(self, whose: str) -> bool:
        """Whether one more may come of that session or token."""
        with self._lock:
            return self._has_room(whose)

    def _has_room(self, whose: str) -> bool:
        own = sum(1 for connection in self._connections if connection.whose == whose)
        few = len(self._connections) < MOST and own < MOST_OF_ONE
        return few and not self.stopping.is_set()

    def join(self, connection: Connection) -> bool:
        """Count the connection in, if there is room; the first one starts the thread."""
        with self._lock:
            if not self._has_room(connection.whose):
                return False
            self._connections.add(connection)
            if self._thread is None:
                self._begin()
                self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
                self._thread.start()
            return True

    def take_log(self, whose: str) -> Callable[[], None]:
        """Count a log in that is followed; returns what ends that. Raises TOO_MANY_TAILS."""
        with self._lock:
            if self._logs[whose] >= MOST_LOGS:
                raise ClawPilotError(
                    "TOO_MANY_TAILS",
                    f"This login or token follows {MOST_LOGS} logs already.",
                    "Close one of them.",
                )
            self._logs[whose] += 1

        def end() -> None:
            with self._lock:
                self._logs[whose] -= 1
                self._logs += Counter()  # forgets who has none

        return end

    def leave(self, connection: Connection) -> None:
        with self._lock:
            self._connections.discard(connection)

    def stop(self) -> None:
        """End every connection. Browsers come back when the dashboard does."""
        self.stopping.set()
        self._wake.set()
        for connection in self.connections():
            connection.ring()

    def join_thread(self, timeout: float = 5.0) -> None:
        """Wait for the thread to end, after stop()."""
        if self._thread:
            self._thread.join(timeout)

    def recheck(self) -> None:
        """Have every connection look whether it is still logged in."""
        for connection in self.connections():
            connection.check_soon()

    def connections(self) -> list[Connection]:
        with self._lock:
            return list(self._connections)

    def batch_after(self, seen: int) -> Batch | None:
        """The newest batch when it covers what comes after that version."""
        newest = self._batches[-1] if self._batches else None
        return newest if newest and newest.since <= seen < newest.part.version else None

    def snapshot(self, view: str) -> tuple[int, Frame]:
        """Everything, and its version."""
        with self._snapshot_lock:
            live = self.services.live
            version = live.version
            known = self._snapshots.get(view)
            if known is None or known[0] != version:
                part = Part(version, live.lines(), live.hosts())
                known = self._snapshots[view] = (
                    version,
                    frame("snapshot", part, self.fragments, view),
                )
            return known

    def _begin(self) -> None:
        live = self.services.live
        self._version = live.version
        self._lines = {line["id"]: line for line in live.lines()}
        self._unsubscribe = [
            live.subscribe(self._wake.set),
            self.services.jobs.subscribe(self._on_job),
        ]

    def _run(self) -> None:
        looked = 0.0
        while not self.stopping.is_set():
            self._wake.wait(1.0)
            self._wake.clear()
            try:
                if time.monotonic() - looked > LOOK_EVERY:
                    looked = time.monotonic()
                    for connection in self.connections():
                        connection.look()
                self._tick()
            except Exception:
                LOG.exception("The hub could not tell what changed.")
            self.stopping.wait(PACE)
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def _tick(self) -> None:
        live = self.services.live
        if live.version == self._version:
            return
        changes = live.changes(self._version)
        removed = list(changes.removed)
        if changes.full:
            now = {line["id"] for line in changes.instances}
            removed = [one for one in self._lines if one not in now]
        part = Part(changes.version, list(changes.instances), list(changes.hosts), removed)
        batch = Batch(
            self._version,
            part,
            [line for line in part.instances if line["id"] not in self._lines],
            [self._lines[one] for one in removed if one in self._lines],
        )
        self._lines.update({line["id"]: line for line in part.instances})
        for one in removed:
            self._lines.pop(one, None)
        self.fragments.forget(removed)
        self._batches.append(batch)
        self._version = part.version
        for connection in self.connections():
            connection.ring()

    def _on_job(self, job_id: str) -> None:
        for connection in self.connections():
            connection.job_changed(job_id)
