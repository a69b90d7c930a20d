# Copyright (c) 2026, Claw Pilot contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection from its greeting to its end: the library `websockets` under `_gateway`.

What is said is _gateway's; here are the socket, the answers' way back to who asked, and the
errors of the bytes in the words of GatewayError.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as websocket
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from ...plugins.module_utils._frames import MAX_MESSAGE
from ...plugins.module_utils._gateway import (
    Answer,
    Challenge,
    Event,
    Gap,
    Hello,
    Incoming,
    Refusal,
    Session,
)
from ...plugins.module_utils._gateway_error import GatewayError
from .access import Access
from .transport import Link, Transport

CLOSE_SECONDS = 1.0  # for the gateway to say good-bye, too
DEFAULT_TICK = 30.0  # seconds between two signs of life, for a gateway that does not say
_LOST = 1006  # WebSocket: no close frame came
_OUR_VERDICT = (1002, 1003, 1007, 1009)  # WebSocket: what we close a broken connection with
Heard = Callable[[Event | Gap, int], None]

# The library's own log has whole frames in it, with tokens: nobody gets it.
_SILENT = logging.Logger("silent", logging.CRITICAL + 1)


async def connect(
    transport: Transport, session: Session, access: Access, heard: Heard
) -> Connection:
    """A greeted connection; heard: takes each event or gap, and the size of its frame.

    Raises GATEWAY_UNREACHABLE, GATEWAY_PROTOCOL, GATEWAY_TOKEN_REFUSED, PAIRING_REQUIRED,
    GATEWAY_REFUSED.
    """
    try:
        link = await transport.open()
    except OSError as error:
        said = f"{session.name} cannot be reached: {error.strerror or error}."
        raise GatewayError("GATEWAY_UNREACHABLE", said) from None
    try:
        stream = await _upgraded(link, access.headers)
    except BaseException as error:
        await link.close()
        raise _typed(error, session, link) from None
    connection = Connection(link, stream, session, heard)
    try:
        await connection.greet(access)
    except BaseException as error:
        await connection.close()
        raise _typed(error, session, link) from None
    return connection


class Connection:
    """A connection; somebody has to await run() for answers and events to come in."""

    def __init__(
        self, link: Link, stream: ClientConnection, session: Session, heard: Heard
    ) -> None:
        self._link = link
        self._stream = stream
        self._session = session
        self._heard = heard
        self._waiting: dict[str, asyncio.Future[Any]] = {}  # id of a request -> who waits
        self._error: GatewayError | None = None

    @property
    def hello(self) -> Hello:
        """What the gateway said of itself and of this connection."""
        assert self._session.hello is not None  # connect() hands out greeted connections only
        return self._session.hello

    async def greet(self, access: Access) -> None:
        """From the challenge to hello."""
        while self._session.hello is None:
            for item in self._understood(await self._stream.recv()):
                if isinstance(item, Challenge):
                    await self._stream.send(self._session.connect(access.device(item)))
                elif isinstance(item, Refusal):
                    raise item.error

    async def run(self) -> GatewayError:
        """Take what comes in until the connection ends; why it did. It is closed then."""
        said = f"{self._session.name} is not connected any more."
        found: BaseException = GatewayError("GATEWAY_UNREACHABLE", said)
        try:
            await self._listen()
        except (GatewayError, WebSocketException, OSError) as error:
            await self.close()
            found = _typed(error, self._session, self._link)
        finally:
            assert isinstance(found, GatewayError)
            self._fail(found)
            await self.close()
        return found

    async def call(self, method: str, params: Mapping[str, Any] | None) -> Any:
        """The payload of a request. Raises what the gateway refuses, or the connection's end."""
        if self._error is not None:
            raise self._error.with_traceback(None)  # or it keeps all that have raised it
        number, frame = self._session.request(method, params)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            # When the connection is gone, run() knows why and tells the future.
            with contextlib.suppress(ConnectionClosed):
                await self._stream.send(frame)
            return await future
        finally:
            self._waiting.pop(number, None)
            self._session.forget(number)

    async def close(self) -> None:
        """Say good-bye and hang up; nothing when that has been done."""
        try:
            await self._stream.close()
        finally:
            self._stream.transport.abort()  # before the link closes the socket under it
            await self._link.close()

    async def _listen(self) -> None:
        """A gateway that is silent for more than two of its ticks is gone."""
        silence = 2 * (self.hello.tick_seconds or DEFAULT_TICK)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(silence) as limit:
                while True:
                    data = await self._stream.recv()
                    limit.reschedule(loop.time() + silence)
                    for item in self._understood(data):
                        self._take(item, len(data))
        except TimeoutError:
            said = f"{self._session.name} has said nothing for {silence:g} s."
            raise GatewayError("GATEWAY_TIMEOUT", said) from None

    def _understood(self, data: str | bytes) -> list[Incoming]:
        """A frame's meaning; the protocol has no binary frames."""
        return self._session.receive(data) if isinstance(data, str) else []

    def _take(self, item: Incoming, size: int) -> None:
        if isinstance(item, (Event, Gap)):
            self._heard(item, size)
        elif isinstance(item, (Answer, Refusal)):
            future = self._waiting.pop(item.id, None)
            if future is None or future.done():
                return
            if isinstance(item, Refusal):
                future.set_exception(item.error)
            else:
                future.set_result(item.payload)

    def _fail(self, error: GatewayError) -> None:
        self._error = error
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(error)


async def _upgraded(link: Link, headers: Mapping[str, str]) -> ClientConnection:
    """A WebSocket over the link. With a socket given, no proxy and no redirect is followed."""
    return await websocket(
        f"ws://{link.authority}/",
        sock=link.stream,
        additional_headers=dict(headers),
        user_agent_header=None,
        compression=None,
        open_timeout=None,  # the caller has one for all of it
        ping_interval=None,  # the gateway's ticks are the sign of life
        close_timeout=CLOSE_SECONDS,
        max_size=MAX_MESSAGE,
        logger=_SILENT,
    )


def _typed(error: BaseException, session: Session, link: Link) -> BaseException:
    """The same as GatewayError, when it is one of the connection. The link is closed."""
    if isinstance(error, ValueError) and isinstance(error.__cause__, InvalidStatus):
        error = error.__cause__  # a redirect, which a given socket cannot follow
    if isinstance(error, GatewayError) or not isinstance(error, (WebSocketException, OSError)):
        return error
    if isinstance(error, ConnectionClosed):
        return _closed(error, session, link)
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        return _none(session, f"It answers HTTP {status} and not WebSocket")
    if isinstance(error, OSError) or isinstance(error.__cause__, (EOFError, OSError)):
        # websockets has both for a peer that hangs up in the middle of the upgrade.
        return session.closed(_LOST, link.last_words())
    return _none(session, "It does not answer as WebSocket does")


def _closed(error: ConnectionClosed, session: Session, link: Link) -> GatewayError:
    if error.sent is not None and not error.rcvd_then_sent and error.sent.code in _OUR_VERDICT:
        session.closed(error.sent.code, "")
        return _none(session, f"It breaks the rules of WebSocket: {error.sent.reason}")
    if error.rcvd is not None:
        return session.closed(error.rcvd.code, error.rcvd.reason)
    return session.closed(_LOST, link.last_words())


def _none(session: Session, what: str) -> GatewayError:
    return GatewayError("GATEWAY_PROTOCOL", f"{session.name} is none. {what}.")
