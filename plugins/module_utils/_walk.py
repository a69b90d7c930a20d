# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Walks through directory trees that others may change meanwhile, of any depth, through no link.

Private to the claw.pilot collection. Python 3.9 or later. For `_host` and `_trees` only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FOLDER_ABOVE = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_VANISHED = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)  # gone, or no folder any more

Identity = tuple[int, int]
Problem = Callable[[str, OSError], None]


@dataclass(frozen=True)
class Folder:
    """One of a walk: open as long as it is its turn; what is in it but for folders."""

    handle: int
    path: str
    files: tuple[tuple[str, os.stat_result], ...]
    empty: bool


def walk(top: str, problem: Problem) -> Iterator[Folder]:
    """The folder and every one below it, however deep, through no link.

    What goes or is moved meanwhile is passed over, for its gateway may run; problem: told of what
    cannot be read. However deep it is, four folders are open at a time.
    """
    place = os.path.dirname(top)
    start = os.open(place, FOLDER_ABOVE)
    here, names = os.dup(start), [os.path.basename(top)]
    above: list[tuple[Identity, list[str], str, str]] = []
    try:
        while names or above:
            if not names:
                wanted, names, place, _name = above.pop()
                outer = _risen(here, wanted, start, [one[3] for one in above])
                names = names if outer is not None else []
                here = _swapped(here, outer)
                continue
            name = names.pop()
            path = os.path.join(place, name)
            try:
                inner = os.open(name, FOLDER, dir_fd=here)
            except OSError as error:
                if error.errno not in _VANISHED:
                    problem(path, error)
                continue
            above.append((identity(here), names, place, name))
            here, place = _swapped(here, inner), path
            names, files = _listed(here, path, problem)
            yield Folder(here, path, files, not names and not files)
    finally:
        os.close(here)
        os.close(start)


def _listed(
    folder: int, path: str, problem: Problem
) -> tuple[list[str], tuple[tuple[str, os.stat_result], ...]]:
    """The names of the folders in an open folder, and what else is in it."""
    folders, files = [], []
    try:
        for name in os.listdir(folder):
            with contextlib.suppress(FileNotFoundError):
                status = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if stat.S_ISDIR(status.st_mode):
                    folders.append(name)
                else:
                    files.append((name, status))
    except OSError as error:
        problem(path, error)
    return folders, tuple(files)


def _risen(here: int, wanted: Identity, start: int, names: Sequence[str]) -> int | None:
    """The folder above, opened: by .. or, where that is another by now, again from the start."""
    for place, way in ((here, [os.pardir]), (start, names)):
        with contextlib.suppress(OSError):
            outer = _below(place, way)
            if identity(outer) == wanted:
                return outer
            os.close(outer)
    return None


def _below(start: int, names: Sequence[str]) -> int:
    folder = os.dup(start)
    for name in names:
        with closing(folder):
            folder = os.open(name, FOLDER, dir_fd=folder)
    return folder


def _swapped(old: int, new: int | None) -> int:
    if new is None:
        return old
    os.close(old)
    return new


def size(path: str) -> int:
    """Bytes of the file, or of all files below the folder; links are not followed."""
    own = os.lstat(path)
    if not stat.S_ISDIR(own.st_mode):
        return own.st_size
    return sum(file[1].st_size for folder in walk(path, _passed_over) for file in folder.files)


def _passed_over(path: str, error: OSError) -> None:
    """What cannot be read counts for nothing."""


def identity(folder: int) -> Identity:
    """Which folder an open one is."""
    status = os.fstat(folder)
    return status.st_dev, status.st_ino


@contextlib.contextmanager
def closing(folder: int) -> Iterator[None]:
    """Have the folder closed afterwards."""
    try:
        yield
    finally:
        os.close(folder)
