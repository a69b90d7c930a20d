# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the jobs that wait, watches those that run, and clears up. One thread of the web process.

1. At its start: jobs that run are followed, also those that an earlier web process has started;
   those whose process is gone are lost.
2. Whenever something is queued or ends: claims what may run, and starts a process for it.
3. While jobs run: looks five times a second whether the database has changed, and tells listeners.
4. Every hour: drops what is too old or too much.
A job belongs to its process, not to this thread: it goes on when the web process ends.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ..clock import Calendar
from . import cgroup, endings, processes, surroundings
from .files import Files
from .model import ACTIVE, CANCELED, LOST, RUNNING, Data, Policy, stamp
from .store import Store

if TYPE_CHECKING:
    from ..settings import Settings

log = logging.getLogger(__name__)
MODULE = "ansible_collections.claw.pilot.webapp.jobs.runner"
_BUSY_SECONDS = 0.2  # between two looks while jobs run
_IDLE_SECONDS = 5.0  # else; what we queue ourselves wakes it at once
_PROCESS_SECONDS = 1.0  # between two looks whether the processes are there
_START_SECONDS = 30.0  # in which the process of another supervisor says which it is
_DEAF_SECONDS = 20.0  # beyond the grace time: then it is ended from here
_KEEP_SECONDS = 3600.0


class Supervisor:
    """changed: called with the id of a job that changed; finished: with one that has ended."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        policy: Policy,
        changed: Callable[[str], None],
        finished: Callable[[str], None],
    ) -> None:
        self._settings, self._store, self._policy = settings, store, policy
        self._changed, self._finished = changed, finished
        self._files = Files(settings.home)
        self._holder = processes.identity(os.getpid())
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._versions: dict[str, int] = {}
        self._asked: dict[str, float] = {}  # to end; monotonic, as all that is waited for here
        self._unborn: dict[str, float] = {}  # claimed, and no process of it is known yet
        self._strays: set[str] = set()  # folders of no job when it was swept last
        self._calendar = Calendar()
        self._data_version = 0
        self._looked = self._cleared = self._swept = float("-inf")
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join()
        for child in self._children.values():
            child.returncode = 0  # it goes on without us: there is nothing to wait for

    def wake(self) -> None:
        self._wake.set()

    def _run(self) -> None:
        woken = True
        while not self._stopping:
            busy = True
            try:
                busy = self._step(woken)
            except Exception:
                log.exception("The supervisor of jobs failed, and goes on.")
            woken = self._wake.wait(_BUSY_SECONDS if busy else _IDLE_SECONDS)
            self._wake.clear()

    def _step(self, woken: bool) -> bool:
        """One look; whether there is something to look at again soon."""
        now = time.monotonic()
        version = self._store.data_version()  # of others' writes: ours do not count in it
        if woken or version != self._data_version or now - self._looked >= _PROCESS_SECONDS:
            self._data_version, self._looked = version, now
            for row in self._store.running():
                self._look_after(row)
            while not self._stopping and self._start_next():
                pass
            self._tell()
        if now - self._cleared >= _KEEP_SECONDS:
            self._cleared = self._swept = now
            self._clear_up()
            self._sweep()
        elif self._strays and now - self._swept >= _START_SECONDS:
            self._swept = now
            self._sweep()
        return bool(self._versions)

    def _tell(self) -> None:
        """Tell of every job that has changed, and let go of those that have ended."""
        seen = self._store.versions(list(self._versions))
        for id, (version, state) in seen.items():  # noqa: A001
            if self._versions.get(id) != version:
                self._versions[id] = version
                self._changed(id)
            if state not in ACTIVE:
                self._forget(id)
        for id in self._versions.keys() - seen.keys():  # noqa: A001
            self._forget(id)

    def _forget(self, id: str) -> None:  # noqa: A002
        """A job that was active has ended."""
        del self._versions[id]
        child = self._children.pop(id, None)
        if child is not None:
            try:
                child.wait(timeout=5)  # it has written its end: these are its last milliseconds
            except subprocess.TimeoutExpired:
                self._children[id] = child
        self._asked.pop(id, None)
        self._unborn.pop(id, None)
        self._finished(id)
        self._wake.set()  # something may run now

    def _start_next(self) -> bool:
        row = self._store.claim(self._settings.job_limit, self._holder)
        if row is None:
            return False
        self._versions.setdefault(row["id"], 0)
        try:
            self._spawn(row)
        except OSError as error:
            why = endings.not_started(str(error))
            self._store.finish(row["number"], LOST, failures=[why])
            self._files.remove(row["id"])
        return True

    def _spawn(self, row: Data) -> None:
        environment = surroundings.of_job(
            os.environ,
            job=row["id"],
            actor=row["actor"],
            home=self._settings.home,
            registry=str(self._settings.registry),
        )
        # -P: the folder that it is started in is no place to import from.
        command = [sys.executable, "-P", "-m", MODULE, row["id"]]
        errors = os.open(
            self._files.errors_path(row["id"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600
        )
        try:
            child = subprocess.Popen(
                [*cgroup.scope(row["id"]), *command],
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
        finally:
            os.close(errors)
        self._children[row["id"]] = child
        self._store.note_process(row["number"], processes.identity(child.pid))

    def _look_after(self, row: Data) -> None:
        """A job that runs: is its process there, and is it to end?"""
        id = row["id"]  # noqa: A001
        self._versions.setdefault(id, 0)  # so that its end is told, however soon it comes
        if not self._is_there(row):
            self._lose(row)
        elif row["canceled_at"]:
            waited = time.monotonic() - self._asked.get(id, time.monotonic())
            if waited > self._policy.grace_seconds + _DEAF_SECONDS:
                self._end(row, CANCELED, endings.canceled(row["canceled_by"]))
            elif id not in self._asked and processes.send(row["process"], signal.SIGTERM):
                self._asked[id] = time.monotonic()

    def _is_there(self, row: Data) -> bool:
        child = self._children.get(row["id"])
        if child is not None and child.poll() is not None:
            return False
        if row["process"]:
            return processes.alive(row["process"])
        waited = time.monotonic() - self._unborn.setdefault(row["id"], time.monotonic())
        return child is not None or (
            processes.alive(row["holder"])
            and row["holder"] != self._holder
            and waited < _START_SECONDS
        )

    def _lose(self, row: Data) -> None:
        said = self._files.errors(row["id"])
        self._end(row, LOST, endings.lost(row["host"], said))

    def _end(self, row: Data, state: str, why: Data) -> None:
        """Write the end of a job whose process cannot; nothing of it goes on."""
        if self._store.row(row["id"])["state"] != RUNNING:
            return  # it has ended by itself just now
        with contextlib.suppress(ProcessLookupError):
            processes.send(row["process"], signal.SIGKILL)
        strays = cgroup.members(row["cgroup"])
        if not processes.end(row["id"], strays=strays):
            log.error("Some processes of job %d cannot be killed.", row["number"])
        cgroup.leave(row["cgroup"])
        self._files.remove(row["id"])
        self._store.finish(row["number"], state, failures=[why])

    def _clear_up(self) -> None:
        """What is too old or too much."""
        now = datetime.fromtimestamp(self._calendar.now(), UTC)
        oldest = now - timedelta(days=self._policy.keep_days)
        dropped = self._store.drop_older(stamp(oldest))
        if self._store.trim(self._policy.keep_bytes) or dropped:
            self._store.give_space_back()

    def _sweep(self) -> None:
        """What is left of no job. The folder of a job comes before its row: it is seen twice."""
        others = set(self._files.others(set(self._store.versions([]))))
        for id in others & self._strays:  # noqa: A001
            self._files.remove(id)
        self._strays = others - self._strays
