# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A browser's socket that does not wait for ever, and that two threads may write to."""

from __future__ import annotations

import select
import socket
import threading
from contextlib import suppress
from typing import Any

PATIENCE = 30.0  # seconds without progress
_BUFFER = 256 * 1024  # bytes that wait in the kernel; it would take megabytes of a stalled one


class Wire:
    """The socket as simple-websocket uses it. send() sends all, or ends the connection."""

    def __init__(self, sock: socket.socket, patience: float = PATIENCE) -> None:
        self._sock = sock
        self._patience = patience
        self._lock = threading.Lock()
        with suppress(OSError):  # not every socket has one
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)

    def send(self, data: bytes) -> int:
        """Send everything. Raises TimeoutError when the other side takes nothing for too long."""
        with self._lock:
            view = memoryview(data)
            while view:
                try:
                    view = view[self._sock.send(view, socket.MSG_DONTWAIT) :]
                except BlockingIOError:
                    self._wait()
        return len(data)

    def finish(self) -> None:
        """Say that nothing more comes, after what was sent."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    def end(self) -> None:
        """Hang up, so that whoever reads or writes wakes up."""
        with suppress(OSError):  # it is closed already
            self._sock.shutdown(socket.SHUT_RDWR)

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self._sock, select.POLLOUT)
        if not poll.poll(self._patience * 1000):
            self.end()
            raise TimeoutError("the browser takes nothing any more")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)
