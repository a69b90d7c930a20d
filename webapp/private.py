# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in the home is for its user alone, also what an earlier umask or a copy has left open."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

_OTHERS = 0o077


def tighten(home: Path) -> None:
    """Take the rights of all others from every file and folder of ours below. Links stay."""
    for _folder, _folders, files, handle in os.fwalk(home, follow_symlinks=False):
        _close(handle)
        for name in files:
            with contextlib.suppress(OSError):  # it went, or is a link, or a socket
                _close_file(name, handle)


def _close_file(name: str, folder: int) -> None:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(name, flags, dir_fd=folder)
    try:
        _close(descriptor)
    finally:
        os.close(descriptor)


def _close(descriptor: int) -> None:
    found = os.fstat(descriptor)
    ours = found.st_uid == os.geteuid()
    plain = stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink == 1)
    if ours and plain and found.st_mode & _OTHERS:
        os.fchmod(descriptor, stat.S_IMODE(found.st_mode) & ~_OTHERS)
