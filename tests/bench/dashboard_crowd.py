# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Browsers that look at the overview by /ws, as many as wanted, and one that reads nothing."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 60.0  # seconds until all of them have everything
BUFFER = 4096  # bytes that wait at the stalled one
WANTED = json.dumps({"type": "subscribe", "payload": {"channel": "fleet", "view": "row"}})
PING, PONG = '{"type": "ping"', json.dumps({"type": "pong", "payload": {}})


class Crowd:
    """Browsers in a thread of their own. They keep what they hear; it is searched afterwards, so
    that one does not wait while another reads.
    """

    def __init__(self, address: str, token: str, count: int) -> None:
        self._url = address.replace("http", "ws", 1) + "/ws"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._heard: list[list[tuple[float, str]]] = [[] for _browser in range(count)]
        self._lost: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="crowd", daemon=True)

    def begin(self) -> None:
        """Connect them all, and wait until each has the first snapshot."""
        self._thread.start()
        end = time.monotonic() + PATIENCE
        while not all(self._heard):
            if time.monotonic() > end:
                raise SystemExit(f"not every browser got a snapshot: {self._lost[:3]}")
            time.sleep(0.02)

    def end(self) -> None:
        self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in self._tasks])
        self._thread.join()
        if self._lost:
            raise SystemExit(f"{len(self._lost)} browsers lost the connection: {self._lost[0]}")

    def heard(self, words: str, since: float, seconds: float) -> list[float]:
        """When each browser first heard a message with these words, sorted. Waits for the last."""
        end = time.monotonic() + seconds
        found: dict[int, float] = {}
        while len(found) < len(self._heard):
            if time.monotonic() > end:
                raise SystemExit(f"{len(found)} of {len(self._heard)} browsers heard {words}")
            for number, messages in enumerate(self._heard):
                times = (at for at, text in list(messages) if at >= since and words in text)
                if number not in found and (first := next(times, None)):
                    found[number] = first
            time.sleep(0.1)
        return sorted(found.values())

    def forget(self) -> None:
        """Drop what was heard so far."""
        for messages in self._heard:
            messages.clear()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._browse_all())

    async def _browse_all(self) -> None:
        self._tasks = [asyncio.ensure_future(self._browse(heard)) for heard in self._heard]
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _browse(self, heard: list[tuple[float, str]]) -> None:
        try:
            async with connect(
                self._url, additional_headers=self._headers, proxy=None, max_size=None
            ) as ws:
                await ws.send(WANTED)
                await self._listen(ws, heard)
        except (ConnectionClosed, OSError) as error:
            self._lost.append(str(error))

    async def _listen(self, ws: ClientConnection, heard: list[tuple[float, str]]) -> None:
        async for message in ws:
            heard.append((time.monotonic(), str(message)))
            if str(message).startswith(PING):
                await ws.send(PONG)


@contextmanager
def looking(address: str, token: str, count: int) -> Iterator[Crowd]:
    """So many browsers, each of which has everything."""
    crowd = Crowd(address, token, count)
    crowd.begin()
    try:
        yield crowd
    finally:
        crowd.end()


@contextmanager
def stalled(address: str, token: str) -> Iterator[socket.socket]:
    """A browser that has asked for everything and then reads nothing at all."""
    place = urlsplit(address)
    key = base64.b64encode(os.urandom(16)).decode()
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        sock.connect((place.hostname or "", place.port or 0))
        sock.sendall(
            f"GET /ws HTTP/1.1\r\nHost: {place.netloc}\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nAuthorization: Bearer {token}\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        if b" 101 " not in sock.recv(200):
            raise SystemExit("the stalled browser was not let in")
        text = WANTED.encode()
        sock.sendall(bytes([0x81, 0x80 | len(text)]) + bytes(4) + text)  # a mask of zeros
        yield sock
