# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client tells its reader, in a buffer that a slow reader cannot make grow."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from ...plugins.module_utils._gateway import Event
from ...plugins.module_utils._gateway_error import GatewayError


@dataclass(frozen=True)
class Status:
    """How the connection is.

    state: idle, connecting, ready, waiting (for the next try), pairing (waiting for somebody to
    approve this device: request_id), refused (for good: the token) or closed; error: why it is
    not ready, or was not at the last try; retry_in: seconds until the next try.
    """

    state: str
    error: GatewayError | None = None
    retry_in: float = 0.0

    @property
    def request_id(self) -> str:
        """The pending pairing request of this device, or empty."""
        return self.error.request_id if self.error else ""


@dataclass(frozen=True)
class Missed:
    """Events that the reader does not get: what it knows may be out of date.

    why: sequence (numbers of the gateway's events are missing), reconnect (there was no
    connection for a while), slow (the reader did not keep up), subscription (it could not be
    repeated after a reconnect); count: how many events, 0 when nobody knows; error: why it
    could not be filled, if somebody tried.
    """

    why: str
    count: int = 0
    error: GatewayError | None = None


Item = Event | Missed | Status


class Stream:
    """The items in order, the oldest dropped beyond a limit of items and one of their sizes."""

    def __init__(self, items: int, size: int) -> None:
        self._limits = items, size
        self._items: deque[tuple[Item, int]] = deque()
        self._size = 0
        self._dropped = 0
        self._closed = False
        self._news = asyncio.Event()

    def put(self, item: Item, size: int = 0) -> None:
        """Add an item; size: characters that it holds. What is too large alone is dropped, too."""
        self._items.append((item, size))
        self._size += size
        while len(self._items) > self._limits[0] or self._size > self._limits[1]:
            self._size -= self._items.popleft()[1]
            self._dropped += 1
        self._news.set()

    def close(self) -> None:
        """No more items: readers get what is left, then the end."""
        self._closed = True
        self._news.set()

    def __aiter__(self) -> Stream:
        return self

    async def __anext__(self) -> Item:
        while not (self._items or self._dropped or self._closed):
            self._news.clear()
            await self._news.wait()
        if self._dropped:
            missed, self._dropped = Missed("slow", self._dropped), 0
            return missed
        if not self._items:
            raise StopAsyncIteration
        item, size = self._items.popleft()
        self._size -= size
        return item
