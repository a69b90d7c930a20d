# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Directory trees that go: looked at as a whole before, then removed without leaving them.

Private to the claw.pilot collection. Python 3.9 or later. For `_host` only, which has the door.

Whoever owns a tree may change it while root removes it. So nothing here goes by a path: each folder
is opened in the one above it, never through a link, and has to lie in the same mount. A bind mount
has the device of what it shows, so that devices alone do not tell.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shlex
import stat
import struct
import time
from collections.abc import Collection, Sequence

from ._hostile import shown
from ._model import ClawPilotError
from ._walk import FOLDER, Folder, Identity, closing, identity, walk

ATTEMPTS, PAUSE = 20, 0.1  # seconds: a process that is just ending may still write
_ESCAPED = re.compile(rb"\\([0-7]{3})")
_MOUNT_POINT = 4  # the place of that field in a line of mountinfo
MOST_NAMED = 500  # characters of a path in a message: a tree may be any number of folders deep
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# ioctl(FS_IOC_GETFLAGS): what chattr sets
_GET_FLAGS = 0x80006601 | struct.calcsize("l") << 16
_IMMUTABLE, _APPEND_ONLY = 0x10, 0x20


def mount_points(table: bytes) -> list[str]:
    """The mount points of /proc/self/mountinfo, where space, tab, newline and \\ are escaped.

    Nothing else is: what other line ends and spaces there are belong to a name.
    """
    lines = (line.split(b" ") for line in table.split(b"\n"))
    places = (fields[_MOUNT_POINT] for fields in lines if len(fields) > _MOUNT_POINT)
    return [os.fsdecode(_ESCAPED.sub(lambda found: bytes([int(found[1], 8)]), p)) for p in places]


def check(paths: Sequence[str], trees: Sequence[str] = ()) -> None:
    """Raise where one of the files and trees could not be removed whole. Changes nothing.

    trees: those of the paths that remove() gets, and that no link may stand for. MOUNT_BELOW: a
    mount point or another file system is at or below one of them; UNSAFE_PATH: a tree is a link;
    NOT_REMOVABLE: something is protected, read-only or in a folder that is not ours to change.
    """
    mounts = mount_points(_mountinfo())
    for path in paths:
        parent, name = os.path.split(path)
        real = os.path.join(os.path.realpath(parent), name)
        for mount in mounts:
            if mount == real or mount.startswith(real + os.sep):
                raise _mounted(mount)
        with contextlib.suppress(FileNotFoundError):  # its gateway may run
            own = os.lstat(real)
            if stat.S_ISLNK(own.st_mode) and path in trees:
                raise linked(path)
            _check_place(real)
            if stat.S_ISDIR(own.st_mode):
                _check_tree(real)


def _mountinfo() -> bytes:
    try:
        with open("/proc/self/mountinfo", "rb") as stream:
            return stream.read()
    except FileNotFoundError:  # elsewhere than on Linux, where devices tell all mounts
        return b""


def _check_place(path: str) -> None:
    """Whether its folder lets it go."""
    folder = os.path.dirname(path)
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        raise _fixed(path, "its file system is read-only")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _fixed(folder, "this user may not change it")
    _check_flags(folder)
    above, own = os.lstat(folder), os.lstat(path)
    sticky = above.st_mode & stat.S_ISVTX and os.geteuid() not in (0, above.st_uid, own.st_uid)
    if sticky:
        raise _fixed(path, "it belongs to somebody else")
    if stat.S_ISREG(own.st_mode):
        _check_flags(path)


def _check_tree(top: str) -> None:
    mount = None
    for folder in walk(top, _unreadable):
        mount = mount or _mount_of(folder.handle)
        if _mount_of(folder.handle) != mount:
            raise _mounted(folder.path)
        _check_handle(folder.handle, folder.path)
        if not folder.empty and not os.access(".", os.W_OK | os.X_OK, dir_fd=folder.handle):
            raise _fixed(folder.path, "this user may not change it")
        for name, status in folder.files:
            if stat.S_ISREG(status.st_mode):
                _check_flags(name, folder)


def _check_flags(path: str, folder: Folder | None = None) -> None:
    """Whether chattr protects it; path: its name where its folder is given."""
    try:
        handle = os.open(path, _FILE, dir_fd=folder.handle if folder else None)
    except OSError:
        return
    try:
        _check_handle(handle, os.path.join(folder.path, path) if folder else path)
    finally:
        os.close(handle)


def _check_handle(handle: int, path: str) -> None:
    """A file system that has no such flags protects nothing."""
    try:
        answer = fcntl.ioctl(handle, _GET_FLAGS, bytes(struct.calcsize("l")))
    except OSError:
        return
    if struct.unpack("i", answer[:4])[0] & (_IMMUTABLE | _APPEND_ONLY):
        raise _fixed(path, "it is protected (chattr)")


def _unreadable(path: str, error: OSError) -> None:
    raise _fixed(path, error.strerror or "it cannot be read")


def rename(path: str, name: str) -> None:
    """Give a file or folder another name where it is; path: resolved, links in it are refused."""
    folder = _opened(os.path.dirname(path))
    with closing(folder):
        os.rename(os.path.basename(path), name, src_dir_fd=folder, dst_dir_fd=folder)


def remove(path: str, owners: Collection[int] = ()) -> None:
    """Remove a tree or a file; path: resolved, links in it are refused.

    owners: uids, of which it has to belong to one; (): to anybody.

    Raises MOUNT_BELOW for what has been mounted since the check, UNSAFE_PATH where somebody puts
    other folders in the place of those here meanwhile, or it is another's, and REMOVE_FAILED.
    """
    parent = _opened(os.path.dirname(path))
    try:
        if owners:
            _check_owner(parent, path, owners)
        for _attempt in range(ATTEMPTS):
            try:
                _remove_from(parent, path)
                return
            except OSError as error:
                if error.errno == errno.EBUSY:
                    raise _mounted(path) from error
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise _failed(path, f"{error.strerror} ({error.filename})") from error
            time.sleep(PAUSE)
        raise _failed(path, "something still writes there")
    finally:
        os.close(parent)


def _check_owner(parent: int, path: str, owners: Collection[int]) -> None:
    with contextlib.suppress(FileNotFoundError):
        own = os.stat(os.path.basename(path), dir_fd=parent, follow_symlinks=False)
        if own.st_uid not in owners:
            raise ClawPilotError(
                "UNSAFE_PATH",
                f"{_named(path)} belongs to another user than what it would go with.",
                "Remove it by hand, if you mean it.",
            )


def _opened(path: str) -> int:
    """A descriptor of the folder, found from the root without any link."""
    folder = os.open(os.sep, FOLDER)
    for name in filter(None, path.split(os.sep)):
        with closing(folder):
            folder = _entered(folder, name, path)
    return folder


def _entered(folder: int, name: str, path: str) -> int:
    try:
        return os.open(name, FOLDER, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise _moved(path) from error
        raise


def _remove_from(parent: int, path: str) -> None:
    """One attempt. However deep the tree is, two folders are open at a time.

    names: what is left in the folder `here`; above: for each folder above it which one it is, what
    is left there, and what the one below is called.
    """
    mount = _mount_of(parent)
    here, names = os.dup(parent), [os.path.basename(path)]
    above: list[tuple[Identity, list[str], str]] = []
    try:
        while names or above:
            if not names:
                wanted, names, name = above.pop()
                outer = os.open(os.pardir, FOLDER, dir_fd=here)
                os.close(here)
                here = outer
                if identity(here) != wanted:
                    raise _moved(path)
                with contextlib.suppress(FileNotFoundError):
                    os.rmdir(name, dir_fd=here)
                continue
            name = names.pop()
            if _unlinked(here, name):
                continue
            inner = _entered(here, name, path)
            above.append((identity(here), names, name))
            os.close(here)
            here = inner
            if _mount_of(here) != mount:
                raise _mounted(os.path.join(os.path.dirname(path), *(one[2] for one in above)))
            names = os.listdir(here)
    finally:
        os.close(here)


def _unlinked(folder: int, name: str) -> bool:
    """Remove it, or say that it is a folder."""
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return True
    except (IsADirectoryError, PermissionError):  # the latter elsewhere than on Linux
        if not stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise
        return False
    return True


def _mount_of(folder: int) -> tuple[int, str]:
    """Device and mount of an open folder."""
    mount = ""
    with contextlib.suppress(FileNotFoundError), open(f"/proc/self/fdinfo/{folder}") as stream:
        mount = next((line for line in stream if line.startswith("mnt_id:")), "")
    return os.fstat(folder).st_dev, mount


def _named(path: str) -> str:
    """A path in a message: one line, however it is called and however deep it lies."""
    return shown(path, MOST_NAMED)


def linked(path: str) -> ClawPilotError:
    """What is said of a link where a folder is to go."""
    return ClawPilotError(
        "UNSAFE_PATH",
        f"{_named(path)} is a symbolic link.",
        "Put the folder itself in its place, or remove both by hand, if you mean it.",
    )


def _mounted(path: str) -> ClawPilotError:
    return ClawPilotError(
        "MOUNT_BELOW",
        f"{_named(path)} is a mount point or another file system: what is in it may be others'.",
        f"Unmount it (umount {_named(shlex.quote(path))}), or move it elsewhere; then try again.",
    )


def _fixed(path: str, why: str) -> ClawPilotError:
    return ClawPilotError(
        "NOT_REMOVABLE",
        f"{_named(path)} cannot be removed: {why}.",
        "Nothing was changed. Remove what protects it, or remove it by hand, then try again.",
    )


def _moved(path: str) -> ClawPilotError:
    return ClawPilotError(
        "UNSAFE_PATH",
        f"Somebody puts other folders or links in the place of {_named(path)} while it is removed.",
        "Stop whatever does that, then try again.",
    )


def _failed(path: str, why: str) -> ClawPilotError:
    return ClawPilotError(
        "REMOVE_FAILED",
        f"{_named(path)} could not be removed whole: {why}.",
        "See who still uses it.",
    )
