# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The log files of an instance, with those that were rotated, and whole lines of them. Reads only.

Private to the claw.pilot collection. Python 3.9 or later. OpenClaw renames gateway.log to
gateway.1.log and on to gateway.5.log, supervisor console.log to console.log.1 and on.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, BinaryIO

from ._model import ClawPilotError
from ._reading import open_regular
from ._state_files import namer

MAX_BYTES = 8 * 1024 * 1024  # of one answer
CHUNK_BYTES = 256 * 1024
MAX_ARCHIVES = 10
LOG, CONSOLE = "log", "console"
_TEMPORARY = "/tmp"
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}\.log\Z")


@dataclass(frozen=True)
class LogFile:
    """An open log file. size: in bytes, when it was opened."""

    kind: str
    path: str
    stream: BinaryIO
    inode: int
    size: int


def opened(instance: Mapping[str, Any], stack: ExitStack) -> list[LogFile]:
    """The log files of an instance, the newest last; the console's come before OpenClaw's own.

    stack: what closes them. Raises LOG_NOT_FOUND or FILE_UNREADABLE.
    """
    named, console = str(instance.get("log_path") or ""), str(instance["console_log_path"] or "")
    state_dir, told_by = str(instance["state_dir"]), int(instance["told_by"])
    # From the newest to the oldest: what is renamed meanwhile is then met twice, never missed.
    logs: dict[int, LogFile] = {}
    for kind, path in ((LOG, named), (CONSOLE, console)):
        named_by = namer(path, state_dir, told_by) if kind == LOG else told_by
        for log in _family(kind, path, -1, named_by, stack):
            logs.setdefault(log.inode, log)
        if kind == LOG and not named:
            for dated, owner in _dated(state_dir):
                for log in _family(LOG, dated, owner, told_by, stack):
                    logs.setdefault(log.inode, log)
    if not logs:
        raise _nothing(instance)
    return list(logs.values())[::-1]


def _nothing(instance: Mapping[str, Any]) -> ClawPilotError:
    slug, service = str(instance["slug"]), instance["service"]
    if service["manager"] == "docker":
        message = f"{slug!r} keeps its log in its container."
        return ClawPilotError("LOG_NOT_FOUND", message, f"Run: docker logs {service['name']}")
    message = f"{slug!r} has no log yet."
    return ClawPilotError("LOG_NOT_FOUND", message, f"Start it first: claw-pilot start {slug}")


def _dated(state_dir: str) -> list[tuple[str, int]]:
    """OpenClaw's default, a file for each day by profile, the newest first; and who has to own it.

    Everybody can put files into /tmp: only those of the instance's user are its logs.
    """
    try:
        owner = os.stat(state_dir or "/").st_uid
    except OSError:
        return []
    profile = os.path.basename(state_dir).partition(".openclaw-")[2]
    prefix = f"openclaw-{profile}" if profile else "openclaw"
    found = []
    for folder in ("openclaw", f"openclaw-{owner}"):
        start = os.path.join(_TEMPORARY, folder, prefix)
        paths = glob.glob(glob.escape(start) + "-*.log")
        found += [path for path in paths if _DATED.match(path, len(start))]
    return [(path, owner) for path in sorted(found, key=os.path.basename, reverse=True)]


def _family(kind: str, path: str, owner: int, named_by: int, stack: ExitStack) -> Iterator[LogFile]:
    """A log and what it was rotated to, the newest first.

    owner: its uid, -1 for anybody; named_by: whose config names it, 0 where we know it ourselves.
    """
    if not path:
        return
    base, extension = os.path.splitext(path)
    names = [[f"{base}.{n}{extension}", f"{path}.{n}"] for n in range(1, MAX_ARCHIVES + 1)]
    for candidate in (path, *(name for both in names for name in both)):
        try:
            log = _open(kind, candidate, owner, named_by, stack)
        except ClawPilotError:
            if candidate == path:
                raise
            continue
        if log:
            yield log


def _open(kind: str, path: str, owner: int, named_by: int, stack: ExitStack) -> LogFile | None:
    """None for what is not there, and for what is no regular file."""
    try:
        handle = open_regular(path, named_by)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ClawPilotError as error:
        if error.code == "NOT_A_FILE":
            return None
        raise
    stream = stack.enter_context(os.fdopen(handle, "rb"))
    status = os.fstat(handle)
    theirs = owner in (-1, status.st_uid)
    return LogFile(kind, path, stream, status.st_ino, status.st_size) if theirs else None


def _read(log: LogFile, offset: int, most: int) -> bytes:
    log.stream.seek(offset)
    return log.stream.read(min(most, log.size - offset))


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r")


def _left_out(size: int) -> str:
    return f"(A line of {size} bytes or more was left out.)"


def end_of_lines(log: LogFile) -> int:
    """Where the first line begins that is not whole."""
    position = log.size
    while position > 0:
        start = max(0, position - CHUNK_BYTES)
        found = _read(log, start, position - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        position = start
    return 0


def lines_before(log: LogFile, end: int, most: int) -> Iterator[str]:
    """The lines that end there or before, the last one first, of at most that many bytes."""
    position, rest, nothing = end, b"", True
    while position > 0 and end - position < most:
        step = min(CHUNK_BYTES, position)
        position -= step
        rest, *whole = (_read(log, position, step) + rest).split(b"\n")
        for line in reversed(whole):
            if line.strip():
                nothing = False
                yield _text(line)
    if position == 0 and rest.strip():
        yield _text(rest)
    elif position > 0 and nothing:
        yield _left_out(len(rest))


def lines_after(log: LogFile, offset: int, most: int, finished: bool) -> tuple[list[str], int]:
    """Whole lines from there on, of at most that many bytes, and where the next one begins.

    finished: nothing is added to it any more, so that its end ends a line.
    """
    data = _read(log, offset, most)
    reached = offset + len(data)
    complete = finished and reached == log.size
    end = reached if complete else offset + data.rfind(b"\n") + 1
    if end == offset and len(data) == MAX_BYTES:
        return _passed_over(log, offset)
    whole = data[: end - offset].split(b"\n")
    return [_text(line) for line in whole if line.strip()], end


def _passed_over(log: LogFile, offset: int) -> tuple[list[str], int]:
    """Beyond a line that is too long for an answer; nothing while its end is not written."""
    position = offset
    while position < log.size:
        data = _read(log, position, CHUNK_BYTES)
        found = data.find(b"\n")
        if found >= 0:
            end = position + found + 1
            return [_left_out(end - offset)], end
        position += len(data)
    return [], offset
