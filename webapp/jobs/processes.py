# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of this machine: which is which, what belongs to a job, and how to end it.

A job's processes are known by a variable in their environment, which every process hands on to
those that it starts. That holds when parents are gone, sessions are new and numbers are reused; a
service that a playbook starts (supervisord, and the gateways below it) is given an environment of
its own, and so is not the job's.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterable

from . import processes_ps

PROC = "/proc"
MARK = "CLAW_PILOT_JOB"
_PR_SET_CHILD_SUBREAPER = 36
_ZOMBIE = ("Z", "X")


def identity(pid: int) -> str:
    """The process and none that ever has its number later: its number, boot and start; '' if gone.

    A zombie is gone.
    """
    stat = _stat(pid)
    return f"{pid} {_boot()} {stat[19]}" if stat and stat[0] not in _ZOMBIE else ""


def alive(process: str) -> bool:
    """Whether the process of an identity() is still there."""
    return bool(process) and identity(pid_of(process)) == process


def pid_of(process: str) -> int:
    """The number in an identity()."""
    return int(process.split(" ", 1)[0])


def send(process: str, number: signal.Signals) -> bool:
    """Send a signal to the process of an identity(); whether it was there."""
    if not alive(process):
        return False
    try:
        os.kill(pid_of(process), number)
    except OSError:
        return False
    return True


def parents() -> dict[int, int]:
    """Every process -> its parent, without zombies."""
    if not _has_proc():
        return processes_ps.parents()
    table = {}
    for pid in _pids():
        stat = _stat(pid)
        if stat and stat[0] not in _ZOMBIE:
            table[pid] = int(stat[1])
    return table


def below(roots: Iterable[int], table: dict[int, int]) -> set[int]:
    """All descendants of the roots, without these."""
    children: dict[int, list[int]] = {}
    for pid, parent in table.items():
        children.setdefault(parent, []).append(pid)
    found: set[int] = set()
    left = list(roots)
    while left:
        for child in children.get(left.pop(), ()):
            if child not in found:
                found.add(child)
                left.append(child)
    return found


def of_job(job: str, seen: Iterable[str] = (), strays: Iterable[int] = ()) -> set[int]:
    """The processes of a job but this one: by their mark, all below these, and of those seen.

    seen: identities that were the job's earlier; strays: processes that stand where only the job's
    can be, among them services that it has started.
    """
    table = parents()
    marked = _marked(job, table)
    known = {pid_of(process) for process in seen if alive(process)}
    lonely = {pid for pid in strays if pid in table and not _serves(pid, table)}
    ours = {os.getpid(), os.getppid()}
    roots = (marked | known | lonely) - ours  # below this process are services as well
    return (roots | below(roots, table)) - ours


def _serves(pid: int, table: dict[int, int]) -> bool:
    """Whether it is a service, or below one: somewhere above is the leader of a session that
    nobody is the parent of any more."""
    while pid > 1 and pid in table and pid != os.getpid():
        stat = _stat(pid)
        orphan = table[pid] in (0, 1, os.getpid()) or table[pid] not in table
        if orphan:
            return bool(stat and int(stat[3]) == pid)
        pid = table[pid]
    return False


def _marked(job: str, table: Iterable[int]) -> set[int]:
    if not _has_proc():
        return processes_ps.with_word(f"{MARK}={job}") & set(table)
    return {pid for pid in table if is_marked(pid, job)}


def is_marked(pid: int, job: str) -> bool:
    """Whether the environment that the process was started with names the job."""
    if not _has_proc():
        return pid in processes_ps.with_word(f"{MARK}={job}")
    try:
        with open(f"{PROC}/{pid}/environ", "rb") as stream:
            words = stream.read().split(b"\0")
    except OSError:
        return False
    return f"{MARK}={job}".encode() in words


def is_terminal_leader(pid: int) -> bool:
    """Whether it leads a session that has a terminal, as what pexpect starts does."""
    stat = _stat(pid)
    return bool(stat) and int(stat[3]) == pid and int(stat[4]) != 0


def end(job: str, seen: Iterable[str] = (), strays: Iterable[int] = (), seconds: float = 5) -> bool:
    """Kill the processes of a job until none is left; whether that was so in time.

    What is killed may just have started another, so it looks again and again.
    """
    deadline = time.monotonic() + seconds
    kept, where = list(seen), list(strays)
    while left := of_job(job, kept, where):
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            return False
        reap()
        time.sleep(0.02)
    reap()
    return True


def reap() -> None:
    """Let go of children that have ended and that this process has inherited."""
    if not is_subreaper:
        return
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


is_subreaper = False


def become_subreaper() -> bool:
    """Have orphans of this process's family become its children, where the system knows that."""
    global is_subreaper
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        is_subreaper = bool(libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)
    return is_subreaper


def _has_proc() -> bool:
    return os.path.isdir(f"{PROC}/self")


def _pids() -> list[int]:
    try:
        return [int(name) for name in os.listdir(PROC) if name.isdigit()]
    except OSError:
        return []


def _stat(pid: int) -> list[str]:
    """The words of /proc/PID/stat behind the name: state, parent, group, session, ... start."""
    if not _has_proc():
        return processes_ps.stat(pid)
    try:
        with open(f"{PROC}/{pid}/stat", encoding="utf-8", errors="replace") as stream:
            return stream.read().rpartition(")")[2].split()
    except OSError:
        return []


def _boot() -> str:
    try:
        with open(f"{PROC}/sys/kernel/random/boot_id", encoding="ascii") as stream:
            return stream.read().strip()
    except OSError:
        return ""
