# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Open files that may be anybody's: regular and bounded, and not what their giver may not read.

Private to the claw.pilot collection. Python 3.9 or later. Who runs this as root would read all for
everybody: a link in a home to /etc/shadow, a hard link, a log file that a config names. As root, a
path is therefore followed step by step, and whoever has put a link or a name in the way has to be
able to read what is at its end; what the kernel tells in /proc and /sys, nobody names or links.
"""

from __future__ import annotations

import errno
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from ._model import ClawPilotError

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_STEP = getattr(os, "O_PATH", 0) | os.O_NOFOLLOW | os.O_CLOEXEC  # without opening it
_ROOT = os.sep
_MOST_LINKS = 40
NOBODY = 65534  # who has no more rights than everybody
_KERNEL = ("/proc", "/sys")  # whose files say more to root than their modes tell


def read_bounded(path: str, most: int, named_by: int = 0) -> tuple[str, os.stat_result]:
    """Text and status of a regular file of at most that many bytes.

    named_by: the uid whose config, service or process names this path, 0 where we know it
    ourselves: for others it is read only as far as they may read it.
    Raises FILE_UNREADABLE, NOT_A_FILE or FILE_TOO_LARGE; where there is no such path
    FileNotFoundError or NotADirectoryError.
    """
    handle = open_regular(path, named_by)
    try:
        status = os.fstat(handle)
        if status.st_size > most:
            raise ClawPilotError(
                "FILE_TOO_LARGE",
                f"{path} has {status.st_size} bytes; more than {most} are not read.",
                "See what has written it.",
            )
        data = b""
        while len(data) < most and (more := os.read(handle, most - len(data))):
            data += more
    except OSError as error:
        raise unreadable(path, error) from error
    finally:
        os.close(handle)
    return data.decode("utf-8", "replace"), status


def open_regular(path: str, named_by: int = 0) -> int:
    """A descriptor of the file, to be closed. Raises as read_bounded()."""
    try:
        if os.geteuid() == 0 and hasattr(os, "O_PATH"):
            return _Walk(path, named_by).opened()
        # Before it is opened: that alone may set off a device, or let go who writes to a pipe.
        _check_regular(path, os.stat(path))
        handle = os.open(path, _FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        _check_regular(path, os.fstat(handle))
    except ClawPilotError:
        os.close(handle)
        raise
    return handle


def unreadable(path: str, error: OSError) -> ClawPilotError:
    """Why a path cannot be read, in a sentence."""
    words = os.strerror(error.errno) if error.errno else str(error)
    hint = "Run as root, or as its owner." if error.errno in (errno.EACCES, errno.EPERM) else ""
    return ClawPilotError("FILE_UNREADABLE", f"{path} cannot be read: {words}.", hint)


def _check_regular(path: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ClawPilotError("NOT_A_FILE", f"{path} is no regular file.", "Remove it.")


class _Walk:
    """One path, as root follows it: by descriptors, so that nothing is exchanged on the way."""

    def __init__(self, path: str, named_by: int) -> None:
        self.path = path
        self._givers = {named_by} - {0}
        self._met: list[os.stat_result] = []  # folders that lead there
        self._links = 0

    def opened(self) -> int:
        folder = os.open(_ROOT, _STEP)
        todo = [name for name in os.path.abspath(self.path).split(os.sep) if name][::-1]
        try:
            while todo:
                name = todo.pop()
                step = os.open(name, _STEP, dir_fd=folder)
                status = os.fstat(step)
                if stat.S_ISLNK(status.st_mode):
                    target = self._followed(step, status, os.fstat(folder))
                    todo += [part for part in target.split(os.sep) if part not in ("", ".")][::-1]
                    if target.startswith(os.sep):
                        os.close(folder)
                        folder = os.open(_ROOT, _STEP)
                elif todo:
                    self._met.append(os.fstat(folder))
                    os.close(folder)
                    folder = step
                else:
                    return self._file(step, status, os.fstat(folder))
            raise ClawPilotError("NOT_A_FILE", f"{self.path} is no regular file.", "Remove it.")
        finally:
            os.close(folder)

    def _followed(self, step: int, status: os.stat_result, folder: os.stat_result) -> str:
        """Where a link leads; whoever owns its folder may have moved it there."""
        try:
            target = os.readlink("", dir_fd=step)
        finally:
            os.close(step)
        self._links += 1
        if self._links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        self._givers |= {status.st_uid, folder.st_uid} - {0}
        return target

    def _file(self, step: int, status: os.stat_result, folder: os.stat_result) -> int:
        try:
            _check_regular(self.path, status)
            self._met.append(folder)
            # A name may be given to what is somebody else's, and be the only one left of it.
            givers = self._givers | ({folder.st_uid} - {0, status.st_uid})
            if status.st_nlink > 1 and folder.st_mode & 0o022:  # of whoever can write here
                givers |= {NOBODY}
            if not all(self._may_read(uid, status) for uid in givers) or self._is_kernels():
                raise ClawPilotError(
                    "FILE_UNREADABLE",
                    f"{self.path} leads to a file that whoever put it there may not read.",
                    "See who made the link, or named that file.",
                )
            return os.open(f"/proc/self/fd/{step}", _FLAGS)
        finally:
            os.close(step)

    def _is_kernels(self) -> bool:
        """Whether somebody names or links what the kernel tells to whoever opens it: to us."""
        return bool(self._givers) and not _kernel_devices().isdisjoint(
            folder.st_dev for folder in self._met
        )

    def _may_read(self, uid: int, status: os.stat_result) -> bool:
        return _may(uid, status, 4) and all(_may(uid, folder, 1) for folder in self._met)


@lru_cache(maxsize=1)
def _kernel_devices() -> frozenset[int]:
    return frozenset(os.stat(path).st_dev for path in _KERNEL if os.path.isdir(path))


def _may(uid: int, status: os.stat_result, right: int) -> bool:
    """Whether the mode gives that user the right: 4 to read, 1 to enter."""
    if uid == status.st_uid:
        return bool(status.st_mode >> 6 & right)
    if status.st_gid in _groups(uid):
        return bool(status.st_mode >> 3 & right)
    return bool(status.st_mode & right)


@lru_cache(maxsize=256)
def _groups(uid: int) -> frozenset[int]:
    return frozenset(_listed_groups(uid))


def _listed_groups(uid: int) -> Iterator[int]:
    with suppress(KeyError, OSError, OverflowError):
        entry = pwd.getpwuid(uid)
        yield from os.getgrouplist(entry.pw_name, entry.pw_gid)
