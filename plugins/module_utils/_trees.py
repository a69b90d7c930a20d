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
import stat
import struct
import time
from collections.abc import Iterator, Sequence

from ._model import ClawPilotError

ATTEMPTS, PAUSE = 20, 0.1  # seconds: a process that is just ending may still write
_ESCAPED = re.compile(r"\\([0-7]{3})")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# ioctl(FS_IOC_GETFLAGS): what chattr sets
_GET_FLAGS = 0x80006601 | struct.calcsize("l") << 16
_IMMUTABLE, _APPEND_ONLY = 0x10, 0x20

Identity = tuple[int, int]


def mount_points(text: str) -> list[str]:
    """The mount points of /proc/self/mountinfo, where space, tab, newline and \\ are escaped."""
    fields = (line.split(" ") for line in text.splitlines())
    places = (field[4].encode("utf-8", "surrogateescape").decode("latin-1") for field in fields)
    plain = (_ESCAPED.sub(lambda found: chr(int(found[1], 8)), place) for place in places)
    return [os.fsdecode(place.encode("latin-1")) for place in plain]


def check(paths: Sequence[str]) -> None:
    """Raise where one of the files and trees could not be removed whole. Changes nothing.

    MOUNT_BELOW: a mount point or another file system is at or below one of them; NOT_REMOVABLE:
    something is protected, read-only or in a folder that is not ours to change.
    """
    mounts = mount_points(_mountinfo())
    for path in paths:
        parent, name = os.path.split(path)
        real = os.path.join(os.path.realpath(parent), name)
        for mount in mounts:
            if mount == real or mount.startswith(real + os.sep):
                raise _mounted(mount)
        _check_place(real)
        if stat.S_ISDIR(os.lstat(real).st_mode):
            _check_tree(real)


def _mountinfo() -> str:
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read()
    except FileNotFoundError:  # elsewhere than on Linux, where devices tell all mounts
        return ""


def _check_place(path: str) -> None:
    """Whether its folder lets it go."""
    folder = os.path.dirname(path)
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        raise _fixed(path, "its file system is read-only")
    _check_folder(folder)
    above, own = os.lstat(folder), os.lstat(path)
    sticky = above.st_mode & stat.S_ISVTX and os.geteuid() not in (0, above.st_uid, own.st_uid)
    if sticky:
        raise _fixed(path, "it belongs to somebody else")
    if not stat.S_ISDIR(own.st_mode):
        _check_flags(path, own)


def _check_tree(top: str) -> None:
    device = os.lstat(top).st_dev
    for folder, folders, files in os.walk(top, onerror=_unreadable):
        if os.lstat(folder).st_dev != device:
            raise _mounted(folder)
        if folders or files:
            _check_folder(folder)
        for name in files:
            path = os.path.join(folder, name)
            with contextlib.suppress(FileNotFoundError):  # its gateway may run
                _check_flags(path, os.lstat(path))


def _check_folder(folder: str) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _fixed(folder, "this user may not change it")
    _check_flags(folder, os.lstat(folder))


def _check_flags(path: str, status: os.stat_result) -> None:
    """Whether chattr protects it; a file system that has no such flags protects nothing."""
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        return
    try:
        handle = os.open(path, _FILE)
    except OSError:
        return
    try:
        answer = fcntl.ioctl(handle, _GET_FLAGS, bytes(struct.calcsize("l")))
        if struct.unpack("i", answer[:4])[0] & (_IMMUTABLE | _APPEND_ONLY):
            raise _fixed(path, "it is protected (chattr)")
    except OSError:
        return
    finally:
        os.close(handle)


def _unreadable(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise _fixed(str(error.filename), error.strerror or "it cannot be read")


def remove(path: str) -> None:
    """Remove a tree or a file; path: resolved, links in it are refused.

    Raises MOUNT_BELOW for what has been mounted since the check, UNSAFE_PATH where somebody puts
    other folders in the place of those here meanwhile, and REMOVE_FAILED.
    """
    parent = _opened(os.path.dirname(path))
    try:
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


def _opened(path: str) -> int:
    """A descriptor of the folder, found from the root without any link."""
    folder = os.open(os.sep, _FOLDER)
    for name in filter(None, path.split(os.sep)):
        with _closing(folder):
            folder = _entered(folder, name, path)
    return folder


def _entered(folder: int, name: str, path: str) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=folder)
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
                outer = os.open(os.pardir, _FOLDER, dir_fd=here)
                os.close(here)
                here = outer
                if _identity(here) != wanted:
                    raise _moved(path)
                with contextlib.suppress(FileNotFoundError):
                    os.rmdir(name, dir_fd=here)
                continue
            name = names.pop()
            if _unlinked(here, name):
                continue
            inner = _entered(here, name, path)
            above.append((_identity(here), names, name))
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


def _identity(folder: int) -> Identity:
    status = os.fstat(folder)
    return status.st_dev, status.st_ino


def _mount_of(folder: int) -> tuple[int, str]:
    """Device and mount of an open folder."""
    mount = ""
    with contextlib.suppress(FileNotFoundError), open(f"/proc/self/fdinfo/{folder}") as stream:
        mount = next((line for line in stream if line.startswith("mnt_id:")), "")
    return os.fstat(folder).st_dev, mount


@contextlib.contextmanager
def _closing(folder: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(folder)


def _mounted(path: str) -> ClawPilotError:
    return ClawPilotError(
        "MOUNT_BELOW",
        f"{path} is a mount point or another file system, and what is in it may be others'.",
        f"Unmount it (umount {path}), or move it elsewhere; then try again.",
    )


def _fixed(path: str, why: str) -> ClawPilotError:
    return ClawPilotError(
        "NOT_REMOVABLE",
        f"{path} cannot be removed: {why}.",
        "Nothing was changed. Remove what protects it, or remove it by hand, then try again.",
    )


def _moved(path: str) -> ClawPilotError:
    return ClawPilotError(
        "UNSAFE_PATH",
        f"Somebody puts other folders or links in the place of {path} while it is removed.",
        "Stop whatever does that, then try again.",
    )


def _failed(path: str, why: str) -> ClawPilotError:
    return ClawPilotError(
        "REMOVE_FAILED", f"{path} could not be removed whole: {why}.", "See who still uses it."
    )
