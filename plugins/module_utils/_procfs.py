# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Processes and listening sockets of this host, from /proc. Reads only, starts nothing.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ._commands import gateway_command, is_gateway
from ._ports import Listener, parse_sockets
from ._sightings import Process

PROC = "/proc"
_INIT = 1
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MOST = 1 << 20


@dataclass(frozen=True)
class _Stat:
    pid: int
    parent: int
    ticks: int
    started: int
    pages: int


def _read(path: str) -> str:
    """The text of a file of /proc, '' when the process is gone or not ours to read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read(_MOST)
    except OSError:
        return ""


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def pids() -> list[int]:
    """All processes that can be seen."""
    try:
        return [int(name) for name in os.listdir(PROC) if name.isdigit()]
    except OSError:
        return []


def gateways(table: ProcessTable) -> list[Process]:
    """All OpenClaw gateways among the processes; a launcher above a gateway is not one itself."""
    found = {
        pid: table.process(pid, argv)
        for pid in table.pids
        for argv in [arguments(pid)]
        if is_gateway(argv)
    }
    below: dict[int, list[Process]] = {}
    for process in found.values():
        below.setdefault(table.parent(process.pid), []).append(process)
    return [p for p in found.values() if not any(_launched(p, c) for c in below.get(p.pid, ()))]


def _launched(parent: Process, child: Process) -> bool:
    """Whether the parent only stands for the child: an agent may start another gateway, too."""
    places = [_state_dir(process) for process in (parent, child)]
    return places[0] == places[1] or not all(places)


def _state_dir(process: Process) -> str:
    command = gateway_command(process.argv, process.environment or {}, "", process.cwd)
    return command.state_dir if command.told else ""


def arguments(pid: int) -> tuple[str, ...]:
    """The command line; a program that has changed its title gives one word."""
    text = _read(f"{PROC}/{pid}/cmdline").rstrip("\0 ")
    return tuple(text.split("\0")) if text else ()


class ProcessTable:
    """Who is whose parent, read once."""

    def __init__(self) -> None:
        self._stats = {s.pid: s for pid in pids() for s in [_stat(pid)] if s}
        self._children: dict[int, list[int]] = {}
        for stat in self._stats.values():
            self._children.setdefault(stat.parent, []).append(stat.pid)
        words = _read(f"{PROC}/uptime").split()
        self._uptime = float(words[0]) if words else 0.0
        self._own_container = _container_of(_read(f"{PROC}/self/cgroup"))

    @property
    def pids(self) -> Iterable[int]:
        return self._stats

    @property
    def is_whole(self) -> bool:
        """Whether all processes can be seen, and not just our own (hidepid)."""
        return _INIT in self._stats

    def parent(self, pid: int) -> int:
        stat = self._stats.get(pid)
        return stat.parent if stat else 0

    def alive(self, pid: int, started: int, uid: int) -> bool:
        """Whether it is still the process that was started then (clock ticks after boot).

        started 0: nobody knows when; uid: who says that it is theirs.
        """
        stat = self._stats.get(pid)
        return stat is not None and started in (0, stat.started) and uid == _uid(pid)

    def uid(self, pid: int) -> int:
        """Whose process it is, -1 of none that is known."""
        return _uid(pid) if pid in self._stats else -1

    def family(self, pid: int) -> list[int]:
        """The process and all below it."""
        found = [pid]
        for one in found:
            found.extend(self._children.get(one, ()))
        return found

    def process(self, pid: int, argv: tuple[str, ...]) -> Process:
        stats = [s for p in self.family(pid) for s in [self._stats.get(p)] if s]
        started = self._stats[pid].started
        cgroup = _read(f"{PROC}/{pid}/cgroup")
        unit, scope = unit_of(cgroup)
        return Process(
            pid=pid,
            uid=_uid(pid),
            argv=argv,
            environment=environment_of(pid),
            cwd=_link(f"{PROC}/{pid}/cwd"),
            started=started,
            uptime_seconds=max(0, int(self._uptime - started / _TICKS)),
            memory_bytes=sum(s.pages for s in stats) * _PAGE,
            cpu_seconds=round(sum(s.ticks for s in stats) / _TICKS, 2),
            unit=unit,
            scope=scope,
            container=self._container(pid, cgroup),
        )

    def _container(self, pid: int, cgroup: str) -> str:
        """The container that the process is in and we are not; '' for none."""
        found = _container_of(cgroup)
        if found and found != self._own_container:
            return found
        # A process has one number in each namespace of processes that it is in, seen from ours.
        numbers = _NAMESPACES.search(_read(f"{PROC}/{pid}/status"))
        return UNNAMED if numbers and len(numbers.group(1).split()) > 1 else ""


def _stat(pid: int) -> _Stat | None:
    words = _read(f"{PROC}/{pid}/stat").rpartition(")")[2].split()
    if len(words) < 22 or words[0] == "Z":
        return None
    return _Stat(
        pid=pid,
        parent=int(words[1]),
        ticks=int(words[11]) + int(words[12]),
        started=int(words[19]),
        pages=int(words[21]),
    )


def _uid(pid: int) -> int:
    try:
        return os.stat(f"{PROC}/{pid}").st_uid
    except OSError:
        return -1


def environment_of(pid: int) -> dict[str, str] | None:
    """The environment that a process was started with, None where it may not be read."""
    try:
        with open(f"{PROC}/{pid}/environ", "rb") as stream:
            text = stream.read(_MOST).decode("utf-8", "replace")
    except OSError:
        return None
    return dict(entry.partition("=")[::2] for entry in text.split("\0") if "=" in entry)


_USER_UNIT = re.compile(r"/user@\d+\.service/(?:.*/)?(?P<unit>[^/]+\.service)")
_SYSTEM_UNIT = re.compile(r"/system\.slice/(?:.*/)?(?P<unit>[^/]+\.service)")


UNNAMED = "unnamed"  # a container that the control group does not name
_NAMESPACES = re.compile(r"^NSpid:(.*)$", re.MULTILINE)
_CONTAINER = re.compile(r"(?:docker|libpod|containerd|crio|cri)\S*?(?P<id>[0-9a-f]{64})")


def _container_of(cgroup: str) -> str:
    found = _CONTAINER.search(cgroup)
    return found.group("id") if found else ""


def unit_of(cgroup: str) -> tuple[str, str]:
    """(unit, scope) of systemd from the text of /proc/PID/cgroup, ('', '') for none."""
    for pattern, scope in ((_USER_UNIT, "user"), (_SYSTEM_UNIT, "system")):
        found = pattern.search(cgroup)
        if found:
            return found.group("unit"), scope
    return "", ""


def listeners() -> list[Listener]:
    """All listening TCP sockets of this network namespace."""
    return parse_sockets(_read_whole(f"{PROC}/net/tcp")) + parse_sockets(
        _read_whole(f"{PROC}/net/tcp6")
    )


def _read_whole(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def sockets_of(processes: Iterable[int]) -> set[str] | None:
    """Inodes of the sockets that these processes hold; None where none of them may be asked."""
    inodes: set[str] = set()
    readable = False
    for pid in processes:
        with contextlib.suppress(OSError):
            names = os.listdir(f"{PROC}/{pid}/fd")
            readable = True
            links = (_link(f"{PROC}/{pid}/fd/{name}") for name in names)
            inodes |= {link[8:-1] for link in links if link.startswith("socket:[")}
    return inodes if readable else None


def holders(inodes: Collection[str], table: ProcessTable) -> dict[str, int]:
    """Which process holds each of these sockets; those that may not be asked are left out."""
    found: dict[str, int] = {}
    for pid in table.pids:
        for inode in (sockets_of([pid]) or set()) & set(inodes):
            found.setdefault(inode, pid)
    return found
