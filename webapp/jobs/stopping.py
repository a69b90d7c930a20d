# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run is ended before it is done: canceled, too long, or silent for too long.

1. The main process of ansible-playbook gets SIGTERM: it then ends its workers and their modules,
   which a signal to its group does not do, as workers have sessions of their own.
2. Those that were below it are remembered, for what they leave behind.
3. After the grace time ansible-runner kills the group, and the caller what is left of the job.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from types import FrameType

from . import processes
from .endings import SILENT, TIMEOUT
from .model import CANCELED, Policy
from .writer import Writer

_ASK_SECONDS = 1.0  # between two looks into the database


class Stopping:
    """reason: why it is ended, '' while it is not; seen: processes that were below it then."""

    def __init__(self, job: str, policy: Policy, writer: Writer, wanted: Callable[[], str]) -> None:
        self._job, self._policy, self._writer, self._wanted = job, policy, writer, wanted
        self._begun = self._asked = time.monotonic()
        self._since = 0.0
        self._told: set[str] = set()
        self.reason = ""
        self.killed = False
        self.seen: set[str] = set()

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """SIGTERM to our own process: somebody wants the job to end, now."""
        self._end(CANCELED)

    def poll(self) -> bool:
        """ansible-runner asks whether to kill the group of ansible-playbook. It never raises:
        ansible-runner would leave its child behind."""
        try:
            return self._poll()
        except Exception:
            return self.killed

    def _poll(self) -> bool:
        now = time.monotonic()
        if not self.reason:
            if now - self._begun > self._policy.job_seconds:
                self._end(TIMEOUT)
            elif now - self._writer.last_event > self._policy.idle_seconds:
                self._end(SILENT)
            elif now - self._asked >= _ASK_SECONDS:
                self._asked = now
                if self._wanted():
                    self._end(CANCELED)
        else:
            self._ask_to_end()  # it may not have been there yet when the signal came
            self.killed = self.killed or now - self._since > self._policy.grace_seconds
        return self.killed

    def _end(self, reason: str) -> None:
        if not self.reason:
            self.reason, self._since = reason, time.monotonic()
        self._ask_to_end()

    def _ask_to_end(self) -> None:
        table = processes.parents()
        mains = [pid for pid, parent in table.items() if parent == os.getpid() and self._ours(pid)]
        for pid in {*mains, *processes.below(mains, table)}:
            self.seen.add(processes.identity(pid))
        for pid in mains:
            process = processes.identity(pid)
            if process not in self._told:
                self._told.add(process)
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGTERM)

    def _ours(self, pid: int) -> bool:
        """Whether a child is ansible-playbook: what we inherit as orphans is not its leader."""
        return processes.is_terminal_leader(pid) and processes.is_marked(pid, self._job)
