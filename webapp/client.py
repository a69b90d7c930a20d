# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client of the server: its socket, and what has come of its next request."""

from __future__ import annotations

import re
import socket
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from gunicorn.workers.gthread import TConn

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MOST_HEAD = 32 * 1024  # bytes of a request without its body
SMALL_BODY = 64 * 1024  # bytes; what is larger is read by the thread that wants it
_CHUNK = 64 * 1024
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*0*([0-9]+)[ \t]*\r\n", re.IGNORECASE)
_DIGITS = 18  # more are more than anybody may send, and int() does not take any number of them
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class ClientSocket(socket.socket):
    """A socket on which no thread waits for long.

    What the client does not take at once of an answer stays in `left`, for the server's loop.
    until: when a thread stops to wait for more of a request (monotonic); None for never. spare: the
    seconds that it may wait once who asks is known, None for no end. is_shared: whether it became a
    live connection, from which another thread reads.
    """

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(fileno=accepted.detach())
        self.left: deque[memoryview] = deque()
        self.until: float | None = 0.0
        self.spare: float | None = 0.0
        self.is_shared = False

    def allow(self) -> None:
        """Who asks is known and may: from now on what is spare may be waited for."""
        self.until = None if self.spare is None else time.monotonic() + self.spare

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Raises TimeoutError when nothing comes in time."""
        wait = None if self.until is None else max(0.0, self.until - time.monotonic())
        self.settimeout(wait)
        try:
            return super().recv(size, flags)
        except BlockingIOError:
            raise TimeoutError("the rest of the request did not come") from None

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        if flags:  # live.wire, which knows how to wait
            self.is_shared = True
            return super().send(data, flags)
        self.sendall(data)
        return len(memoryview(data))

    def sendall(self, data: ReadableBuffer, flags: int = 0) -> None:
        """Send what the client takes now, and keep the rest."""
        self.left.append(memoryview(data).cast("B"))
        self.flush()

    def flush(self) -> bool:
        """Send what the client takes now; whether that was all. Raises OSError."""
        self.settimeout(0.0)
        while self.left:
            try:
                sent = super().send(self.left[0])
            except BlockingIOError:
                return False
            self.left[0] = self.left[0][sent:]
            if not self.left[0]:
                self.left.popleft()
        return True

    def take(self) -> bytes | None:
        """What has come; empty at its end, None when nothing has. Raises OSError."""
        self.settimeout(0.0)
        try:
            return super().recv(_CHUNK)
        except BlockingIOError:
            return None


class Client(TConn):
    """gunicorn's connection, with what the loop has to know of it.

    place: where it comes from; since: when it began to wait for what it waits for now; until: when
    that is over (both monotonic); head: what has come of a request.
    """

    def __init__(self, cfg: Any, accepted: socket.socket, address: Any, server: Any, place: str):
        super().__init__(cfg, ClientSocket(accepted), address, server)
        self.init()
        self.place = place
        self.since = self.until = time.monotonic()
        self.head = bytearray()
        self.keep = False
        self.is_live = False
        self.drained = 0
        self._continued = False

    @property
    def is_whole(self) -> bool:
        """Whether a thread can answer without waiting for the client, but for a large body."""
        end = self.head.find(_END)
        if end < 0:
            return False
        size = self._length(end)
        missing = end + len(_END) + size - len(self.head)
        if size > SMALL_BODY or missing <= 0:
            return True
        if not self._continued and _EXPECT.search(self.head, 0, end + 2):
            self._continued = True
            self.sock.sendall(_CONTINUE)
        return False

    @property
    def is_large(self) -> bool:
        """Whether it says that it has a body that the loop does not gather."""
        end = self.head.find(_END)
        return self._length(end) > SMALL_BODY or bool(_CHUNKED.search(self.head, 0, end + 2))

    def _length(self, end: int) -> int:
        """Bytes of the body, 0 where none is understood: then no thread waits for any."""
        found = _LENGTH.search(self.head, 0, end + 2)
        return int(found[1][:_DIGITS]) if found else 0

    @property
    def is_too_long(self) -> bool:
        return len(self.head) > MOST_HEAD and self.head.find(_END, 0, MOST_HEAD) < 0

    def give(self) -> None:
        """Hand what has come to gunicorn's parser."""
        live = bytes(self.head[:8])
        self.is_live = live in (b"GET /ws ", b"GET /ws?")
        self.parser.unreader.unread(bytes(self.head))
        self.head.clear()
        self._continued = False

    def take_back(self) -> None:
        """Take what the parser has of the next request."""
        self.head += self.parser.unreader.take_buffered()
