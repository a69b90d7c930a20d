# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job came to: its state and, in sentences, why. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ...plugins.module_utils._model import ClawPilotError
from .model import CANCELED, FAILED, SUCCESSFUL, UNREACHABLE, Data

TIMEOUT, SILENT = "timeout", "silent"  # why a run was ended, beside CANCELED
_AGAIN = "Open the instance to see how it is, then run the job again: it goes on where it has to."
_COUNTERS = ("ok", "changed", "failures", "unreachable", "skipped")


@dataclass(frozen=True)
class Run:
    """How ansible-playbook ended.

    code: its exit code, None when a signal ended it; document: of the result callback, {} without;
    reason: why we ended it, '' when we did not; by: who wanted that; said: its last words when it
    had no document; hosts: those that have to be in the result.
    """

    code: int | None
    document: Data = field(default_factory=dict)
    reason: str = ""
    by: str = ""
    said: str = ""
    hosts: Sequence[str] = ()


@dataclass(frozen=True)
class Ending:
    """state: one of the model's; the rest as columns of a job."""

    state: str
    failures: list[Data]
    stats: dict[str, Data]
    result: Data
    warnings: list[str]


def ending(run: Run) -> Ending:
    """The end of a job. An exit code of 0 is not yet a success: hosts have to have done it."""
    hosts: dict[str, Data] = run.document.get("hosts") or {}
    failures = [dict(f) for f in run.document.get("failures") or []]
    state, more = _state(run, hosts, failures)
    return Ending(
        state=state,
        failures=failures + more,
        stats={
            host: {name: each.get(name, 0) for name in _COUNTERS} for host, each in hosts.items()
        },
        result=dict(run.document.get("result") or {}),
        warnings=[str(word) for word in run.document.get("warnings") or []],
    )


def _state(run: Run, hosts: dict[str, Data], failures: list[Data]) -> tuple[str, list[Data]]:
    done = run.code == 0 and _went_well(hosts, run.hosts)
    if done:
        return SUCCESSFUL, []  # also when it was to be ended, and was faster
    if run.reason:
        words = {CANCELED: canceled(run.by), TIMEOUT: timed_out(), SILENT: silent()}
        return CANCELED if run.reason == CANCELED else FAILED, [words[run.reason]]
    if any(host["failures"] for host in hosts.values()):
        return FAILED, [] if failures else [unexplained(run)]
    if any(host["unreachable"] for host in hosts.values()):
        return UNREACHABLE, []
    if run.code == 0:
        missing = [host for host in run.hosts if host not in hosts]
        return FAILED, [no_host(missing)]
    return FAILED, [unexplained(run)]


def _went_well(hosts: dict[str, Data], expected: Sequence[str]) -> bool:
    bad = any(host["failures"] or host["unreachable"] for host in hosts.values())
    return bool(hosts) and not bad and all(host in hosts for host in expected)


def _told(error: ClawPilotError, **more: Any) -> Data:
    return {"host": "", "task": "", **error.as_dict(), **more}


def canceled(by: str) -> Data:
    return _told(
        ClawPilotError(
            "JOB_CANCELED",
            f"{by or 'Somebody'} has canceled it. What it had begun may be half done.",
            _AGAIN,
        )
    )


def timed_out() -> Data:
    return _told(ClawPilotError("JOB_TIMEOUT", "It took too long, and was ended.", _AGAIN))


def silent() -> Data:
    return _told(
        ClawPilotError("JOB_SILENT", "It said nothing for too long, and was ended.", _AGAIN)
    )


def lost(host: str, said: str = "") -> Data:
    """For a job whose process is gone without a word; said: its last line, if there is one."""
    last = f" Its last words: {said}" if said else ""
    return _told(
        ClawPilotError(
            "JOB_LOST",
            f"Its process has ended before the playbook was done, as when the machine restarts."
            f" Nobody knows how far it came.{last}",
            _AGAIN,
        ),
        host=host,
    )


def not_started(why: str) -> Data:
    return _told(
        ClawPilotError(
            "JOB_NOT_STARTED",
            f"Its process could not be started: {why}.",
            "Check the memory and the disk of this machine, then run it again.",
        )
    )


def broken(why: str) -> Data:
    return _told(
        ClawPilotError(
            "JOB_BROKEN",
            f"What runs the playbook has failed: {why}",
            "Run the command line that the job shows by hand; it tells more.",
        )
    )


def no_host(missing: Sequence[str]) -> Data:
    which = f" ({', '.join(missing)})" if missing else ""
    return _told(
        ClawPilotError(
            "JOB_NO_HOST",
            f"The playbook ran, but not on the host that it was for{which}.",
            "Check that the inventory has the host under that name.",
        )
    )


def unexplained(run: Run) -> Data:
    how = "by a signal" if run.code is None else f"with code {run.code}"
    said = f" It said: {run.said}" if run.said else ""
    return _told(
        ClawPilotError(
            "PLAYBOOK_FAILED",
            f"ansible-playbook ended {how} without a result.{said}",
            "Its output shows how far it came.",
        )
    )
