# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""gunicorn's threaded worker, in which nobody holds a thread, or the loop, by being slow.

The loop gathers requests and gives a thread only what is there; it sends what a client did not
take at once, and waits for it to go. Live connections have threads of their own. All that waits
has a time limit, and when there is no room, what has waited longest makes room.
"""

from __future__ import annotations

import errno
import json
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from .client import Client
from .doors.address import is_within, place
from .live.hub import MOST as MOST_LIVE

MOST_CLIENTS = 400  # at once; a process may have 1024 files where nobody says more
MOST_OF_ONE = 100  # of one address; live ones apart
MANY = ("127.0.0.0/8", "::1/128")  # behind these, and behind proxies, are many: no limit of one
SPARE_LIVE = 10  # threads to refuse live connections with
HEAD_SECONDS = 10.0  # that a request may take to come, but for a large body
BODY_SECONDS = 120.0  # that a large body may take, of somebody who is known
SEND_SECONDS = 120.0  # that a client may take for an answer
LINGER_SECONDS = 5.0  # that a client gets to read why it was refused, while it still sends
MOST_DRAINED = 64_000_000  # bytes that are thrown away meanwhile
_NONE_LEFT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_NOBODY = (errno.EAGAIN, errno.ECONNABORTED)
_STATUS: Sequence[tuple[type[Exception], int, str]] = (
    (errors.LimitRequestLine, 414, "URI Too Long"),
    (errors.LimitRequestHeaders, 431, "Request Header Fields Too Large"),
    (errors.ExpectationFailed, 417, "Expectation Failed"),
    (errors.UnsupportedTransferCoding, 501, "Not Implemented"),
    (errors.ParseException, 400, "Bad Request"),
)


class Worker(ThreadWorker):
    """Reads settings.trusted_proxies and services of the app, which is serve.Server."""

    def init_process(self) -> None:
        self.waiting: set[Client] = set()
        self.places: Counter[str] = Counter()
        self.live_pool = ThreadPoolExecutor(MOST_LIVE + SPARE_LIVE, "live")
        super().init_process()

    def handle_exit(self, sig: int, frame: Any) -> None:
        if self.alive:
            self.method_queue.defer(self._hang_up)
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: Any) -> None:
        self._hang_up()
        super().handle_quit(sig, frame)

    def accept(self, listener: socket.socket) -> None:
        """Take a client in, when there is room for it or can be made."""
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno in _NONE_LEFT:
                self._make_room(self.waiting)
            elif error.errno not in _NOBODY:
                raise
            return
        where = place(address[0])
        if not self._has_room(address[0], where):
            accepted.close()
            return
        client = Client(self.cfg, accepted, address, listener.getsockname(), where)
        self.nr_conns += 1
        self.places[where] += 1
        self._expect(client, HEAD_SECONDS)

    def enqueue_req(self, conn: Client) -> None:
        """Give the request to a thread, which waits for no more of it until who asks is known."""
        large = conn.is_large
        conn.give()
        conn.sock.until = 0.0
        conn.sock.spare = None if conn.is_live else BODY_SECONDS if large else 0.0
        if conn.is_live:
            self.places[conn.place] -= 1
        pool = self.live_pool if conn.is_live else self.tpool
        done = pool.submit(self.handle, conn)
        done.add_done_callback(partial(self.method_queue.defer, self.finish_request, conn))

    def handle(self, conn: Client) -> bool:
        """Answer, in a thread; whether the connection stays."""
        keep = bool(super().handle(conn))
        if not conn.sock.is_shared:
            return keep
        conn.sock.until = time.monotonic() + LINGER_SECONDS
        conn.close(graceful=True)  # another thread may read from it: the loop does not touch it
        return False

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what gunicorn does not understand."""
        for kind, status, reason in _STATUS:
            if isinstance(exc, kind):
                client.sendall(refusal(status, reason))
                return
        super().handle_error(req, client, addr, exc)

    def finish_request(self, conn: Client, done: Future[bool]) -> None:
        """In the loop: send the rest, then wait for the next request or for the end."""
        if conn.sock.is_shared or done.cancelled() or done.exception():
            self._end(conn)
            return
        if conn.is_live:  # it was refused
            conn.is_live = False
            self.places[conn.place] += 1
        conn.keep = done.result() and self.alive
        conn.since = time.monotonic()
        conn.until = conn.since + SEND_SECONDS
        self._step(conn, self._send)

    def murder_keepalived(self, force: bool = False) -> None:
        """End who has waited for too long."""
        now = time.monotonic()
        for client in [one for one in self.waiting if force or one.until < now]:
            self._drop(client)

    def _cap_keepalive(self, deadline: float) -> None:
        for client in self.waiting:
            if not client.head:
                client.until = min(client.until, deadline)

    def _keepalive_after(self, conn: Client, keepalive: bool) -> bool:
        conn.sock.until = 0.0  # what is not there of a body that nobody wanted is not waited for
        return bool(super()._keepalive_after(conn, keepalive))

    def _hang_up(self) -> None:
        made = getattr(self.app, "services", None)
        if made:
            made.hub.stop()

    def _has_room(self, address: str, where: str) -> bool:
        many = is_within(address, (*MANY, *self.app.settings.trusted_proxies))
        if not many and self.places[where] >= MOST_OF_ONE:
            return self._make_room(one for one in self.waiting if one.place == where)
        return self.nr_conns < MOST_CLIENTS or self._make_room(self.waiting)

    def _make_room(self, of: Any) -> bool:
        oldest = min(of, key=lambda one: one.since, default=None)
        if oldest is not None:
            self._drop(oldest)
        return oldest is not None

    def _expect(self, client: Client, seconds: float) -> None:
        """Wait for a request, of which there may be something already."""
        client.since = time.monotonic()
        client.until = client.since + seconds
        self._step(client, self._begin)

    def _begin(self, client: Client) -> None:
        if client.is_whole:
            self.enqueue_req(client)
        elif client.is_too_long:
            self._refuse(client, 431, "Request Header Fields Too Large")
        else:
            self._wait(client, selectors.EVENT_READ, self._read)

    def _read(self, client: Client) -> None:
        data = client.sock.take()
        if data == b"":
            if client.head:  # the beginning of a request
                self._refuse(client, 400, "Bad Request")
            else:
                self._end(client)
            return
        if data and not client.head:  # the first of a request
            client.until = time.monotonic() + HEAD_SECONDS
            data = data.lstrip(b"\r\n")
        client.head += data or b""
        self._begin(client)

    def _refuse(self, client: Client, status: int, reason: str) -> None:
        client.sock.sendall(refusal(status, reason))
        self._send(client)

    def _send(self, client: Client) -> None:
        if not client.sock.flush():
            self._wait(client, selectors.EVENT_WRITE, self._send)
        elif client.keep:
            client.keep = False
            client.take_back()
            self._expect(client, HEAD_SECONDS if client.head else self.cfg.keepalive)
        else:
            client.sock.shutdown(socket.SHUT_WR)
            client.until = time.monotonic() + LINGER_SECONDS
            self._wait(client, selectors.EVENT_READ, self._drain)

    def _drain(self, client: Client) -> None:
        data = client.sock.take()
        client.drained += len(data or b"")
        if data == b"" or client.drained > MOST_DRAINED:
            self._end(client)
        else:
            self._wait(client, selectors.EVENT_READ, self._drain)

    def _wait(self, client: Client, event: int, step: Callable[[Client], None]) -> None:
        self.waiting.add(client)
        self.poller.register(client.sock, event, partial(self._ready, client, step))

    def _ready(self, client: Client, step: Callable[[Client], None], _sock: Any) -> None:
        if client in self.waiting:  # it may have made room in this round
            self._stop_waiting(client)
            self._step(client, step)

    def _step(self, client: Client, step: Callable[[Client], None]) -> None:
        try:
            step(client)
        except OSError:  # it went
            self._end(client)

    def _stop_waiting(self, client: Client) -> None:
        self.waiting.discard(client)
        self.poller.unregister(client.sock)

    def _drop(self, client: Client) -> None:
        self._stop_waiting(client)
        self._end(client)

    def _end(self, client: Client) -> None:
        self.nr_conns -= 1
        if not client.is_live:
            self.places[client.place] -= 1
        self.places += Counter()  # forgets who has none
        client.close()


def refusal(status: int, reason: str) -> bytes:
    """An answer to what never became a request."""
    error = {"code": "REQUEST_REFUSED", "message": "The request cannot be understood.", "hint": ""}
    body = json.dumps({"error": error}).encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
