# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The effects on a host: files, locks and commands. Nothing else writes or runs anything.

Private to the claw.pilot collection. Python 3.9 or later.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from . import _trees, _walk
from ._json5 import parse
from ._model import ClawPilotError
from ._ports import listener_inodes, parse_listeners
from ._reading import open_regular, read_bounded

PRIVATE_DIR, PRIVATE_FILE = 0o700, 0o600
READ_MAX_BYTES = 64 * 1024 * 1024  # of one file
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class Result:
    """A finished command; code -1 when it ran out of time."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return (self.out + self.err).strip()


class Host:
    """The host that this process runs on, as the user it runs as."""

    _reservations: list[socket.socket] = []  # noqa: RUF012 - they last as long as the process

    def read(self, path: str, named_by: int = 0) -> str | None:
        """Text of the file, or None when there is none; named_by and errors: see read_bounded()."""
        try:
            return read_bounded(path, READ_MAX_BYTES, named_by)[0]
        except (FileNotFoundError, NotADirectoryError):
            return None

    def read_json(self, path: str) -> dict[str, Any] | None:
        """The JSON5 object in the file, or None when there is no file. Raises FILE_MALFORMED."""
        text = self.read(path)
        if text is None:
            return None
        data = parse(text, path)
        if not isinstance(data, dict):
            raise ClawPilotError(
                "FILE_MALFORMED", f"{path} is not a JSON5 object.", "Repair or remove it."
            )
        return data

    def write(self, path: str, text: str, mode: int = PRIVATE_FILE) -> None:
        """Replace the file in one step: a reader sees the old or the new one, whole."""
        folder = os.path.dirname(path)
        try:
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=".claw-pilot-", suffix=".tmp")
            try:
                os.fchmod(handle, mode)
                with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                    stream.write(text)
                    stream.flush()
                    os.fsync(stream.fileno())
                os.replace(temporary, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
                raise
        except OSError as error:
            raise _write_error(path, error) from error

    def new_file(self, path: str, mode: int = PRIVATE_FILE) -> BinaryIO:
        """A file that was not there before, to write to. Raises WRITE_FAILED."""
        try:
            return os.fdopen(os.open(path, _NEW, mode), "wb")
        except OSError as error:
            raise _write_error(path, error) from error

    def write_json(self, path: str, data: Mapping[str, Any]) -> None:
        self.write(path, json.dumps(data, indent=2) + "\n")

    def make_dir(self, path: str, mode: int = PRIVATE_DIR) -> None:
        try:
            os.mkdir(path, mode)
            _change_mode(path, mode)
        except FileExistsError:
            pass
        except OSError as error:
            raise _write_error(path, error) from error

    def link(self, target: str, path: str) -> None:
        """Put a symbolic link in the place of whatever file is at the path."""
        temporary = f"{path}.claw-pilot-{os.getpid()}"
        try:
            os.symlink(target, temporary)
            os.replace(temporary, path)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise _write_error(path, error) from error

    def rename(self, old: str, new: str) -> None:
        os.rename(old, new)

    def remove_file(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(path)

    def set_aside(self, path: str, name: str) -> None:
        """Rename a resolved path within its folder, which no link may lead to."""
        _trees.rename(path, name)

    def remove_tree(self, path: str, below: str) -> None:
        """Remove a directory tree that lies, once resolved, below `below`: a resolved path itself,
        which is not looked at again, for it may be another by then.

        Never through a link or a mount below it; see _trees.remove for the errors.
        """
        real = self._resolved(path)
        if os.path.islink(real):
            raise _trees.linked(path)
        if not real.startswith(below.rstrip(os.sep) + os.sep):
            raise ClawPilotError(
                "UNSAFE_PATH", f"{path} does not lie below {below}.", "Remove it by hand."
            )
        if self.exists(real):
            _trees.remove(real)

    def remove_owned(self, path: str, owners: Collection[int]) -> None:
        """Remove a file, a link or a tree, wherever it is, of one of those users (uids).

        Raises UNSAFE_PATH for one of another user, else as remove_tree.
        """
        real = self._resolved(path)
        if self.exists(real):
            _trees.remove(real, owners)

    def check_removable(self, paths: Sequence[str], trees: Sequence[str] = ()) -> None:
        """Raise where one of these could not be removed whole; see _trees.check."""
        _trees.check(paths, trees)

    def _resolved(self, path: str) -> str:
        """The path with the links above it resolved, not that at its end."""
        folder, name = os.path.split(os.path.abspath(path))
        return os.path.join(os.path.realpath(folder), name)

    def remove_dir_if_empty(self, path: str) -> bool:
        try:
            os.rmdir(path)
        except OSError:
            return False
        return True

    def is_below(self, path: str, parent: str) -> bool:
        real, root = os.path.realpath(path), os.path.realpath(parent)
        return real != root and os.path.commonpath((real, root)) == root

    def exists(self, path: str) -> bool:
        return os.path.lexists(path)

    def mode(self, path: str) -> int | None:
        try:
            return stat.S_IMODE(os.lstat(path).st_mode)
        except OSError:
            return None

    def set_mode(self, path: str, mode: int) -> None:
        """Change the mode of a file or folder that is ours alone; see _change_mode."""
        _change_mode(path, mode)

    def names(self, folder: str) -> list[str]:
        try:
            return sorted(os.listdir(folder))
        except OSError:
            return []

    def size(self, path: str) -> int:
        """Bytes of the file, or of all files below the directory; links are not followed."""
        return _walk.size(path)

    def tail(
        self,
        path: str,
        lines: int = 20,
        most: int = 64 * 1024,
        start: int = 0,
        named_by: int = 0,
    ) -> list[str]:
        """The last lines of a text file, [] when there is none.

        most: bytes to read at the most; start: offset before which nothing is read, unless the
        file has become shorter since; named_by: see read_bounded().
        """
        try:
            with os.fdopen(open_regular(path, named_by), "rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                stream.seek(max(0, size - most, start if start <= size else 0))
                return stream.read(most).decode("utf-8", "replace").splitlines()[-lines:]
        except (OSError, ClawPilotError):
            return []

    def listeners(self) -> frozenset[int]:
        """Listening TCP ports of this host (network namespace)."""
        return parse_listeners(self.read("/proc/net/tcp") or "") | parse_listeners(
            self.read("/proc/net/tcp6") or ""
        )

    def reserve_port(self, port: int) -> bool:
        """Keep a port from other runs on this host, in whatever home, while this process lives.

        An abstract socket: it belongs to the network namespace, as ports do, and leaves nothing.
        """
        reservation = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            reservation.bind(f"\0claw-pilot-port-{port}")
        except OSError as error:
            reservation.close()
            return error.errno != errno.EADDRINUSE  # elsewhere than on Linux there are none
        self._reservations.append(reservation)
        return True

    def owns_listener(self, pid: int, port: int) -> bool | None:
        """Whether that process or one below it listens on the port; None where none can tell."""
        text = (self.read("/proc/net/tcp") or "") + (self.read("/proc/net/tcp6") or "")
        wanted = {f"socket:[{inode}]" for inode in listener_inodes(text, port)}
        if not wanted:
            return None
        processes = [pid]
        for process in processes:
            folder = f"/proc/{process}/fd"
            for name in self.names(folder):
                with contextlib.suppress(OSError):  # one may be closed while we look
                    if os.readlink(os.path.join(folder, name)) in wanted:
                        return True
            children = self.read(f"/proc/{process}/task/{process}/children") or ""
            processes.extend(int(child) for child in children.split())
        return False

    def run(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
        stdin: str = "",
        account: tuple[int, int] | None = None,
        out: BinaryIO | None = None,
    ) -> Result:
        """Run a command in a session of its own; never raises for its exit code.

        account: uid and gid to run it as, which only root can ask for; None or our own: as we are.
        out: where its standard output goes, in the place of the result.
        """
        other = account if account and account[0] != os.geteuid() else None
        try:
            process = subprocess.Popen(
                list(argv),
                env=dict(env) if env is not None else None,
                stdin=subprocess.PIPE,
                stdout=out or subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
                **_as_account(other),
            )
        except OSError as error:
            return Result(127, "", f"{argv[0]}: {error.strerror}")
        try:
            said, err = process.communicate(stdin, timeout=timeout)
            return Result(process.returncode, said or "", err)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, err = _last_words(process)
            return Result(-1, said or "", err + f"\n{argv[0]} ran longer than {timeout:.0f} s")
        except BaseException:  # Ctrl-C, a lost connection: nothing of ours may go on alone
            os.killpg(process.pid, signal.SIGKILL)
            raise

    @contextlib.contextmanager
    def lock(self, path: str, timeout: float = 600) -> Iterator[None]:
        """Hold an exclusive lock on a file or directory that exists; it leaves nothing behind."""
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            deadline = time.monotonic() + timeout
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        raise ClawPilotError(
                            "HOST_BUSY",
                            f"Another run has held the lock on {path} for {timeout:.0f} s.",
                            "Wait for it to end, then try again.",
                        ) from None
                    time.sleep(0.05)
            yield
        finally:
            os.close(handle)


def _change_mode(path: str, mode: int) -> None:
    """Change a mode through no link, neither kind: whoever may write in the folder may put the name
    of another file there, and root would change that. Raises UNSAFE_PATH.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        handle = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _linked(path) from error
        raise
    try:
        status = os.fstat(handle)
        if os.geteuid() == 0 and stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
            raise _linked(path)
        os.fchmod(handle, mode)
    finally:
        os.close(handle)


def _linked(path: str) -> ClawPilotError:
    return ClawPilotError(
        "UNSAFE_PATH",
        f"{path} is a link, or another name of a file that has more than one.",
        "Its mode stays as it is. Put a file of its own there, then try again.",
    )


def _as_account(account: tuple[int, int] | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account[0], "group": account[1], "extra_groups": [], "cwd": "/"}


def _last_words(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What a killed command printed; a child in a session of its own may hold its pipes open."""
    try:
        return process.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        return "", ""


def _write_error(path: str, error: OSError) -> ClawPilotError:
    if isinstance(error, PermissionError):
        hint = "Run as the user who owns it, or prepare the directory with the openclaw_host role."
    elif error.errno == errno.ENOSPC:
        return ClawPilotError(
            "NO_DISK_SPACE", f"{path} cannot be written: the disk is full.", "Free some space."
        )
    else:
        hint = "Check that its directory exists and may be written."
    return ClawPilotError("WRITE_FAILED", f"{path} cannot be written: {error.strerror}.", hint)
