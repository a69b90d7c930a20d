# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway that stays connected: calls, events and subscriptions over all its restarts.

Everything of one client belongs to one asyncio loop. Nothing is retried for a caller but what
the gateway itself asks to repeat: a request may have been done when its answer is lost.
"""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ...plugins.module_utils._gateway import Event, Gap, Hello
from ...plugins.module_utils._gateway_error import GatewayError
from ...plugins.module_utils._rpc import LONGEST_WAIT, SHORTEST_WAIT, STARTING, TIMEOUT
from . import connection as wire
from .access import Access
from .pace import Pace
from .stream import Missed, Status, Stream
from .transport import Transport

MAX_ITEMS = 1000
MAX_SIZE = 16 * 1024 * 1024  # characters in the frames of the buffered events
_LOG = logging.getLogger(__name__)
# A subscription that fails so is not kept: the next try would fail, too.
_FOR_GOOD = frozenset(("GATEWAY_REFUSED", "GATEWAY_METHOD_MISSING", "GATEWAY_SCOPE_MISSING"))
Refill = Callable[["GatewayClient"], Awaitable[None]]


class GatewayClient:
    """One gateway: `async with GatewayClient(...) as client: await client.connect()`.

    name: how messages call it; refill: asks anew for what events would have told, called after
    each hole in the events (without it, and when it fails, readers get a Missed); timeout:
    seconds for a greeting and for each call.
    """

    def __init__(
        self,
        transport: Transport,
        access: Access,
        *,
        name: str = "",
        refill: Refill | None = None,
        timeout: float = TIMEOUT,
        pace: Pace | None = None,
        max_items: int = MAX_ITEMS,
        max_size: int = MAX_SIZE,
    ) -> None:
        self.name = name or f"The gateway on {transport}"
        self.status = Status("idle")
        self._transport = transport
        self._access = access
        self._refill = refill
        self._timeout = timeout
        self._pace = pace or Pace()
        self._stream = Stream(max_items, max_size)
        self._subscriptions: dict[str, tuple[str, dict[str, Any]]] = {}
        self._connection: wire.Connection | None = None
        self._holder: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()  # set once: each change has its own
        self._hole: Missed | None = None
        self._holed = asyncio.Event()
        self._greetings = 0

    async def __aenter__(self) -> GatewayClient:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    @property
    def hello(self) -> Hello | None:
        """What the gateway said of itself and of the connection; None while there is none."""
        return self._connection.hello if self._connection else None

    def start(self) -> None:
        """Begin to hold the connection, also after the token was refused; do not wait for it."""
        if self.status.state != "closed" and (self._holder is None or self._holder.done()):
            self._tell(Status("connecting"))
            self._holder = asyncio.create_task(self._hold(), name=f"hold: {self.name}")

    async def connect(self, timeout: float | None = None, through_pairing: bool = False) -> Hello:
        """start(), and wait until it is ready, for `timeout` seconds.

        Raises at once what a token is refused with and, unless `through_pairing`, what says that
        this device has to be approved: the client goes on trying then. After the time it raises
        the last error, and goes on trying, too.
        """
        self.start()
        try:
            async with asyncio.timeout(self._timeout if timeout is None else timeout):
                return await self._ready(through_pairing)
        except TimeoutError:
            said = f"{self.name} did not become ready in time."
            raise _again(self.status.error or GatewayError("GATEWAY_TIMEOUT", said)) from None

    async def call(
        self, method: str, params: Mapping[str, Any] | None = None, timeout: float | None = None
    ) -> Any:
        """The payload of a request; timeout: seconds, with the end of a connect under way.

        Between two tries to connect it raises at once why there is no connection. Raises
        GATEWAY_REFUSED, GATEWAY_METHOD_MISSING, GATEWAY_SCOPE_MISSING, GATEWAY_TIMEOUT,
        GATEWAY_PROTOCOL, GATEWAY_UNREACHABLE, GATEWAY_TOKEN_REFUSED, PAIRING_REQUIRED.
        """
        try:
            async with asyncio.timeout(self._timeout if timeout is None else timeout):
                return await self._answered(method, params)
        except TimeoutError:
            said = f"{self.name} did not answer {method} in time."
            raise GatewayError("GATEWAY_TIMEOUT", said) from None

    async def subscribe(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """Call it now and after every reconnect; its payload, None while there is no connection.

        Raises as call() does; what the gateway refuses, or does not have, is not repeated.
        """
        wanted = method, dict(params or {})
        key = json.dumps(wanted, sort_keys=True)
        self._subscriptions[key] = wanted
        if self._connection is None:
            return None
        try:
            return await self.call(*wanted)
        except GatewayError as error:
            if error.code in _FOR_GOOD:
                self._subscriptions.pop(key, None)
            raise

    def events(self) -> Stream:
        """Events, what was missed and how the connection is, until close(). One reader.

        A reader that is slow loses the oldest, and is told so by a Missed.
        """
        return self._stream

    async def close(self) -> None:
        """End the connection and all that belongs to it, for good."""
        holder, self._holder = self._holder, None
        if self.status.state != "closed":
            self._tell(Status("closed"))
        if holder is not None:
            holder.cancel()
            await asyncio.gather(holder, return_exceptions=True)
        self._stream.close()

    # Holding the connection.

    async def _hold(self) -> None:
        """Connect again and again, until the token is refused."""
        failures = 0
        while True:
            began = self._pace.clock()
            greetings = self._greetings
            try:
                error = await self._live()
            except Exception as surprise:
                error = self._unexpected(surprise)
            verdict = self._access.verdict(error)
            if verdict == "stop":
                self._tell(Status("refused", error))
                return
            lasted = self._pace.clock() - began if greetings != self._greetings else 0.0
            failures = self._pace.failures(error, failures, lasted)
            if verdict == "later":
                wait = self._pace.wait(error, failures)
                state = "pairing" if error.code == "PAIRING_REQUIRED" else "waiting"
                self._tell(Status(state, error, wait))
                await self._pace.sleep(wait)
            self._tell(Status("connecting", error))

    async def _live(self) -> GatewayError:
        """One connection from its greeting to its end; why it ended, or did not begin."""
        try:
            connection = await self._greeted()
        except GatewayError as error:
            return error
        self._access.greeted(connection.hello)
        self._greetings += 1
        self._connection = connection
        self._changed_now()
        settle = self._settle(connection, list(self._subscriptions.values()))
        attendant = asyncio.create_task(settle, name=f"attend: {self.name}")
        try:
            return await connection.run()
        finally:
            self._connection = None
            attendant.cancel()
            await asyncio.gather(attendant, return_exceptions=True)

    async def _greeted(self) -> wire.Connection:
        session = self._access.session(self.name)
        try:
            async with asyncio.timeout(self._timeout):
                return await wire.connect(self._transport, session, self._access, self._heard)
        except TimeoutError:
            said = f"{self.name} did not say hello in time."
            raise GatewayError("GATEWAY_TIMEOUT", said) from None

    async def _settle(
        self, connection: wire.Connection, subscriptions: list[tuple[str, dict[str, Any]]]
    ) -> None:
        """Subscribe again, say that it is ready, then fill holes as they come."""
        for method, params in subscriptions:
            try:
                await self.call(method, params)
            except GatewayError as error:
                self._stream.put(Missed("subscription", error=error))
        if connection is not self._connection:
            return
        self._tell(Status("ready"))
        if self._greetings > 1:
            self._missed(Missed("reconnect"))
        while self._refill is not None:
            await self._holed.wait()
            self._holed.clear()
            await self._fill(self._refill)

    async def _fill(self, refill: Refill) -> None:
        hole, self._hole = self._hole, None
        if hole is None:
            return
        try:
            await refill(self)
        except GatewayError as error:
            self._stream.put(Missed(hole.why, hole.count, error))
        except Exception as surprise:
            self._stream.put(Missed(hole.why, hole.count, self._unexpected(surprise)))

    def _unexpected(self, surprise: Exception) -> GatewayError:
        """A mistake of ours must not end the client. Its message may hold anything: only its
        kind and its place are logged.
        """
        kind = type(surprise).__name__
        _LOG.error("%s\n%s", kind, "".join(traceback.format_tb(surprise.__traceback__)))
        said = f"{self.name} met an unexpected {kind} of this client; see its log."
        return GatewayError("GATEWAY_PROTOCOL", said)

    def _heard(self, item: Event | Gap, size: int) -> None:
        if isinstance(item, Gap):
            self._missed(Missed("sequence", item.received - item.expected))
        elif item.name != "tick":
            self._stream.put(item, size)

    def _missed(self, hole: Missed) -> None:
        """Have it filled, or tell. Holes that come while one is being filled become one more."""
        if self._refill is None:
            self._stream.put(hole)
            return
        count = self._hole.count if self._hole else 0
        self._hole = Missed(hole.why, hole.count + count)
        self._holed.set()

    # Waiting for the connection.

    async def _ready(self, through_pairing: bool) -> Hello:
        while self.status.state != "ready" or self._connection is None:
            state, error = self.status.state, self.status.error
            if state == "closed":
                raise self._unconnected()
            if error and (state == "refused" or state == "pairing" and not through_pairing):
                raise _again(error)
            await self._changed.wait()
        return self._connection.hello

    async def _answered(self, method: str, params: Mapping[str, Any] | None) -> Any:
        """A gateway that is starting refuses requests for a while, and wants them again."""
        while True:
            connection = await self._connected()
            try:
                return await connection.call(method, params)
            except GatewayError as error:
                if error.details.get("reason") != STARTING or error.retry_after is None:
                    raise
                pause = min(max(error.retry_after, SHORTEST_WAIT), LONGEST_WAIT)
            await asyncio.sleep(pause)

    async def _connected(self) -> wire.Connection:
        while self._connection is None:
            if self.status.state != "connecting":
                raise _again(self.status.error or self._unconnected())
            await self._changed.wait()
        return self._connection

    def _unconnected(self) -> GatewayError:
        return GatewayError("GATEWAY_UNREACHABLE", f"{self.name} is not connected.")

    def _tell(self, status: Status) -> None:
        """To who waits and to the reader. After close() nothing changes any more."""
        if self.status.state == "closed":
            return
        self.status = status
        self._stream.put(status)
        self._changed_now()

    def _changed_now(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _again(error: GatewayError) -> GatewayError:
    """To be raised, perhaps not for the first time: what raised it before is not kept alive."""
    return error.with_traceback(None)
