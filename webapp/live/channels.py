# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a browser can subscribe to. A channel says what to send when the browser takes more."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any, Protocol

from ...plugins.module_utils._hostile import shown_all
from .frames import Frame
from .hub import Hub
from .messages import Part, frame

LOG_LINES = 2000  # that wait for one browser; the oldest go first
LOG_CHUNK = 500  # lines, or events of a job, of one message
Data = dict[str, Any]


class Channel(Protocol):
    """A subscription."""

    def frames(self) -> Iterator[Frame]: ...
    def job_changed(self, job_id: str) -> bool: ...
    def look(self, who: str) -> None: ...
    def close(self) -> None: ...


class Plain:
    """A channel that nothing concerns, until it says otherwise."""

    def job_changed(self, job_id: str) -> bool:
        return False

    def look(self, who: str) -> None:
        pass

    def close(self) -> None:
        pass


class Fleet(Plain):
    """Instances and hosts. since: what the browser has, None for nothing; ids: None for all."""

    def __init__(
        self, hub: Hub, since: int | None, view: str = "", ids: frozenset[str] | None = None
    ) -> None:
        self._hub = hub
        self._seen = since
        self._view = view
        self._ids = ids

    def look(self, who: str) -> None:
        monitor = self._hub.services.monitor
        line = self._one()
        if line is None:
            monitor.look(who)
        else:
            monitor.look(who, line["host"], line["id"])

    def frames(self) -> Iterator[Frame]:
        hub, live = self._hub, self._hub.services.live
        if self._seen is None:
            yield self._snapshot()
        elif self._seen < hub.version:
            batch = hub.batch_after(self._seen)
            if batch:
                self._seen = batch.part.version
                if self._ids is None:
                    yield from batch.frames(hub.fragments, self._view)
                else:
                    yield from batch.events(self._ids)
                    yield from self._update(batch.part.of(self._ids))
                return
            changes = live.changes(self._seen)
            if changes.full:
                yield self._snapshot()
                return
            part = Part(changes.version, changes.instances, changes.hosts, changes.removed)
            self._seen = part.version
            yield from self._update(part if self._ids is None else part.of(self._ids))

    def _update(self, part: Part) -> Iterator[Frame]:
        if not part.is_empty:
            yield frame("health_update", part, self._hub.fragments, self._view)

    def _snapshot(self) -> Frame:
        if self._ids is None:
            self._seen, made = self._hub.snapshot(self._view)
            return made
        live = self._hub.services.live
        part = Part(live.version, live.lines(), live.hosts()).of(self._ids)
        self._seen = part.version
        return frame("snapshot", part, self._hub.fragments, self._view)

    def _one(self) -> Mapping[str, Any] | None:
        """The line, when this is about a single instance."""
        if self._ids is None or len(self._ids) != 1:
            return None
        return self._hub.services.live.line(next(iter(self._ids)))


class Logs(Plain):
    """The log of an instance as it grows. Raises TOO_MANY_TAILS and what the monitor
    does: HOST_UNREACHABLE ..."""

    def __init__(
        self, hub: Hub, line: Mapping[str, Any], lines: int, ring: Callable[[], None], whose: str
    ) -> None:
        self._id = str(line["id"])
        self._ring = ring
        self._lock = threading.Lock()
        self._waiting: deque[Data] = deque()
        self._skipped = 0
        question = {
            "ask": "logs",
            "state_dir": line["state_dir"],
            "lines": lines,
            "follow": True,
        }
        with ExitStack() as stack:
            stack.callback(hub.take_log(whose))
            stack.callback(hub.services.monitor.tail(str(line["host"]), question, self._take))
            self._open = stack.pop_all()

    def close(self) -> None:
        self._open.close()

    def frames(self) -> Iterator[Frame]:
        while True:
            with self._lock:
                count = min(LOG_CHUNK, len(self._waiting))
                lines = [self._waiting.popleft() for _turn in range(count)]
                skipped, self._skipped = self._skipped, 0
            if not lines and not skipped:
                return
            yield Frame.of("log_line", {"id": self._id, "lines": lines, "skipped": skipped})

    def _take(self, lines: list[Data]) -> None:
        with self._lock:
            self._waiting.extend(map(shown_all, lines))
            while len(self._waiting) > LOG_LINES:
                self._waiting.popleft()
                self._skipped += 1
        self._ring()


class Job(Plain):
    """A job and its output from an event on. Raises JOB_NOT_FOUND."""

    def __init__(self, hub: Hub, job_id: str, after: int) -> None:
        self._jobs = hub.services.jobs
        self._jobs.get(job_id)
        self._id = job_id
        self._after = after
        self._changed = True

    def job_changed(self, job_id: str) -> bool:
        self._changed = self._changed or job_id == self._id
        return job_id == self._id

    def frames(self) -> Iterator[Frame]:
        while self._changed:
            self._changed = False  # before asking: what comes meanwhile is asked for again
            job = self._jobs.get(self._id)
            events = [as_data(e) for e in self._jobs.events(self._id, self._after, LOG_CHUNK)]
            if events:
                self._after = int(events[-1]["counter"])
            self._changed = self._changed or len(events) == LOG_CHUNK
            yield Frame.of("job_event", {"job": job.as_dict(), "events": events})


class Jobs(Plain):
    """All jobs, without their output."""

    def __init__(self, hub: Hub) -> None:
        self._jobs = hub.services.jobs
        self._lock = threading.Lock()
        self._changed: set[str] = set()

    def job_changed(self, job_id: str) -> bool:
        with self._lock:
            self._changed.add(job_id)
        return True

    def frames(self) -> Iterator[Frame]:
        with self._lock:
            changed, self._changed = sorted(self._changed), set()
        for job_id in changed:
            yield Frame.of("job_event", {"job": self._jobs.get(job_id).as_dict(), "events": []})


def as_data(event: Any) -> Data:
    """An event of a job as JSON."""
    if isinstance(event, Mapping):
        return dict(event)
    made = getattr(event, "as_dict", None)
    return dict(made()) if made else dict(vars(event))
